"""A month of citizens on Zalo, four in ten of them silent after they asked, through the real
service: the fake enforces its windows by the same simulated clock."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Connection, Row, select, true

from bot.app import build_engine, build_mind, build_parts, build_routes
from bot.app.channels import Attached, attach_zalo
from bot.app.engine import build_outreach
from bot.app.parts import Parts
from bot.app.site import build_web, listen
from bot.delivery.engine import Engine
from bot.delivery.schedule import Schedule
from bot.delivery.unfinished import open_inbox, open_outbox
from bot.demo.simulation import Agenda, SimulatedClock
from bot.office import calls
from bot.office.letters import DeskLetters
from bot.office.office import Deed, Office
from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer, Officer
from bot.questions import repository
from bot.questions.life import Act
from bot.reach.consents import roads_of
from bot.reach.notices import untold_since
from bot.reach.overview import held
from bot.reach.roads import Road
from bot.settings import Settings
from bot.store import Done
from bot.tables.delivery import conversation, outbox
from bot.tables.desk import question
from bot.tables.reach import template_note
from handlers.zalo.webhook import PATH
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.world import FREE, Clock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 30, 7, tzinfo=HANOI)
LASTS = timedelta(days=30)
SILENT = 0.4
TEXT = "đường vô ấp Hoà Đê ngập hoài mấy tháng nay hông ai sửa, xin cho biết chừng nào làm"
_ROADS = (None, None, None, Road.AGAIN, Road.CALL, Road.CALL, Road.TEMPLATE, Road.TEMPLATE)
_TICKS = (9, 16)
OUTCOMES = ("free", "charged", "wrote again", "after template", "called", "waits, in sight")


@dataclass
class SharedClock(Clock):
    """Zalo's clock is ours."""

    ours: SimulatedClock = field(default_factory=lambda: SimulatedClock(MONDAY))

    def now(self) -> datetime:
        return self.ours()


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody who asks once. A silent one never comes back by himself; of the others one half
    presses what is offered, the other half writes again some day."""

    user: str
    road: Road | None
    is_silent: bool
    asks_at: datetime
    answered_at: datetime
    returns_at: datetime | None = None

    @property
    def presses(self) -> bool:
        """Whether he presses the button of a progress message."""
        return not self.is_silent and self.returns_at is None


def citizens(count: int, seed: int) -> list[Citizen]:
    """Return citizens who ask in the first twelve days and are answered in one to sixteen."""
    dice = random.Random(seed)
    return [_citizen(number, dice) for number in range(count)]


def _citizen(number: int, dice: random.Random) -> Citizen:
    asks = MONDAY + timedelta(days=dice.uniform(0, 12))
    is_silent = number * SILENT % 1 < SILENT
    returns = not is_silent and dice.random() < 0.5
    return Citizen(
        user=str(8_800_000_000_000_000_000 + number),
        road=_ROADS[number % len(_ROADS)],
        is_silent=is_silent,
        asks_at=asks,
        answered_at=asks + timedelta(days=dice.uniform(1, 16)),
        returns_at=asks + timedelta(days=dice.uniform(8, 17)) if returns else None,
    )


@dataclass
class Month:
    """The service, Zalo, and an agenda of what people do."""

    parts: Parts
    engine: Engine
    schedule: Schedule
    zalo: FakeZalo
    clock: SimulatedClock
    office: Office
    officers: dict[str, Officer] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    async def play(self, people: Sequence[Citizen]) -> None:
        """Let the month pass."""
        agenda = Agenda(self.clock, MONDAY + LASTS)
        for each in people:
            agenda.at(each.asks_at, partial(self.ask, each))
            agenda.at(each.answered_at, partial(self.answer, each))
            if each.returns_at is not None:
                agenda.at(each.returns_at, partial(self.say, each.user, "chào anh chị"))
        for day in range(LASTS.days):
            for hour in _TICKS:
                moment = (MONDAY + timedelta(days=day)).replace(hour=hour)
                agenda.at(moment, partial(self.tick, agenda, people))
            agenda.at((MONDAY + timedelta(days=day)).replace(hour=9), self.call)
        await agenda.run()

    async def ask(self, citizen: Citizen) -> None:
        """Ask, and choose a road from what the receipt offers."""
        await self.say(citizen.user, TEXT)
        code = (await self.latest(citizen)).code
        if citizen.road is not None:
            await self.say(citizen.user, f"#x:{citizen.road}:{code}")
        if citizen.road in (Road.CALL, Road.TEMPLATE):
            await self.say(citizen.user, f"số 09{citizen.user[-8:]}")

    async def answer(self, citizen: Citizen) -> None:
        """Let the agency in charge answer."""
        row = await self.latest(citizen)
        officer = await self.officer(row.agency)
        for deed in (Deed(Act.CLAIM), Deed(Act.DRAFT, text="Tháng sau làm."), Deed(Act.SEND)):
            await self.office.perform(officer, row.code, deed)
        await self.settled()

    async def tick(self, agenda: Agenda, people: Sequence[Citizen]) -> None:
        """Run what is scheduled; then whoever is not silent reacts to what he got."""
        before = {each.user: len(self.zalo.chats.history[each.user]) for each in people}
        announced = len(self.zalo.templates.sent)
        await self.schedule.tick()
        await self.settled()
        for each in people:
            if each.presses and self._was_asked(each, before[each.user]):
                pressed = f"#x:waiting:{(await self.latest(each)).code}"
                agenda.after(timedelta(hours=2), partial(self.say, each.user, pressed))
        for sent in self.zalo.templates.sent[announced:]:
            self._announced(agenda, people, sent["to"])

    def _was_asked(self, citizen: Citizen, before: int) -> bool:
        news = self.zalo.chats.history[citizen.user][before:]
        return any("Tôi vẫn chờ" in item["message"] for item in news)

    def _announced(self, agenda: Agenda, people: Sequence[Citizen], phone: str) -> None:
        """Let every second reader of a template message come and write; silent ones do not."""
        reader = next(each for each in people if each.user[-8:] == phone[-8:])
        if not reader.is_silent or self.dice.random() < 0.5:
            agenda.after(timedelta(hours=5), partial(self.say, reader.user, "chào anh chị"))

    async def call(self) -> None:
        """Let officers call whom the queue tells them to; three of four answer."""
        for each in await self.parts.store.read(lambda c: held(c, true(), limit=1000)):
            if each.road is Road.CALL:
                row = await self.parts.store.read(partial(_by_code, each.code))
                officer, reached = await self.officer(row.agency), self.dice.random() < 0.75
                body = partial(_call, officer, row.code, reached, self.clock())
                await self.parts.store.write(body)

    async def officer(self, agency: str) -> Officer:
        """Return the officer of an agency, hired at first need."""
        if agency not in self.officers:
            new = NewOfficer(f"canbo{len(self.officers)}", Role.OFFICER, agency, "Cán bộ", "")
            body = partial(_hire, new, self.clock())
            self.officers[agency] = await self.parts.store.write(body)
        return self.officers[agency]

    async def say(self, user: str, text: str) -> None:
        """Write as a citizen and wait for all that follows."""
        self.zalo.say(user, text)
        await self.settled()

    async def latest(self, citizen: Citizen) -> Row[Any]:
        """Return a citizen's question."""
        wanted = (
            select(question)
            .join(conversation, conversation.c.id == question.c.conversation_id)
            .where(conversation.c.address == citizen.user)
        )
        return await self.parts.store.read(lambda c: c.execute(wanted).one())

    async def settled(self) -> None:
        """Wait until nothing is under way; half a thought waits no longer than it must."""
        for look in range(2000):
            await self.zalo.webhooks.settled()
            if not await self.parts.store.read(_anything_open):
                return
            if look % 20 == 19:
                self.clock.set(self.clock() + timedelta(seconds=2))
                await self.engine.sweep()
            await asyncio.sleep(0.002)
        raise AssertionError("it never came to rest")

    async def outcomes(self) -> Mapping[str, Counter[str]]:
        """Return by which road each answer was told, by the road that was chosen."""
        rows = await self.parts.store.read(_answers)
        held_now = await self.parts.store.read(lambda c: held(c, true(), limit=1000))
        in_sight = {each.code for each in held_now}
        found: dict[str, Counter[str]] = {}
        for row, road in rows:
            chosen = str(road or "none")
            found.setdefault(chosen, Counter())[self._outcome(row, in_sight)] += 1
        return found

    def _outcome(self, row: Row[Any], in_sight: set[str]) -> str:
        if row.state == "told":
            return "called"
        if row.state == "waiting" and row.code in in_sight:
            return "waits, in sight"
        if row.state != "sent" or not self._arrived_once(row):
            return "unreported"
        if row.held_at is not None:
            return "after template" if row.noted == "sent" else "wrote again"
        return "free" if self._was_free(row) else "charged"

    def _arrived_once(self, row: Row[Any]) -> bool:
        """Whether Zalo's own log shows the answer, exactly once."""
        title = f"TRẢ LỜI câu hỏi {row.code[:3]} {row.code[3:6]} {row.code[6]}"
        texts = [line["text"] for line in self.zalo.chats.deliveries(row.address)]
        return len([text for text in texts if text.startswith(title)]) == 1

    def _was_free(self, row: Row[Any]) -> bool:
        """Whether Zalo's own history has a word of the citizen in the 48 hours before."""
        said = [i["time"] for i in self.zalo.chats.history[row.address] if i["src"]]
        sent = row.sent_at.timestamp() * 1000
        return any(0 <= sent - at <= FREE.total_seconds() * 1000 for at in said)

    async def untold(self) -> int:
        """Return how many answers the page of those who could not be told counts."""
        rows = await self.parts.store.read(lambda c: untold_since(c, MONDAY))
        return sum(row.count for row in rows if row.kind == "answer")


