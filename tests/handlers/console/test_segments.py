"""An editor prepares and publishes the month; a broadcaster reads it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection

from bot.clock.starter import calendar
from bot.officers import Role
from bot.questions.desk import Opened
from bot.segments import editing
from bot.store import Store
from handlers.console.segments import SegmentDesk
from handlers.routes import Route
from tests.bot.segments.samples import MONTH, answered, approve_all, listed, refresh
from tests.bot.segments.test_selection import withdrawn
from tests.handlers.desk_world import WORDING, Browser, DeskWorld, enter, furnish
from tests.handlers.walk import violations

PAGE = "/can-bo/chuyen-muc/2026-11"


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


def routes(world: DeskWorld) -> list[Route]:
    desk = SegmentDesk(world.store, WORDING, world.clock, calendar(), world.settings)
    return [*world.routes(), *desk.routes()]


@asynccontextmanager
async def visiting(
    world: DeskWorld, role: Role, agency: str | None = None
) -> AsyncIterator[Browser]:
    officer = await world.hire(f"la.{role}", role, agency)
    async with TestClient(TestServer(world.app(routes(world)))) as client:
        browser = Browser(client)
        await enter(world, browser, officer)
        yield browser


async def propose(world: DeskWorld, *texts: str) -> list[Opened]:
    def body(connection: Connection) -> list[Opened]:
        opened = [answered(connection, text) for text in texts or ("Đổi thẻ ở đâu?",)]
        refresh(connection)
        return opened

    found: list[Opened] = await world.do(body)
    return found


async def items(world: DeskWorld) -> list[int]:
    reviews = await world.store.read(lambda c: editing.reviews(c, MONTH))
    return [review.row.id for review in reviews]


async def test_every_route_admits_exactly_whom_it_declares(world: DeskWorld) -> None:
    desk = SegmentDesk(world.store, WORDING, world.clock, calendar(), world.settings)
    assert await violations(world, desk.routes()) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.COORDINATOR, Role.ADMIN])
async def test_others_do_not_see_the_list(world: DeskWorld, role: Role) -> None:
    agency = "ct-so-y-te" if role in (Role.OFFICER, Role.LEADER) else None
    async with visiting(world, role, agency) as browser:
        await browser.open(PAGE, 403)


async def test_a_broadcaster_reads_what_was_approved_and_changes_nothing(world: DeskWorld) -> None:
    await propose(world, "Thẻ BHYT đổi ở đâu?")
    await world.do(approve_all)
    (item,) = await items(world)
    async with visiting(world, Role.BROADCASTER) as browser:
        page = await browser.open(PAGE)
        assert "Thẻ bảo hiểm y tế đổi ở đâu?" in page
        assert "<textarea" not in page
        await browser.send(f"{PAGE}/muc/{item}/bo", status=403)
        await browser.send(f"{PAGE}/cong-bo", {"chac": "co"}, status=403)


async def test_an_editor_approves_an_edited_text_and_reads_what_was_masked(
    world: DeskWorld,
) -> None:
    await propose(world)
    (item,) = await items(world)
    async with visiting(world, Role.EDITOR) as browser:
        await browser.open(PAGE)
        form = {"question": "Số tôi 0912345678, <b>đổi</b>?", "answer": "Ở xã."}
        page = unescape(await browser.send(f"{PAGE}/muc/{item}/duyet", form))
    assert "đã che thêm" in page
    assert "[số điện thoại]" in page
    assert "0912345678" not in page
    (listing_item,) = (await world.store.read(listed)).items
    assert listing_item.question == "Số tôi [số điện thoại], <b>đổi</b>?"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        pytest.param(
            {"question": "Ở đâu?", "answer": "Bấm bit.ly/abc."}, "bit.ly", id="a strangers link"
        ),
        pytest.param(
            {"question": "Trang hoantien.top có thật?", "answer": "Không."},
            "hoantien.top",
            id="a swindlers address is not read on air",
        ),
        pytest.param(
            {"question": "Ở đâu?", "answer": "Xin ông/bà gửi mã OTP."}, "OTP", id="asks for a code"
        ),
    ],
)
async def test_what_goes_on_air_keeps_the_promises_of_an_answer(
    world: DeskWorld, form: dict[str, str], told: str
) -> None:
    await propose(world)
    (item,) = await items(world)
    async with visiting(world, Role.EDITOR) as browser:
        await browser.open(PAGE)
        assert told in await browser.send(f"{PAGE}/muc/{item}/duyet", form, 422)
    assert (await world.store.read(listed)).items == ()


async def test_an_editor_orders_drops_and_takes_back(world: DeskWorld) -> None:
    await propose(world, "Một?", "Hai?")
    first, second = await items(world)
    async with visiting(world, Role.EDITOR) as browser:
        await browser.open(PAGE)
        await browser.send(f"{PAGE}/muc/{second}/len")
        assert await items(world) == [second, first]
        assert "Đã bỏ" in await browser.send(f"{PAGE}/muc/{first}/bo")
        assert "Đã đưa về chờ duyệt" in await browser.send(f"{PAGE}/muc/{first}/de-xuat")
        await browser.send(f"{PAGE}/muc/999/bo", status=404)


async def test_what_was_typed_is_not_lost_when_it_cannot_be_approved(world: DeskWorld) -> None:
    await propose(world)
    (item,) = await items(world)
    async with visiting(world, Role.EDITOR) as browser:
        await browser.open(PAGE)
        form = {"question": "", "answer": "Đã gõ dài."}
        page = await browser.send(f"{PAGE}/muc/{item}/duyet", form, 422)
    assert "không được để trống" in page
    assert "Đã gõ dài." in page


async def test_publishing_is_confirmed_and_final(world: DeskWorld) -> None:
    await propose(world)
    await world.do(approve_all)
    (item,) = await items(world)
    async with visiting(world, Role.EDITOR) as browser:
        await browser.open(f"{PAGE}/cong-bo")
        assert "Tôi đã đọc lại" in await browser.send(f"{PAGE}/cong-bo")
        assert (await world.store.read(listed)).status == "open"
        assert "Đã công bố" in await browser.send(f"{PAGE}/cong-bo", {"chac": "co"})
        assert (await world.store.read(listed)).status == "published"
        await browser.send(f"{PAGE}/muc/{item}/bo", status=409)


async def test_the_editor_sees_that_somebody_took_consent_back(world: DeskWorld) -> None:
    (opened,) = await propose(world)
    await world.do(lambda c: withdrawn(c, opened))
    async with visiting(world, Role.EDITOR) as browser:
        assert "đã rút đồng ý" in await browser.open(PAGE)


async def test_months_are_listed_with_the_one_being_prepared(world: DeskWorld) -> None:
    await propose(world)
    async with visiting(world, Role.EDITOR) as browser:
        page = await browser.open("/can-bo/chuyen-muc")
        assert re.search(r"0 đã duyệt, 1 chờ duyệt", page)
        assert "thứ Bảy, 28/11/2026" in page
        await browser.open("/can-bo/chuyen-muc/2026-13", 404)
        assert "Chưa có câu hỏi nào" in await browser.open("/can-bo/chuyen-muc/2027-01")
        await browser.send("/can-bo/chuyen-muc/2026-11/cap-nhat")
