"""The real service, killed while people chat: everybody has the same conversation in the end."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy import Connection, select

from bot.delivery.backlog import backlog
from bot.questions.history import verify
from bot.store.engines import sqlite_engine
from bot.tables.delivery import inbox, message, outbox
from bot.tables.desk import question
from tests.acceptance.process import environment, serving

SCRIPT = (
    "xin chào",
    "làm giấy khai sinh cho bé cần giấy tờ gì",
    "đường trước nhà tôi ngập nước cả tuần nay không ai sửa",
    "cảm ơn nhiều",
)
PEOPLE, KILLS = 25, 6


@dataclass
class Chatter:
    """Writes a line, waits for the reply, writes the next; whatever fails is tried again."""

    http: ClientSession
    base: str
    chance: Random
    conversation: str = ""

    async def talk(self) -> None:
        self.conversation = (await self._insist(self._open))["conversation"]
        for number, text in enumerate(SCRIPT):
            await asyncio.sleep(self.chance.random() * 0.5)
            line = {"conversation": self.conversation, "client_id": f"line-{number}", "text": text}
            accepted = await self._insist(partial(self._say, line))
            await self._insist(partial(self._reply, accepted["seq"]))

    async def _open(self) -> Any:  # noqa: ANN401
        async with self.http.post(f"{self.base}/api/v1/conversations") as response:
            return await response.json() if response.status == 201 else None

    async def _say(self, line: dict[str, str]) -> Any:  # noqa: ANN401
        async with self.http.post(f"{self.base}/api/v1/chat", json=line) as response:
            assert response.status in (202, 429, 503), response.status
            return await response.json() if response.status == 202 else None

    async def _reply(self, seq: int) -> Any:  # noqa: ANN401
        url = f"{self.base}/api/v1/chat/{self.conversation}?after={seq}"
        async with self.http.get(url) as response:
            found = await response.json() if response.status == 200 else {}
            return found.get("messages") or None

    async def _insist(self, ask: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        while True:
            try:
                found = await ask()
            except (ClientError, TimeoutError):
                found = None
            if found is not None:
                return found
            await asyncio.sleep(0.1)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def lives(env: dict[str, str], chance: Random, done: asyncio.Event) -> None:
    for _ in range(KILLS):
        async with serving(env) as process:
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await process.stop(signal.SIGKILL)
    async with serving(env) as process:
        await done.wait()
        await asyncio.sleep(1)
        assert await process.stop() == 0


def conversations(connection: Connection) -> Counter[tuple[tuple[str, str], ...]]:
    """Return what was said, by how many; receipt codes, dates and links differ and stay out."""
    lines: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(select(message).order_by(message.c.seq)):
        said = row.text if row.role == "citizen" else str(row.body["decision"])
        lines.setdefault(row.conversation_id, []).append((row.role, said))
    return Counter(tuple(each) for each in lines.values())


@pytest.mark.long
async def test_kills_change_nobodys_conversation(database_file: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("DANHOI_TEST_SEED", Random().randrange(1_000_000)))
    print(f"seed {seed}")  # noqa: T201 - to repeat a failure
    chance, port, done = Random(seed), free_port(), asyncio.Event()
    env = environment(f"sqlite:///{database_file}", tmp_path / "var", DANHOI_PORT=str(port))
    living = asyncio.create_task(lives(env, chance, done))
    async with ClientSession(timeout=ClientTimeout(total=5)) as http, asyncio.timeout(240):
        people = [Chatter(http, f"http://127.0.0.1:{port}", chance) for _ in range(PEOPLE)]
        await asyncio.gather(*(person.talk() for person in people))
    done.set()
    await living
    engine = sqlite_engine(database_file, query_only=True)
    with engine.connect() as connection:
        assert set(connection.execute(select(inbox.c.state)).scalars()) == {"decided"}
        assert set(connection.execute(select(outbox.c.state)).scalars()) == {"sent"}
        assert backlog(connection).undecided == 0
        assert verify(connection, ZoneInfo("Asia/Ho_Chi_Minh")) == []
        held = conversations(connection)
        buckets = Counter(connection.execute(select(question.c.bucket)).scalars())
    engine.dispose()
    print(f"{KILLS} kills, {PEOPLE} people, questions {dict(buckets)}: {list(held)}")  # noqa: T201
    assert list(held.values()) == [PEOPLE]
    assert set(buckets.values()) <= {PEOPLE, 2 * PEOPLE, 3 * PEOPLE}