@asynccontextmanager
async def month(database: str, folder: Path) -> AsyncIterator[Month]:
    """Run the service and Zalo on one simulated clock, on a migrated database, named by its URL."""
    clock = SimulatedClock(MONDAY)
    zalo = FakeZalo(folder / "zalo.jsonl", clock=SharedClock(ours=clock))
    async with AsyncExitStack() as stack:
        await zalo.start()
        stack.push_async_callback(zalo.stop)
        parts = await build_parts(_settings(zalo, database, folder), clock, stack)
        attached = await attach_zalo(parts, stack)
        assert attached is not None
        mind = build_mind(parts)
        engine = build_engine(parts, mind, [attached.channel])
        await engine.start()
        stack.push_async_callback(engine.stop)
        zalo.webhooks.url = await _listen(parts, attached, stack) + PATH
        jobs = [*build_outreach(parts, mind, [attached]).periodics(), *attached.periodics]
        schedule = Schedule(parts.store, jobs, "month", clock)
        office = Office(parts.store, clock, DeskLetters(parts.wording))
        yield Month(parts, engine, schedule, zalo, clock, office)


async def _listen(parts: Parts, attached: Attached, stack: AsyncExitStack) -> str:
    return await listen(build_web(parts, build_routes(parts, [attached])), parts.settings, stack)


