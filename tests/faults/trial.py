"""A trial: citizens write, the service is killed again and again, then the books are checked."""

import asyncio
import multiprocessing
import signal
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from aiohttp import ClientError, ClientSession
from sqlalchemy import Connection, Engine, select

from bot.delivery.backlog import backlog
from bot.delivery.crashpoints import CrashPoint
from bot.store.engines import sqlite_engine
from bot.tables.delivery import conversation, inbox, message, outbox
from tests.faults.provider import Provider
from tests.faults.service import live

#: children begin with everything imported, so that twenty lives cost no twenty start-ups
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.faults.service"])

#: a named moment and its pass, or seconds after the service began to accept
Kill = tuple[CrashPoint, int] | float


@dataclass
class Books:
    """What the trial found. Lost, doubled in silence and out of order must be empty; `twice`
    counts citizens' double messages that the ledger itself lists as doubtful."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    unknown: int = 0
    doubtful: int = 0
    twice: int = 0
    kills: int = 0
    accepted: int = 0
    states: Counter[str] = field(default_factory=Counter)


class Trial:
    """One database, one provider, many lives of the service."""

    def __init__(self, database: Path, provider: Provider, chance: Random) -> None:
        self._database = database
        self._provider = provider
        self._chance = chance
        self._process: BaseProcess | None = None
        self._acknowledged: dict[str, list[str]] = {}
        self._kills = 0
        self._leave = asyncio.Semaphore(0)  # to write one more message
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]

    async def run(self, chats: int, messages: int, kills: Sequence[Kill]) -> Books:
        """Let each chat write its messages while the service dies as planned; return the books."""
        address = await self._provider.start()
        lives = asyncio.create_task(self._live(address, kills, chats * messages))
        async with ClientSession() as http, asyncio.timeout(300):
            writers = [self._write(http, f"c{n}", messages) for n in range(chats)]
            await asyncio.gather(*writers)
            await lives
            await self._until_settled()
        await self._end()
        await self._provider.stop()
        return self._check()

    async def _live(self, address: str, kills: Sequence[Kill], total: int) -> None:
        """Die as planned; messages trickle in, so that some are left for every life."""
        for kill in kills:
            process = await self._begin(address, kill)
            dying = asyncio.create_task(_death(process, kill))
            while not dying.done():
                self._leave.release()
                await asyncio.sleep(0.004)
            assert process.exitcode == -signal.SIGKILL, kill
            self._kills += 1
        self._process = await self._begin(address, None)
        for _ in range(total):
            self._leave.release()

    async def _begin(self, address: str, kill: Kill | None) -> BaseProcess:
        """Start a life and wait until it takes messages, or died so early as planned."""
        plan = f"{kill[0].value}:{kill[1]}" if isinstance(kill, tuple) else ""
        process = _NURSERY.Process(target=live, args=(self._database, self._port, address, plan))
        process.start()
        while process.is_alive():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                break
        return process

    async def _end(self) -> None:
        assert self._process is not None
        self._process.terminate()
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode == 0

    async def _write(self, http: ClientSession, chat: str, messages: int) -> None:
        """Post one message after another; what was not acknowledged is posted again, and now
        and then something that was."""
        done = self._acknowledged.setdefault(chat, [])
        while len(done) < messages:
            text = f"{chat}:{len(done)}"
            await self._leave.acquire()
            while not await self._post(http, chat, text):
                pass
            done.append(text)
            if done and self._chance.random() < 0.02:
                await self._post(http, chat, self._chance.choice(done))

    async def _post(self, http: ClientSession, chat: str, text: str) -> bool:
        await asyncio.sleep(self._chance.random() * 0.05)
        parcel = {"id": text, "chat": chat, "text": text}
        try:
            async with http.post(f"http://127.0.0.1:{self._port}/in", json=parcel) as response:
                return response.status == 200
        except ClientError:
            await asyncio.sleep(0.05)
            return False

    async def _until_settled(self) -> None:
        engine = sqlite_engine(self._database, query_only=True)
        while not await asyncio.to_thread(_settled, engine):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        engine.dispose()

    def _check(self) -> Books:
        engine = sqlite_engine(self._database, query_only=True)
        with engine.connect() as connection:
            sendings = _sendings(connection)
            states = Counter(connection.execute(select(inbox.c.state)).scalars())
        engine.dispose()
        books = Books(kills=self._kills, accepted=states.total(), states=states)
        seen = self._provider.deliveries()
        for chat, texts in self._acknowledged.items():
            _compare(books, [f"re: {text}" for text in texts], seen.get(chat, []), sendings)
        books.unknown = sum(state == "unknown" for state, _ in sendings.values())
        books.doubtful = sum(doubts > 0 for _, doubts in sendings.values())
        return books


async def _death(process: BaseProcess, kill: Kill) -> None:
    if isinstance(kill, float):
        await asyncio.sleep(kill)
        process.kill()
    await asyncio.to_thread(process.join)


def _settled(engine: Engine) -> bool:
    """Nothing is left to do that a machine may do."""
    with engine.connect() as connection:
        left = backlog(connection)
        patient = connection.execute(
            select(outbox.c.id).where(outbox.c.state == "unknown", outbox.c.next_at.is_not(None))
        ).first()
    return not left.undecided and not left.unsent and patient is None


def _sendings(connection: Connection) -> dict[str, tuple[str, int]]:
    """Return state and doubts of every intended reply by its words."""
    statement = select(message.c.text, outbox.c.state, outbox.c.doubts).join(
        message, message.c.id == outbox.c.message_id
    )
    found = connection.execute(statement.join(conversation)).all()
    assert len({row.text for row in found}) == len(found), "a reply was intended twice"
    return {row.text: (row.state, row.doubts) for row in found}


def _compare(
    books: Books, expected: list[str], seen: list[str], sendings: dict[str, tuple[str, int]]
) -> None:
    times = Counter(seen)
    for text in expected:
        state, doubts = sendings.get(text, ("missing", 0))
        if not times[text] and state != "unknown":
            books.lost.append(text)
        if times[text] > 1 + doubts:
            books.doubled.append(text)
        books.twice += times[text] > 1
    first = list(dict.fromkeys(seen))
    if first != [text for text in expected if text in times]:
        books.disordered.append(str(seen))
