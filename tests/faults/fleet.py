"""Processes of the real service on one database, with citizens writing at Zalo."""

import asyncio
import itertools
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.delivery.backlog import backlog
from bot.settings import Settings
from bot.tables.delivery import outbox
from tests.databases import transaction
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.webhooks import signed
from tests.faults.channel_books import Tally, accepted, check_conservation, compare, intended
from tests.faults.real import live
from tests.faults.sites import Site
from tests.faults.test_service_kills import free_port

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.faults.real"])

LINES = (
    "xin chào",
    "làm giấy khai sinh cho bé cần giấy tờ gì",
    "đường trước nhà tôi ngập nước cả tuần nay không ai sửa",
    "cảm ơn nhiều",
)

#: what goes wrong while citizens write
Fault = Callable[["Fleet"], Awaitable[None]]


@dataclass
class Member:
    """One node: its process and where it listens. `steps` moves its clock, in seconds."""

    name: str
    port: int
    steps: Path
    process: BaseProcess | None = None

    @property
    def address(self) -> str:
        """Return where the node listens."""
        return f"http://127.0.0.1:{self.port}"

    def tell(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, number)


@dataclass
class Fleet:
    """Nodes, the Zalo before them, and the books of what citizens were told."""

    zalo: FakeZalo
    settings: Settings
    folder: Path
    site: Site
    members: list[Member] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    #: citizens who have written something that is not answered yet
    waiting: set[str] = field(default_factory=set)
    #: how often an event was not taken, and whether answers to events get lost on their way
    refused: int = 0
    deaf: bool = False
    #: seconds from a fault until all who waited then were answered
    recovery: float = 0.0
    _turn: Iterator[int] = field(default_factory=itertools.count)

    async def muster(self, number: int) -> None:
        """Start so many nodes and wait until all of them listen."""
        for each in range(number):
            name = f"node{each}"
            self.members.append(Member(name, free_port(), self.folder / f"{name}.clock"))
        await asyncio.gather(*map(self.start, self.members))

    async def start(self, member: Member) -> None:
        """Start a node, anew where it was killed."""
        settings = self.settings.model_copy(update={"port": member.port})
        log = self.folder / f"{member.name}.log"
        arguments = (settings, log, "", member.steps)
        member.process = _NURSERY.Process(target=live, args=arguments)
        member.process.start()
        print(f"{member.name}: process {member.process.pid}")  # noqa: T201 - for the record
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", member.port)
            except OSError:
                assert member.process.is_alive(), log.read_text()
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    async def kill(self, member: Member) -> None:
        """End a node without a farewell."""
        assert member.process is not None
        member.process.kill()
        await asyncio.to_thread(member.process.join)

    async def disband(self) -> None:
        """Stop every node as an operator does."""
        for member in self.members:
            if member.process is not None and member.process.is_alive():
                member.process.terminate()
                await asyncio.to_thread(member.process.join, 15)
                member.process.kill()

    async def suffer(self, fault: Fault, citizens: int) -> Tally:
        """Let citizens write all through a fault; then compare what each was told."""
        tally = Tally()
        people = [f"citizen-{number}" for number in range(citizens)]
        writing = asyncio.gather(*(self._write(person) for person in people))
        await asyncio.sleep(1.0)
        await fault(self)
        await writing
        await self._until_settled()
        tally.recovery = self.recovery
        self._enter(tally, people)
        return tally

    async def all_served(self, since: float | None = None) -> None:
        """Wait until everybody has an answer who waits for one now; note how long it took from
        a moment, from now on where none is given."""
        begun, left = since or monotonic(), set(self.waiting)
        while left & self.waiting:
            await asyncio.sleep(0.02)
            left &= self.waiting
        self.recovery = monotonic() - begun

    async def _write(self, citizen: str) -> None:
        """Write line after line, each once something new stands on the screen."""
        for line in LINES * 3:
            shown = len(self.zalo.chats.deliveries(citizen))
            self.waiting.add(citizen)
            await self._say(citizen, line)
            while len(self.zalo.chats.deliveries(citizen)) == shown:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            self.waiting.discard(citizen)
            await asyncio.sleep(0.3)

    async def _say(self, citizen: str, line: str) -> None:
        """Post until 200 is heard: at a time when answers get lost, twice what was taken."""
        event = self.zalo.webhooks.said(citizen, line)
        self.zalo.chats.wrote(citizen, event["message"]["msg_id"], line)
        raw, headers = signed(self.zalo.account, event)
        for _ in range(2 if self.deaf else 1):
            await self._post(raw, headers)
        self.acknowledged[citizen] = self.acknowledged.get(citizen, 0) + 1

    async def _post(self, raw: bytes, headers: dict[str, str]) -> None:
        """Post to one node after the other until one answers 200, as a proxy in front would."""
        while True:
            member = self.members[next(self._turn) % len(self.members)]
            self.zalo.webhooks.url = f"{member.address}/webhooks/zalo"
            if await self.zalo.webhooks.attempt(raw, headers) == 200:
                return
            self.refused += 1
            await asyncio.sleep(0.1)

    async def _until_settled(self) -> None:
        while not await asyncio.to_thread(self._settled):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.2)

    def _settled(self) -> bool:
        try:
            with transaction(self.settings.database_url) as connection:
                left = backlog(connection)
                doubts = outbox.c.state == "unknown", outbox.c.next_at.is_not(None)
                patient = connection.execute(select(outbox.c.id).where(*doubts)).first()
        except DBAPIError:
            return False
        return not left.undecided and not left.unsent and patient is None

    def _enter(self, tally: Tally, people: Sequence[str]) -> None:
        with transaction(self.settings.database_url) as connection:
            meant, kept = intended(connection), accepted(connection)
            check_conservation(connection, sum(self.acknowledged.values()))
        for citizen in people:
            tally.messages += self.acknowledged[citizen]
            if kept[citizen] != self.acknowledged[citizen]:
                tally.lost.append(citizen)
            seen = [line["text"] for line in self.zalo.chats.deliveries(citizen)]
            compare(tally, citizen, meant[citizen], seen)


@asynccontextmanager
async def fleet(
    zalo: FakeZalo, settings: Settings, folder: Path, site: Site
) -> AsyncIterator[Fleet]:
    """Return running nodes, as many as the database lets work on it, stopped after the block."""
    nodes = Fleet(zalo, settings.model_copy(update={"database_url": site.url}), folder, site)
    try:
        await nodes.muster(site.nodes)
        yield nodes
    finally:
        await nodes.disband()
