"""What officers see of reaching a citizen, and the call they make."""

from datetime import timedelta

import pytest

from bot.officers import Role
from bot.questions.desk import Opened
from bot.reach.consents import Choice, choose
from bot.reach.roads import Road
from bot.store import Store
from tests.bot.questions.samples import NOW
from tests.bot.reach.samples import ask_on_zalo, hold_answer
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting

LATER = timedelta(days=10)


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


@pytest.fixture
async def opened(world: DeskWorld) -> Opened:
    opened: Opened = await world.do(ask_on_zalo)
    choice = Choice(Road.CALL, "road.ask.call", "+84901234567")
    await world.do(lambda c: choose(c, opened.id, choice, NOW))
    return opened


async def page(world: DeskWorld, path: str, role: Role = Role.OFFICER) -> str:
    agency = "ct-so-y-te" if role is Role.OFFICER else None
    officer = await world.hire(f"nguoi{world.now:%d%H}{role}", role, agency)
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        return await browser.open(path)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (timedelta(hours=1), "Nhắn miễn phí đến 09:00, 18/11/2026, còn nhắn được đến 09:00, 23/11"),
        (timedelta(days=3), "Hết hạn nhắn miễn phí (Zalo tính phí), còn nhắn được đến 09:00, 23"),
        (LATER, "Zalo không cho nhắn từ 09:00, 23/11/2026"),
    ],
    ids=["free", "charged", "closed"],
)
async def test_the_question_says_until_when_one_may_write(
    world: DeskWorld, opened: Opened, after: timedelta, told: str
) -> None:
    world.pass_time(after)
    shown = await page(world, f"/can-bo/cau-hoi/{opened.code}")
    assert told in shown
    assert "Quá hạn nhắn thì: gọi lại." in shown


async def test_the_history_tells_what_was_chosen(world: DeskWorld, opened: Opened) -> None:
    await world.do(lambda c: choose(c, opened.id, Choice(Road.AGAIN, "receipt.window.zalo"), NOW))
    shown = await page(world, f"/can-bo/cau-hoi/{opened.code}")
    assert "Người dân chọn cách nhận trả lời: được gọi lại" in shown
    assert "Người dân thôi cách nhận trả lời: được gọi lại" in shown


async def test_the_web_chat_never_closes(world: DeskWorld) -> None:
    asked = await world.ask()
    assert "Liên lạc" not in await page(world, f"/can-bo/cau-hoi/{asked.code}")


async def test_the_number_is_masked_until_somebody_has_to_call(
    world: DeskWorld, opened: Opened
) -> None:
    shown = await page(world, f"/can-bo/cau-hoi/{opened.code}")
    assert "…567" in shown
    assert "0901 234 567" not in shown


async def test_the_queue_names_what_cannot_be_delivered(world: DeskWorld, opened: Opened) -> None:
    assert "chưa gửi được" not in await page(world, "/can-bo/cau-hoi")
    world.pass_time(LATER)
    await world.do(lambda c: hold_answer(c, opened, world.now))
    shown = await page(world, "/can-bo/cau-hoi")
    assert "Có 1 câu hỏi có tin chưa gửi được" in shown
    assert "cần gọi" in shown


async def test_a_call_is_made_and_noted(world: DeskWorld, opened: Opened) -> None:
    world.pass_time(LATER)
    await world.do(lambda c: hold_answer(c, opened, world.now))
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        address = f"/can-bo/cau-hoi/{opened.code}"
        assert "0901 234 567" in await browser.open(address)
        shown = await browser.send(f"{address}/goi/da-goi")
    assert "đã báo qua điện thoại" in shown
    assert "đã gọi điện báo trả lời cho người dân, số điện thoại đã xoá" in shown
    assert "0901 234 567" not in shown


async def test_others_see_neither_number_nor_button(world: DeskWorld, opened: Opened) -> None:
    world.pass_time(LATER)
    await world.do(lambda c: hold_answer(c, opened, world.now))
    shown = await page(world, f"/can-bo/cau-hoi/{opened.code}", Role.COORDINATOR)
    assert "234 567" not in shown
    assert "Đã gọi" not in shown
