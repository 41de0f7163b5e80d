"""Who may call what."""

from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.officers import Role, accounts, tokens
from bot.officers.tokens import Scope
from bot.store import Store
from handlers.access import COOKIE
from handlers.routes import Access, Route
from tests.handlers.desk_world import Browser, DeskWorld, enter, furnish, visiting
from tests.handlers.walk import violations


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    return await furnish(store)


async def nothing(_request: web.Request) -> web.StreamResponse:
    return web.Response()


SAMPLES = [
    Route("GET", "/open", nothing, Access.PUBLIC),
    Route("POST", "/hook/{name:[a-z]+}", nothing, Access.PROVIDER),
    Route("GET", "/numbers", nothing, Access.LOCAL, scopes=frozenset({"metrics"})),
    Route("GET", "/list", nothing, Access.TOKEN, scopes=frozenset({"segment", "desk"})),
    Route("POST", "/edit", nothing, Access.SESSION, frozenset({Role.EDITOR})),
]


async def test_every_route_admits_exactly_whom_it_declares(world: DeskWorld) -> None:
    assert await violations(world, [*SAMPLES, *world.routes()]) == []


async def test_a_route_that_nobody_declared_admits_nobody(world: DeskWorld) -> None:
    app = world.app()
    app.router.add_get("/forgotten", nothing)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/forgotten")).status == 403
        assert (await client.get("/never-was")).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="without form token"),
        pytest.param({"X-CSRF-Token": "guess"}, 403, id="with a guessed form token"),
        pytest.param({"Origin": "https://elsewhere.example"}, 403, id="from another site"),
        pytest.param({"Origin": "null"}, 403, id="from nowhere"),
        pytest.param({"Referer": "https://elsewhere.example/x"}, 403, id="linked from elsewhere"),
    ],
)
async def test_a_form_must_come_from_our_own_page(
    world: DeskWorld, headers: dict[str, str], status: int
) -> None:
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    secret, csrf = await world.log_in(officer)
    async with TestClient(TestServer(world.app()), cookies={COOKIE: secret}) as client:
        honest = {"X-CSRF-Token": csrf} if "Origin" in headers or "Referer" in headers else {}
        answer = await client.post("/can-bo/dang-xuat", headers={**honest, **headers})
        assert answer.status == status
        assert (await client.get("/can-bo")).status == 200


@pytest.mark.parametrize(
    "wait",
    [
        pytest.param([timedelta(minutes=31)], id="idle for half an hour"),
        pytest.param([timedelta(minutes=25)] * 29, id="in use for twelve hours"),
    ],
)
async def test_a_session_ends(world: DeskWorld, wait: list[timedelta]) -> None:
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        for amount in wait:
            world.pass_time(amount)
            answer = await browser.client.get("/can-bo", allow_redirects=False)
        assert answer.status == 303


async def test_a_disabled_officer_is_out_at_once(world: DeskWorld) -> None:
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    headers = await world.token(officer)
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        await world.do(lambda c: accounts.set_disabled(c, "an", True, "test", world.now))
        assert (await browser.client.get("/can-bo", allow_redirects=False)).status == 303
        assert (await browser.client.get("/api/v1/questions", headers=headers)).status == 401


async def test_a_revoked_token_opens_nothing(world: DeskWorld) -> None:
    headers = await world.token(None, Scope.DESK)
    async with visiting(world) as browser:
        assert (await browser.client.get("/api/v1/questions", headers=headers)).status == 200
        assert await world.do(lambda c: tokens.revoke(c, 1, world.now))
        assert (await browser.client.get("/api/v1/questions", headers=headers)).status == 401


async def test_a_password_set_by_another_is_changed_before_anything_else(
    world: DeskWorld,
) -> None:
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    hashed = await world.hasher.hash("tạm thời, đổi ngay")
    await world.do(lambda c: accounts.set_password(c, "an", hashed, "officer:99", world.now))
    async with TestClient(TestServer(world.app())) as client:
        browser = Browser(client)
        await enter(world, browser, officer)
        assert "Đổi mật khẩu" in await browser.open("/can-bo")


async def test_a_form_sent_after_the_session_ended_says_so_and_leads_back(
    world: DeskWorld,
) -> None:
    async with visiting(world) as browser:
        page = await browser.send("/can-bo/cau-hoi/4K7M2P9/soan", {"text": "đã gõ"})
    assert "Phiên làm việc đã hết" in page
    assert 'value="/can-bo/cau-hoi/4K7M2P9"' in page


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="from the machine itself"),
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, 401, id="through a proxy on it"),
        pytest.param({"Forwarded": "for=127.0.0.1"}, 401, id="through a modern proxy"),
    ],
)
async def test_local_is_what_no_proxy_passed_on(
    world: DeskWorld, headers: dict[str, str], status: int
) -> None:
    async with TestClient(TestServer(world.app(SAMPLES))) as client:
        assert (await client.get("/numbers", headers=headers)).status == status