def _settings(zalo: FakeZalo, database: str, folder: Path) -> Settings:
    account = zalo.account
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database,
        var_dir=folder,
        port=0,
        zalo_app_id=account.app_id,
        zalo_app_secret=SecretStr(account.app_secret),
        zalo_oa_id=account.oa_id,
        zalo_oa_secret=SecretStr(account.oa_secret),
        zalo_refresh_token=SecretStr(account.refresh_token),
        zalo_api_base=zalo.address,
        zalo_oauth_base=zalo.address,
        zalo_business_base=zalo.address,
        zalo_zns_template_id="200001",
    )


def table(found: Mapping[str, Counter[str]]) -> str:
    """Return the outcomes as a Markdown table, shares of all answers in the last row."""
    columns = [*OUTCOMES, "unreported"]
    names = {"none": "nothing chosen", "again": "write again", "call": "be called"}
    lines = [
        f"| road chosen | {' | '.join(columns)} | answers |",
        "|---" * (len(columns) + 2) + "|",
    ]
    total: Counter[str] = Counter()
    for road in ("none", "again", "call", "template"):
        row = found.get(road, Counter())
        total += row
        cells = [str(row[name]) for name in columns]
        lines.append(f"| {names.get(road, road)} | {' | '.join(cells)} | {row.total()} |")
    shares = [f"{total[name] / (total.total() or 1):.0%}" for name in columns]
    return "\n".join([*lines, f"| share | {' | '.join(shares)} | {total.total()} |"])


def _answers(connection: Connection) -> list[tuple[Row[Any], Road | None]]:

    rows = connection.execute(
        select(outbox.c.state, outbox.c.held_at, outbox.c.sent_at, conversation.c.address)
        .add_columns(question.c.id, question.c.code, template_note.c.state.label("noted"))
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .join(question, question.c.conversation_id == conversation.c.id)
        .outerjoin(template_note, template_note.c.outbox_id == outbox.c.id)
        .where(outbox.c.cause.contains(":answer:"))
    ).all()
    roads = roads_of(connection, [row.id for row in rows])
    return [(row, roads.get(row.id)) for row in rows]


def _by_code(code: str, connection: Connection) -> Row[Any]:
    row = repository.by_code(connection, code)
    assert row is not None
    return row


def _anything_open(connection: Connection) -> bool:
    return any(query(connection, after=0, limit=1) for query in (open_inbox, open_outbox))


def _call(
    officer: Officer, code: str, reached: bool, now: datetime, connection: Connection
) -> Done[bool]:
    return Done(calls.settle(connection, officer, code, reached=reached, now=now))


def _hire(new: NewOfficer, now: datetime, connection: Connection) -> Done[Officer]:
    return Done(accounts.add(connection, new, "no password", "test", now))
