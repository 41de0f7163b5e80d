"""What officers do with citizens' data: destroy what must not be here, erase what is asked."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.officers import Role
from bot.questions.desk import Opened
from bot.settings import Settings
from bot.store import Store
from bot.tables.delivery import attachment, message
from bot.tables.desk import content, question
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting

FILE = "a-picture-under-a-name-as-long-as-they-are"


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> DeskWorld:
    world = await furnish(store)
    world.settings = Settings(_env_file=None, var_dir=tmp_path)  # type: ignore[call-arg]
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / FILE).write_bytes(b"\xff\xd8\xff")
    return world


async def shown(world: DeskWorld, opened: Opened, **told: str) -> None:
    """Let a message with a picture belong to a question."""
    said = {"kind": "image", "url": f"file:{FILE}", "name": "anh.jpg", "size": 3, **told}
    line = {"conversation_id": 1, "seq": 0, "role": "citizen", "text": "", "at": NOW}
    row = {**line, "body": {"attachments": [said]}, "question_id": opened.id}
    await world.do(lambda c: c.execute(insert(message).values(**row)))
    about = {"media_type": "image/jpeg", "size": 3, "digest": "", "received_at": NOW}
    kept = {"id": FILE, "conversation_id": 1, "question_id": opened.id, "state": "kept", **about}
    await world.do(lambda c: c.execute(insert(attachment).values(**kept)))


async def test_an_identity_paper_is_destroyed_with_one_click_and_its_sender_told(
    world: DeskWorld,
) -> None:
    opened = await world.ask()
    await shown(world, opened)
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        address = f"/can-bo/cau-hoi/{opened.code}"
        assert "Đây là ảnh giấy tờ tùy thân – huỷ" in await browser.open(address)
        page = await browser.send(f"{address}/tep/{FILE}/giay-to-tuy-than")
        assert "Đã huỷ ảnh giấy tờ tùy thân" in page
        await browser.open(f"{address}/tep/{FILE}", 404)
    assert not (world.settings.var_dir / "files" / FILE).exists()
    told = select(message.c.text).where(message.c.role == "assistant")
    (sentence,) = await world.store.read(lambda c: list(c.execute(told).scalars()))
    assert sentence.startswith("Dạ, ảnh giấy tờ tùy thân kênh không giữ")


@pytest.mark.parametrize(
    ("state", "words"),
    [("waiting", "đang tải về"), ("gone", "không còn ở nơi gửi"), ("too_large", "quá lớn")],
)
async def test_the_officer_sees_what_became_of_a_file(
    world: DeskWorld, state: str, words: str
) -> None:
    opened = await world.ask()
    await shown(world, opened, url="", state=state)
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        assert words in await browser.open(f"/can-bo/cau-hoi/{opened.code}")


async def test_a_place_is_shown_as_figures(world: DeskWorld) -> None:
    opened = await world.ask()
    await shown(world, opened, url="geo:9.601700,105.973900", kind="location", name="")
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        assert "9.601700,105.973900" in await browser.open(f"/can-bo/cau-hoi/{opened.code}")


async def test_a_request_for_erasure_is_done_once_the_box_is_ticked(world: DeskWorld) -> None:
    opened = await world.ask("xoá dữ liệu của tôi")
    mark = update(question).where(question.c.id == opened.id).values(decision={"mark": "erase"})
    await world.do(lambda c: c.execute(mark))
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        address = f"/can-bo/cau-hoi/{opened.code}"
        assert "Xoá dữ liệu của người dân" in await browser.open(address)
        await browser.send(f"{address}/xoa-du-lieu")
        assert "Đã xoá lời, tệp" in await browser.send(f"{address}/xoa-du-lieu", {"sure": "1"})
    words = await world.store.read(lambda c: list(c.execute(select(content.c.text)).scalars()))
    assert words == [None]


async def test_no_other_question_can_be_used_to_erase(world: DeskWorld) -> None:
    opened = await world.ask()
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await browser.open(f"/can-bo/cau-hoi/{opened.code}")
        await browser.send(f"/can-bo/cau-hoi/{opened.code}/xoa-du-lieu", {"sure": "1"}, 404)
