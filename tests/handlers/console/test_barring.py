"""Coordinators keep abusers away for a time; every such word stands in the audit."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.officers import Role
from bot.store import Store
from bot.tables.delivery import conversation
from bot.tables.desk import audit
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


async def decide(world: DeskWorld, role: Role, reason: str, status: int = 200) -> str:
    """Let somebody of a role decide on the asker of a question; return the page that follows."""
    opened = await world.ask()
    agency = None if role is Role.COORDINATOR else "ct-so-y-te"
    officer = await world.hire("an", role, agency)
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        address = f"/can-bo/cau-hoi/{opened.code}"
        await browser.open(address)
        return await browser.send(f"{address}/nguoi-gui", {"days": "7", "reason": reason}, status)


async def standing(world: DeskWorld) -> object:
    return await world.store.read(
        lambda c: c.execute(
            select(conversation.c.barred_until).where(conversation.c.id == 1)
        ).scalar()
    )


def noted(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(select(audit.c.act, audit.c.detail))
    return [(row.act, row.detail.get("reason", "")) for row in rows if row.act == "sender.bar"]


async def test_a_coordinator_bars_a_sender_for_a_week(world: DeskWorld) -> None:
    page = await decide(world, Role.COORDINATOR, "chửi bới")
    assert "Đã tạm ngừng nhận" in page
    assert await standing(world) == NOW + timedelta(days=7)
    assert await world.store.read(noted) == [("sender.bar", "chửi bới")]


async def test_without_a_reason_nothing_is_decided(world: DeskWorld) -> None:
    page = await decide(world, Role.COORDINATOR, " ")
    assert "Còn thiếu lý do" in page
    assert await standing(world) is None


async def test_an_officer_of_an_agency_bars_nobody(world: DeskWorld) -> None:
    await decide(world, Role.OFFICER, "chửi bới", status=403)
    assert await standing(world) is None
