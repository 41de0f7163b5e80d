"""Officers tie their account and their agency's group to Telegram, by codes shown once."""

import re
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.liaison import groups
from bot.liaison.groups import Place
from bot.liaison.hearing import Desk
from bot.liaison.orders import Doing, Order
from bot.officers import Role
from bot.settings import TelegramMode
from bot.store import Store
from bot.tables.delivery import outbox
from tests.handlers.console.test_console import act
from tests.handlers.desk_world import WORDING, Browser, DeskWorld, enter, furnish, visiting

PAGE = "/can-bo/telegram"
AGENCY = "ct-so-y-te"


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    world = await furnish(store)
    on = {"telegram_mode": TelegramMode.POLLING, "telegram_token": SecretStr("7:x")}
    return replace(world, settings=world.settings.model_copy(update=on))


def code_on(page: str) -> str:
    found = re.search(r"/lienket ([0-9A-Z]{10})<", page)
    assert found
    return found[1]


async def typed(world: DeskWorld, code: str, chat: str, title: str = "") -> str:
    """Type a code in a chat of Telegram; return the answer."""
    order = Order("telegram", Doing.LINK, chat, "11", code, title)
    desk = Desk(WORDING, lambda name: name)
    answered = await world.do(lambda c: desk.obey(c, order, f"test:{code}", world.now))
    return str(answered.toast)


async def tie(world: DeskWorld, agency: str = AGENCY) -> int:
    """Tie a group behind the door and return its id."""
    place = Place("telegram", f"-4{len(agency)}", "Nhóm Sở Y tế")
    await world.do(lambda c: groups.tie_group(c, place, agency, "officer:1", world.now))
    rows = await world.store.read(groups.tied_groups)
    return int(rows[-1].id)


async def as_(world: DeskWorld, browser: Browser, role: Role, agency: str | None = None) -> None:
    await enter(world, browser, await world.hire(f"vai-{role}", role, agency))


async def test_an_officer_ties_an_account_and_cuts_it_again(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.OFFICER, AGENCY)
        code = code_on(await browser.send(f"{PAGE}/tai-khoan"))
        assert "nay gắn với" in await typed(world, code, "11")
        assert "Đã gắn một tài khoản Telegram" in await browser.open(PAGE)
        assert "Chưa gắn tài khoản" in await browser.send(f"{PAGE}/go")


async def test_a_code_is_shown_on_no_second_page(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.OFFICER, AGENCY)
        code = code_on(await browser.send(f"{PAGE}/tai-khoan"))
        assert code not in await browser.open(PAGE)


async def test_a_leader_ties_a_group_to_the_own_agency_and_cuts_it(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.LEADER, AGENCY)
        code = code_on(await browser.send(f"{PAGE}/nhom"))
        await typed(world, code, "-4001", "Nhóm một cửa")
        page = await browser.open(PAGE)
        assert "Nhóm một cửa" in page
        number = re.search(rf"{PAGE}/nhom/(\d+)/go", page)
        assert number
        assert "Chưa có nhóm nào" in await browser.send(f"{PAGE}/nhom/{number[1]}/go")


async def test_an_administrator_ties_a_group_to_any_agency(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.ADMIN)
        code = code_on(await browser.send(f"{PAGE}/nhom", {"agency": "ct-so-noi-vu"}))
        await typed(world, code, "-4001", "Nhóm")
        rows = await world.store.read(groups.tied_groups)
        assert [row.agency for row in rows] == ["ct-so-noi-vu"]


@pytest.mark.parametrize("agency", ["ct-so-noi-vu", "ct-khong-co"])
async def test_a_leader_ties_no_group_to_another_agency(world: DeskWorld, agency: str) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.LEADER, AGENCY)
        await browser.send(f"{PAGE}/nhom", {"agency": agency}, status=403)


async def test_a_leader_neither_sees_nor_cuts_the_group_of_another_agency(world: DeskWorld) -> None:
    number = await tie(world, "ct-so-noi-vu")
    async with visiting(world) as browser:
        await as_(world, browser, Role.LEADER, AGENCY)
        assert "Nhóm Sở Y tế" not in await browser.open(PAGE)
        await browser.send(f"{PAGE}/nhom/{number}/go", status=404)


@pytest.mark.parametrize("number", ["0", "9" * 40, "x", "²"])
async def test_no_other_number_is_a_group(world: DeskWorld, number: str) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.ADMIN)
        await browser.send(f"{PAGE}/nhom/{number}/go", status=404)


async def test_an_officer_sees_the_groups_but_ties_none(world: DeskWorld) -> None:
    await tie(world)
    async with visiting(world) as browser:
        await as_(world, browser, Role.OFFICER, AGENCY)
        page = await browser.open(PAGE)
        assert "Nhóm Sở Y tế" in page
        assert "Lấy mã gắn nhóm" not in page
        await browser.send(f"{PAGE}/nhom", status=403)


async def test_where_telegram_is_off_the_console_does_not_show_it(store: Store) -> None:
    world = await furnish(store)
    async with visiting(world) as browser:
        await as_(world, browser, Role.LEADER, AGENCY)
        assert PAGE not in await browser.open("/can-bo/cau-hoi")
        assert "đang tắt" in await browser.open(PAGE)


async def test_an_answer_to_whoever_blocked_the_bot_says_so_at_the_question(
    world: DeskWorld,
) -> None:
    opened = await world.ask()
    blocked = outbox.update().values(state="waiting", reason="recipient_gone")
    async with visiting(world) as browser:
        await as_(world, browser, Role.OFFICER, AGENCY)
        await act(browser, opened.code, "nhan")
        await act(browser, opened.code, "soan", text="Ở xã.", basis="Luật", then="send")
        await world.do(lambda c: c.execute(blocked).rowcount)
        page = await browser.open(f"/can-bo/cau-hoi/{opened.code}")
    assert "người dân đã rời kênh hoặc chặn kênh" in page


async def test_where_telegram_is_on_every_page_leads_to_it(world: DeskWorld) -> None:
    async with visiting(world) as browser:
        await as_(world, browser, Role.COORDINATOR)
        for page in ("/can-bo/cau-hoi", "/can-bo/kien-thuc", PAGE):
            assert f'href="{PAGE}"' in await browser.open(page)
