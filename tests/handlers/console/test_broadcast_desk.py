"""Preparing, trying out and approving the month's article in the console."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, select, update

from bot.broadcast import State
from bot.clock.starter import calendar
from bot.officers import Role
from bot.operations.metrics import Metrics
from bot.store import Store
from bot.tables.broadcasts import broadcast
from handlers.console.broadcast import PAGE, BroadcastDesk
from handlers.console.rendering import Pages
from handlers.routes import Route
from handlers.zalo import build
from tests.bot.segments import samples
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.handlers.desk_world import WORDING, Browser, DeskWorld, enter, furnish
from tests.handlers.walk import violations
from tests.handlers.zalo.world import KEYS, settings_for

MONTH = f"{PAGE}/2026-11"
FILLED = {"author": "UBND thành phố", "cover": "https://danhoi.example.vn/bia.jpg"}


@dataclass
class Office:
    """A published month and people of all roles in front of it."""

    world: DeskWorld
    browser: Browser
    routes: list[Route]
    zalo: FakeZalo

    async def as_(self, name: str, role: Role) -> None:
        """Let somebody sit down at the browser and open the month."""
        await enter(self.world, self.browser, await self.world.hire(name, role))
        await self.browser.open(MONTH)

    async def state(self) -> str:
        query = select(broadcast.c.state)
        return str(await self.world.store.read(lambda c: c.execute(query).scalar()))


@pytest.fixture
async def office(store: Store, tmp_path: Path) -> AsyncIterator[Office]:
    zalo = FakeZalo(tmp_path / "log.jsonl", habits=Habits(echo=False, received=False))
    await zalo.start()
    zalo.api.articles.followers = {"u1", "u2", "u3"}
    settings = settings_for(zalo, tmp_path)
    parts = await build(settings, store, KEYS, zalo.clock.now, Metrics())
    world = await furnish(store)
    await world.do(_publish)
    pages = Pages(WORDING, calendar(), world.clock, settings)
    desk = BroadcastDesk(store, WORDING, pages, world.clock, calendar(), settings)
    routes = desk.with_press(parts.press).routes()
    async with TestClient(TestServer(world.app([*world.routes(), *routes]))) as client:
        yield Office(world, Browser(client), routes, zalo)
    await parts.close()
    await zalo.stop()


def _publish(connection: Connection) -> None:
    samples.answered(connection)
    samples.refresh(connection)
    samples.approve_all(connection)
    samples.publish(connection)


async def approve(office: Office, version: str = "") -> str:
    page = await office.browser.open(MONTH)
    found = re.search(r'name="version" value="(\d+)"', page)
    form = {"version": version or (found[1] if found else ""), "chac": "co"}
    return await office.browser.send(f"{MONTH}/duyet", form)


async def test_an_editor_prepares_and_another_person_approves(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    page = await office.browser.send(f"{MONTH}/soan", FILLED)
    assert "Câu 1." in page
    assert "không tự duyệt" in page
    await office.as_("dieu-phoi", Role.COORDINATOR)
    assert "Đã duyệt" in await approve(office)
    assert await office.state() == State.APPROVED


async def test_the_preparer_cannot_approve_even_by_a_forged_form(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    await office.browser.send(f"{MONTH}/soan", FILLED)
    forged = {"version": "1", "chac": "co"}
    page = await office.browser.send(f"{MONTH}/duyet", forged, status=409)
    assert "mời một người khác" in page
    assert await office.state() == State.DRAFT


async def test_an_outdated_look_approves_nothing(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    for _ in range(2):
        await office.browser.send(f"{MONTH}/soan", FILLED)
    await office.as_("dieu-phoi", Role.COORDINATOR)
    await office.browser.send(f"{MONTH}/duyet", {"version": "1", "chac": "co"}, status=409)
    assert await office.state() == State.DRAFT


async def test_a_dry_run_says_who_when_and_what_and_sends_nothing(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    await office.browser.send(f"{MONTH}/soan", FILLED)
    page = await office.browser.send(f"{MONTH}/chay-thu")
    assert "3 người quan tâm" in page
    assert "/v2.0/article/create" in page
    assert (office.zalo.api.articles.made, office.zalo.api.articles.sent) == ({}, [])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"author": "UBND", "cover": "http://a/b.jpg"}, "https://", id="cover"),
        pytest.param({"author": " ", "cover": FILLED["cover"]}, "đứng tên", id="author"),
    ],
)
async def test_what_is_missing_is_said(office: Office, form: dict[str, str], said: str) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    assert said in await office.browser.send(f"{MONTH}/soan", form, status=409)


async def test_an_unknown_outcome_is_settled_by_a_person(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    await office.browser.send(f"{MONTH}/soan", FILLED)
    unknown = update(broadcast).values(state=State.UNKNOWN)
    await office.world.do(lambda c: c.execute(unknown).rowcount)
    page = await office.browser.open(MONTH)
    assert "chưa rõ bài đã tới" in page
    await office.browser.send(f"{MONTH}/da-gui", {"version": "1"})
    assert await office.state() == State.SENT


async def test_who_prepared_an_article_does_not_alone_send_it_again(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    await office.browser.send(f"{MONTH}/soan", FILLED)
    unknown = update(broadcast).values(state=State.UNKNOWN)
    await office.world.do(lambda c: c.execute(unknown).rowcount)
    await office.browser.send(f"{MONTH}/gui-lai", {"version": "1"}, status=409)
    assert await office.state() == State.UNKNOWN


async def test_every_route_admits_exactly_whom_it_declares(office: Office) -> None:
    assert await violations(office.world, office.routes) == []


async def test_published_months_are_listed(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    assert "Bài gửi tháng 11/2026" in await office.browser.open(PAGE)
    await office.browser.open(f"{PAGE}/2026-13", status=404)
    await office.browser.open(f"{PAGE}/2025-01", status=404)


async def test_what_was_typed_stays_in_the_form_after_a_refusal(office: Office) -> None:
    await office.as_("bien-tap", Role.EDITOR)
    page = await office.browser.send(f"{MONTH}/soan", {**FILLED, "cover": "bia.jpg"}, status=409)
    assert FILLED["author"] in page
    assert 'value="bia.jpg"' in page


async def test_a_coordinator_finds_the_way_and_is_told_whose_turn_it_is(office: Office) -> None:
    await office.as_("dieu-phoi", Role.COORDINATOR)
    page = await office.browser.open(MONTH)
    assert f'<a href="{PAGE}" aria-current="page"' in page
    assert WORDING("broadcast.waiting") in page
