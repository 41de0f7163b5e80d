"""Server-sent events of a conversation."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse

from bot.messages import Outgoing
from handlers.webchat.stream import HEARTBEAT_SECONDS, Streams
from tests.handlers.site_world import Client, SiteWorld, open_chat, send, site, visiting


async def events(response: ClientResponse, count: int) -> list[dict[str, Any]]:
    """Read so many events; each must carry its number as its id."""
    found: list[dict[str, Any]] = []
    fields: dict[str, str] = {}
    while len(found) < count:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n")
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            found.append(json.loads(fields["data"]))
            assert (fields["event"], fields["id"]) == ("message", str(found[-1]["seq"]))
            fields = {}
    return found


async def listen(client: Client, token: str, **headers: str) -> ClientResponse:
    return await client.get(f"/api/v1/chat/{token}/events", headers=headers)


async def test_what_was_said_comes_first_then_what_is_said(
    citizens: SiteWorld, visitor: Client
) -> None:
    token = await open_chat(visitor)
    await send(visitor, token, text="xin chào")
    response = await listen(visitor, token)
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert [m["text"] for m in await events(response, 1)] == ["xin chào"]
    await citizens.say(token, Outgoing("Dạ, một"), Outgoing("Dạ, hai"))
    assert [m["text"] for m in await events(response, 2)] == ["Dạ, một", "Dạ, hai"]


async def test_it_resumes_after_the_last_event_seen(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    await citizens.say(token, *(Outgoing(f"câu {n}") for n in range(1, 5)))
    response = await listen(visitor, token, **{"Last-Event-ID": "2"})
    assert [m["seq"] for m in await events(response, 2)] == [3, 4]


async def test_a_long_conversation_comes_whole(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    await citizens.say(token, *(Outgoing(f"câu {n}") for n in range(1, 451)))
    response = await listen(visitor, token)
    assert [m["seq"] for m in await events(response, 450)] == list(range(1, 451))


async def test_a_fifth_stream_has_to_wait(visitor: Client) -> None:
    token = await open_chat(visitor)
    responses = [await listen(visitor, token) for _ in range(5)]
    assert [r.status for r in responses] == [200, 200, 200, 200, 429]
    assert int(responses[-1].headers["Retry-After"]) > 0
    assert (await listen(visitor, await open_chat(visitor))).status == 200


async def test_a_closed_page_makes_room(citizens: SiteWorld, visitor: Client) -> None:
    token = await open_chat(visitor)
    responses = [await listen(visitor, token) for _ in range(4)]
    responses[0].close()
    async with asyncio.timeout(5):
        while (again := await listen(visitor, token)).status == 429:
            await citizens.say(token, Outgoing("còn ai không"))
    assert again.status == 200


async def test_shutdown_ends_open_streams_at_once(citizens: SiteWorld, visitor: Client) -> None:
    response = await listen(visitor, await open_chat(visitor))
    await citizens.streams.close()
    rest = await asyncio.wait_for(response.content.read(), 5)
    assert rest == b"retry: 2000\n\n"


async def test_silence_is_broken_by_a_heartbeat(database_url: str, tmp_path: Path) -> None:
    async with site(database_url, tmp_path, heartbeat=0.01) as world, visiting(world) as client:
        response = await listen(client, await open_chat(client))
        assert await asyncio.wait_for(response.content.readuntil(b": nhip\n\n"), 5)
    assert HEARTBEAT_SECONDS == 15.0


async def test_one_caller_holds_only_so_many_streams(citizens: SiteWorld) -> None:
    citizens.streams = Streams(citizens.store, citizens.listeners, most_of_a_caller=3)
    citizens.chat.streams = citizens.streams
    async with visiting(citizens) as client:
        tokens = [await open_chat(client) for _ in range(4)]
        statuses = [(await listen(client, token)).status for token in tokens]
    assert statuses == [200, 200, 200, 429]
