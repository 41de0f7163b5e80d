"""The page that says who could not be told, and why."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.messages import Outgoing, Purpose
from bot.officers import Role
from bot.reach.notices import Notice, cause_of, tell
from bot.store import Store
from bot.tables.delivery import conversation
from bot.tables.desk import question
from bot.tables.segments import segment
from tests.bot.questions.samples import NOW
from tests.bot.reach.samples import ask_on_zalo, hold_answer, write
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


async def page(world: DeskWorld, role: Role, status: int = 200, username: str = "nguoi") -> str:
    agency = "ct-so-y-te" if role is Role.OFFICER else None
    officer = await world.hire(username, role, agency)
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        return await browser.open("/can-bo/lien-lac", status)


def hold(connection: Connection) -> None:
    hold_answer(connection, ask_on_zalo(connection), NOW + timedelta(days=10))


def refuse_notices(connection: Connection) -> None:
    """Let somebody who wants no notices be on a published list."""
    conversation_id = write(connection, "e1", who="nam")
    connection.execute(conversation.update().values(state={"stopped": True}))
    row = {"month": "2026-11", "air_date": NOW.date(), "status": "published"}
    connection.execute(insert(segment).values(**row))
    told = Outgoing("Dạ, tối thứ Bảy.", purpose=Purpose.NOTICE)
    tell(connection, Notice(cause_of("air", "2026-11", 1), conversation_id, told), NOW)


async def test_where_everybody_was_told_it_says_so(world: DeskWorld) -> None:
    assert "Ai cần báo cũng đã báo được" in await page(world, Role.COORDINATOR)


async def test_what_waits_is_counted_with_its_reason(world: DeskWorld) -> None:
    await world.do(hold)
    shown = await page(world, Role.COORDINATOR)
    assert "1 tin chưa đến người dân" in shown
    assert "hết hạn nhắn, đang giữ chờ người dân nhắn lại" in shown


async def test_what_waits_leads_to_its_question_whoever_may_read_it(world: DeskWorld) -> None:
    await world.do(hold)
    (asked,) = await world.store.read(lambda c: c.execute(select(question.c.code)).scalars().all())
    link = f'href="/can-bo/cau-hoi/{asked}"'
    assert link in await page(world, Role.COORDINATOR)
    assert link not in await page(world, Role.ADMIN, username="chu")


async def test_a_months_list_says_how_many_of_its_askers_were_told(world: DeskWorld) -> None:
    await world.do(refuse_notices)
    shown = await page(world, Role.EDITOR)
    assert "ngày phát đã báo 0, đang chờ 0, chưa báo được 1;" in shown
    assert "người dân đã ngừng nhận tin" in shown


async def test_officers_of_an_agency_have_their_queue_for_it(world: DeskWorld) -> None:
    await page(world, Role.OFFICER, status=403)
