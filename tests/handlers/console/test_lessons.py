"""A good answer becomes knowledge: one proposes, another makes it public."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.officers import Role
from bot.questions.desk import Opened
from bot.store import Store
from bot.tables.knowledge import entry
from knowledge.decisions import MatterKind
from tests.handlers.console.test_console import act
from tests.handlers.desk_world import Browser, DeskWorld, enter, furnish, visiting


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


async def answer(world: DeskWorld, browser: Browser, opened: Opened) -> str:
    """Answer as an officer of the agency; return the page afterwards."""
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    await enter(world, browser, officer)
    await act(browser, opened.code, "nhan")
    text = "Nộp tại Bảo hiểm xã hội; hỏi thêm 0912345678."
    return await act(
        browser, opened.code, "soan", text=text, basis="Luật BHYT", then="send", seen="privacy"
    )


async def entries(world: DeskWorld) -> list[Any]:
    return list(await world.store.read(lambda c: c.execute(select(entry)).all()))


async def test_an_answer_is_kept_as_a_draft_that_names_nobody(world: DeskWorld) -> None:
    opened = await world.ask("Tôi số 0987654321 mất thẻ bảo hiểm, làm lại ở đâu?")
    async with visiting(world) as browser:
        page = await answer(world, browser, opened)
        title = re.search(r'name="title"[^>]*>([^<]*)<', page)
        assert title
        address = f"/can-bo/cau-hoi/{opened.code}/kien-thuc"
        page = await browser.send(address, {"title": title[1]})
        assert "Đã đề nghị đưa vào kiến thức" in page
        assert "Dùng lại trả lời này" not in page
    (kept,) = await entries(world)
    assert kept.state == "draft"
    assert "09" not in kept.merged["title"] + kept.merged["summary"]
    assert kept.merged["source"] == "Trả lời của Sở Y tế ngày 16/11/2026"


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        pytest.param("public", "public", id="made public"),
        pytest.param("retired", "retired", id="put away"),
    ],
)
async def test_a_coordinator_decides(world: DeskWorld, decision: str, state: str) -> None:
    opened = await world.ask()
    boss = await world.hire("binh", Role.COORDINATOR)
    async with visiting(world) as browser, visiting(world) as above:
        await answer(world, browser, opened)
        await browser.send(f"/can-bo/cau-hoi/{opened.code}/kien-thuc", {"title": "Làm lại thẻ"})
        await enter(world, above, boss)
        assert "Làm lại thẻ" in await above.open("/can-bo/kien-thuc")
        (kept,) = await entries(world)
        await above.send("/can-bo/kien-thuc", {"entry": kept.id, "decision": decision})
    assert [row.state for row in await entries(world)] == [state]


async def test_a_second_look_lets_no_strangers_link_through(world: DeskWorld) -> None:
    opened = await world.ask()
    boss = await world.hire("binh", Role.COORDINATOR)
    async with visiting(world) as browser, visiting(world) as above:
        await answer(world, browser, opened)
        await browser.send(f"/can-bo/cau-hoi/{opened.code}/kien-thuc", {"title": "Làm lại thẻ"})
        await enter(world, above, boss)
        (kept,) = await entries(world)
        edited = {"entry": kept.id, "decision": "public", "summary": "Vào https://bhyt.top nhé"}
        assert "bhyt.top" in await above.send("/can-bo/kien-thuc", edited, 400)
        assert [row.state for row in await entries(world)] == ["draft"]
        await above.send("/can-bo/kien-thuc", edited | {"decision": "retired"})


async def test_a_complaint_never_becomes_knowledge(world: DeskWorld) -> None:
    opened = await world.ask(kind=MatterKind.COMPLAINT)
    async with visiting(world) as browser:
        assert "Dùng lại trả lời này" not in await answer(world, browser, opened)
        await browser.send(f"/can-bo/cau-hoi/{opened.code}/kien-thuc", {"title": "x"})
    assert await entries(world) == []


async def test_only_a_proposal_can_be_decided(world: DeskWorld) -> None:
    boss = await world.hire("binh", Role.COORDINATOR)
    async with visiting(world) as above:
        await enter(world, above, boss)
        await above.send("/can-bo/kien-thuc", {"entry": "procedure:1", "decision": "public"})
    assert await entries(world) == []
