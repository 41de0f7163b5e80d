"""A trial of the real service: citizens write on a channel while it is killed again and again."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, time
from typing import Protocol

from sqlalchemy import Engine, select

from bot.delivery.backlog import backlog
from bot.delivery.crashpoints import CrashPoint
from bot.messages import Outgoing
from bot.settings import Settings
from bot.store.engines import sqlite_engine
from bot.store.urls import sqlite_path
from bot.tables.delivery import outbox
from tests.faults.channel_books import (
    Tally,
    accepted,
    check_conservation,
    compare,
    intended,
)
from tests.faults.real import live

#: children begin with everything imported, so that many lives cost few start-ups
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.faults.real"])

LINES = (
    "xin chào",
    "làm giấy khai sinh cho bé cần giấy tờ gì",
    "đường trước nhà tôi ngập nước cả tuần nay không ai sửa",
    "cảm ơn nhiều",
)
#: seconds between two messages let go while a life lasts
_PACE = 0.03

#: a named moment and its pass, or seconds after the service began to listen
Kill = tuple[CrashPoint, int] | float


class Stage(Protocol):
    """A channel's provider as citizens use it."""

    settings: Settings

    def people(self, fault: str, number: int) -> list[str]:
        """Return so many new citizens by their addresses on the channel."""

    async def say(self, citizen: str, line: str) -> None:
        """Write a line and return once the service has acknowledged it."""

    def shown(self, citizen: str) -> list[str]:
        """Return what a citizen saw, in order."""

    def last_shown(self) -> float:
        """Return when anybody last saw anything, in seconds since 1970."""

    def texts(self, address: str, message: Outgoing) -> tuple[str, ...]:
        """Return the parts in which a message of ours is shown."""


@dataclass
class Trial:
    """One database, one provider, many lives of the service."""

    stage: Stage
    folder: Path
    tallies: dict[str, Tally] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    _leave: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def suffer(self, fault: str, kills: Sequence[Kill], citizens: int) -> None:
        """Let citizens write while the service dies of one kind of fault; then let it finish.

        There must be enough of them that somebody writes after every death.
        """
        tally = self.tallies[fault] = Tally()
        people = self.stage.people(fault, citizens)
        writing = asyncio.gather(*map(self._write, people))
        for kill in kills:
            died = await self._life(kill)
            tally.kills += 1
            tally.recovery = max(tally.recovery, await self._next_reply(died))
        async with self._living(None):
            self._let_go(citizens * len(LINES))
            await writing
            await self._until_settled()
        self._leave = asyncio.Semaphore(0)
        self._enter(tally, people)

    async def _life(self, kill: Kill) -> float:
        """Live until the planned death and return its moment."""
        async with self._living(kill) as process:
            deadline = monotonic() + kill if isinstance(kill, float) else None
            while process.is_alive():
                self._let_go(1)
                await asyncio.sleep(_PACE)
                if deadline and monotonic() >= deadline:
                    process.kill()
                    break
            await asyncio.to_thread(process.join)
            assert process.exitcode == -signal.SIGKILL, kill
        return time()

    @asynccontextmanager
    async def _living(self, kill: Kill | None) -> AsyncIterator[BaseProcess]:
        plan = f"{kill[0].value}:{kill[1]}" if isinstance(kill, tuple) else ""
        arguments = (self.stage.settings, self.folder / "service.log", plan)
        process = _NURSERY.Process(target=live, args=arguments)
        process.start()
        try:
            await self._until_listening(process)
            yield process
            if kill is None:
                process.terminate()
                await asyncio.to_thread(process.join)
                assert process.exitcode == 0
        finally:
            process.kill()

    async def _until_listening(self, process: BaseProcess) -> None:
        """Wait until the service takes messages, or died so early as planned."""
        while process.is_alive():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.stage.settings.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    def _let_go(self, messages: int) -> None:
        for _ in range(messages):
            self._leave.release()

    async def _write(self, citizen: str) -> None:
        """Write line after line, each once something new stands on the screen."""
        for line in LINES:
            await self._leave.acquire()
            shown = len(self.stage.shown(citizen))
            await self.stage.say(citizen, line)
            self.acknowledged[citizen] = self.acknowledged.get(citizen, 0) + 1
            while len(self.stage.shown(citizen)) == shown:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _next_reply(self, died: float) -> float:
        """Live until a citizen sees something again; return the seconds since the death."""
        async with self._living(None):
            while True:
                self._let_go(1)
                last = self.stage.last_shown()
                if last > died:
                    return last - died
                await asyncio.sleep(_PACE)

    async def _until_settled(self) -> None:
        engine = self._open()
        while not await asyncio.to_thread(_settled, engine):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        engine.dispose()

    def _enter(self, tally: Tally, people: Sequence[str]) -> None:
        engine = self._open()
        with engine.connect() as connection:
            meant = intended(connection, self.stage.texts)
            kept = accepted(connection)
            check_conservation(connection, sum(self.acknowledged.values()))
        engine.dispose()
        for citizen in people:
            tally.messages += self.acknowledged[citizen]
            if kept[citizen] != self.acknowledged[citizen]:
                tally.lost.append(citizen)
            compare(tally, citizen, meant[citizen], self.stage.shown(citizen))

    def _open(self) -> Engine:
        path = sqlite_path(self.stage.settings.database_url)
        assert path is not None
        return sqlite_engine(path, query_only=True)


def _settled(engine: Engine) -> bool:
    """Nothing is left to do that a machine may do."""
    with engine.connect() as connection:
        left = backlog(connection)
        patient = connection.execute(
            select(outbox.c.id).where(outbox.c.state == "unknown", outbox.c.next_at.is_not(None))
        ).first()
    return not left.undecided and not left.unsent and patient is None
