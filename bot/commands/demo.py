"""`python -m bot demo`: a plausible month in an empty database, through the real pipeline."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, func, select

from bot.app import Parts, build_engine, build_mind, build_outreach, build_parts
from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.delivery.labels import label_of
from bot.delivery.unfinished import open_inbox, open_outbox
from bot.demo.month import play
from bot.demo.people import Desks
from bot.demo.performance import Performance
from bot.demo.simulation import Agenda, SimulatedClock
from bot.demo.stories import Story, load_stories
from bot.errors import BotError
from bot.moments import utc_now
from bot.office.letters import DeskLetters
from bot.office.office import Office
from bot.officers import demo as officers
from bot.settings import Settings
from bot.store import migrations
from bot.tables.desk import question
from handlers.webchat.channel import NAME, WebChat, address_of
from handlers.webchat.reception import Reception
from handlers.webchat.requests import Post

#: long enough for two lists and for questions that are overdue
_LASTS = timedelta(days=75)


#: seconds between two looks at whether the engine is done
_GLANCE = 0.003


class NotEmpty(BotError):
    """The database is in use."""


def demo() -> None:
    """Fill an empty database with invented questions, answers and a published list."""
    settings = read_settings()
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrations.upgrade(settings.database_url)
    for line in asyncio.run(fill(settings, load_stories())):
        say(line)


async def fill(settings: Settings, stories: Sequence[Story]) -> list[str]:
    """Play the stories in a migrated database that is empty; return what there is to see."""
    present = utc_now()
    clock = SimulatedClock(present)
    async with AsyncExitStack() as stack:
        parts = await build_parts(settings, clock, stack)
        await _check_empty(parts)
        clock.set(present - _LASTS)  # only now: what the project ships with is loaded today
        accounts = await officers.prepare(parts.store, parts.hasher, settings, clock())
        if accounts is None:
            raise NotEmpty(_REAL_OFFICERS)
        mind = build_mind(parts)
        outreach = build_outreach(parts, mind, attached=())
        engine = build_engine(parts, mind, [WebChat(clock)])
        await engine.start()
        stack.push_async_callback(engine.stop)
        office = Office(parts.store, clock, DeskLetters(parts.wording))
        citizens = _WebCitizens(parts)
        performance = Performance(
            Agenda(clock, present),
            citizens,
            await Desks.load(parts.store, office),
            parts.calendar,
        )

        async def tell() -> None:
            await outreach.tell_notices(clock())
            await citizens.settled()

        told = await play(performance, stories, tell)
    return [*told, f"Demonstration officers: {accounts}"]


_QUESTIONS = (
    "this database already has {count} question(s): a demonstration is only put into an empty one. "
    "Name another file, e.g. DANHOI_DATABASE_URL=sqlite:///var/demo.db python -m bot demo"
)
_REAL_OFFICERS = (
    "real officers work here, or others can reach this address: a demonstration needs an "
    "installation of its own, on a loopback DANHOI_HOST and without DANHOI_PUBLIC_URL"
)


async def _check_empty(parts: Parts) -> None:
    def count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(question)).scalar_one()

    questions = await parts.store.read(count)
    if questions:
        raise NotEmpty(_QUESTIONS.format(count=questions))
    if (await parts.store.read(officers.present)).real:
        raise NotEmpty(_REAL_OFFICERS)


@dataclass
class _WebCitizens:
    """Citizens who use the web chat; implements bot.demo.people.Chat."""

    parts: Parts
    _written: int = field(default=0)

    def __post_init__(self) -> None:
        parts = self.parts
        self._reception = Reception(parts.store, WebChat(parts.clock), parts.clock, parts.metrics)

    async def open(self, citizen: str) -> str:
        """Return the key of a new conversation."""
        return await self._reception.open(citizen)

    async def say(self, key: str, text: str) -> int:
        """Write something and wait for the replies."""
        return await self._take(Post(key, self._next(), text=text))

    async def press(self, key: str, payload: str) -> None:
        """Press a button that was offered and wait for the replies."""
        address = address_of(key)
        if not await self.parts.store.read(lambda c: label_of(c, NAME, address, payload)):
            return
        await self._take(Post(key, self._next(), payload=payload))

    async def _take(self, post: Post) -> int:
        accepted = await self._reception.take(post)
        await self.settled()
        return accepted.conversation_id

    def _next(self) -> str:
        self._written += 1
        return f"demo-{self._written}"

    async def settled(self) -> None:
        """Wait until nothing is left to decide or to send."""
        while await self.parts.store.read(_anything_open):  # noqa: ASYNC110 - none tells
            await asyncio.sleep(_GLANCE)


def _anything_open(connection: Connection) -> bool:
    open_rows = (query(connection, after=0, limit=1) for query in (open_inbox, open_outbox))
    return any(open_rows)
