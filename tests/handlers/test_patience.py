"""A refusal for haste comes slowly, everything else at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from handlers.callers import know_client
from handlers.patience import slow_down_floods
from tests.handlers.site_world import Client

LONG = 30.0


async def refuse(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=429)


async def welcome(_request: web.Request) -> web.StreamResponse:
    return web.Response()


@pytest.fixture
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    pause: float = getattr(request, "param", LONG)
    middlewares = [know_client(["127.0.0.1"]), slow_down_floods(pause, most=2)]
    app = web.Application(middlewares=middlewares)
    app.router.add_get("/refused", refuse)
    app.router.add_get("/welcome", welcome)
    async with TestClient(TestServer(app)) as client:
        yield client


async def knock(door: Client, caller: str = "10.0.0.1") -> ClientResponse | None:
    """Return the refusal that came at once, None where one waits for it."""
    asked = door.get("/refused", headers={"X-Forwarded-For": caller})
    try:
        return await asyncio.wait_for(asked, 0.2)
    except TimeoutError:
        return None


async def hold(door: Client, number: int, caller: str = "10.0.0.1") -> list[asyncio.Task[object]]:
    """Let so many requests wait for their refusal."""
    headers = {"X-Forwarded-For": caller}
    held = [asyncio.create_task(_ask(door, headers)) for _ in range(number)]
    await asyncio.sleep(0.1)
    return held


async def _ask(door: Client, headers: dict[str, str]) -> object:
    return await door.get("/refused", headers=headers)


async def test_a_refusal_for_haste_is_held_back(door: Client) -> None:
    assert await knock(door) is None


async def test_everything_else_comes_at_once(door: Client) -> None:
    held = await hold(door, 2)
    assert (await door.get("/welcome", headers={"X-Forwarded-For": "10.0.0.1"})).status == 200
    for task in held:
        task.cancel()


async def test_beyond_a_few_the_connection_is_closed(door: Client) -> None:
    held = await hold(door, 2)
    answer = await knock(door)
    assert answer is not None
    assert answer.headers["Connection"] == "close"
    for task in held:
        task.cancel()


async def test_one_callers_flood_leaves_others_their_places(door: Client) -> None:
    held = await hold(door, 2)
    assert await knock(door, "10.0.0.2") is None
    for task in held:
        task.cancel()


@pytest.mark.parametrize("door", [0.0], indirect=True)
async def test_places_become_free_again(door: Client) -> None:
    for _ in range(5):
        answer = await knock(door)
        assert answer is not None
        assert answer.headers.get("Connection") != "close"
