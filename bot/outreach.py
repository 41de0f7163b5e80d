"""What is told by the clock: progress before a window ends, air dates, template messages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from bot.channels import OutcomeUnknown, SendError
from bot.clock import WorkCalendar
from bot.conversation.mind import ConversationMind
from bot.delivery.schedule import Periodic, every
from bot.moments import Clock
from bot.office.letters import DeskLetters
from bot.questions.notices import Asker
from bot.reach import airing, progress, templates
from bot.reach.consents import erase_idle_numbers
from bot.reach.notices import Notice, cause_of, give_up_lapsed, tell
from bot.reach.templates import Note, Templates
from bot.reach.windows import day_ends, is_daytime
from bot.store import Done, Store

_log = structlog.get_logger()

T = TypeVar("T")

#: so many to a transaction: messages of citizens get in between
_TOGETHER = 100
#: for so long after the programme its askers are told where to find it
_AIRED_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class Outreach:
    """Tells of its own accord, by day. `public_url` is where the archive stands, if anywhere."""

    store: Store
    clock: Clock
    calendar: WorkCalendar
    mind: ConversationMind
    letters: DeskLetters
    senders: Sequence[Templates] = ()
    public_url: str = ""

    def periodics(self) -> Sequence[Periodic]:
        """Return the schedules; each slot runs once, whatever the number of nodes."""
        often, seldom = every(timedelta(minutes=10)), every(timedelta(hours=1))
        return (
            Periodic("progress", often, self.tell_progress, catch_up=False),
            Periodic("templates", often, self.send_templates, catch_up=False),
            Periodic("notices", seldom, self.tell_notices, catch_up=False),
            Periodic("numbers", seldom, self.forget_numbers, catch_up=False),
        )

    async def tell_progress(self, _slot: datetime) -> None:
        """Say once before each window's end how its questions stand."""
        now = self.clock()
        due = await self.store.read(lambda c: progress.due(c, now, self.calendar.zone))
        for some in _in_turns(due):
            await self.store.write(partial(self.mind.tell_progress, due=some, now=now))
        if due:
            _log.info("windows end; progress was told", conversations=len(due))

    async def tell_notices(self, _slot: datetime) -> None:
        """Tell air dates, links and the question of how the answer was; give up on what lapsed."""
        now = self.clock()
        await self.store.write(lambda c: Done(give_up_lapsed(c, now)))
        if not is_daytime(self.calendar.local(now)):
            return
        for some in _in_turns(await self.store.read(self._notices)):
            await self.store.write(partial(_tell_all, some, now))

    async def send_templates(self, _slot: datetime) -> None:
        """Send what is due by template, one after the other: each costs money."""
        now = self.clock()
        broken = await self.store.write(lambda c: Done(templates.settle_broken(c, now)))
        if broken:
            _log.warning("template messages of unknown outcome", rows=broken)
        if not is_daytime(self.calendar.local(now)):
            return
        for sender in self.senders:
            for note in await self.store.read(_due_by(sender)):
                if await self.store.write(partial(_begin, note, now)):
                    await self._send(sender, note)

    async def forget_numbers(self, _slot: datetime) -> None:
        """Erase telephone numbers that nobody needs any more."""
        await self.store.write(lambda c: Done(erase_idle_numbers(c)))

    async def _send(self, sender: Templates, note: Note) -> None:
        try:
            provider_id = await sender.tell(note)
        except Exception as error:  # noqa: BLE001 - whatever it is, the books must say so
            failure = error if isinstance(error, SendError) else OutcomeUnknown()
            _log.warning("template message failed", note=note.outbox_id, error=str(failure))
            await self.store.write(partial(_not_sent, note, failure, self.clock()))
        else:
            await self.store.write(partial(_sent, note, provider_id, self.clock()))

    def _notices(self, connection: Connection) -> list[Notice]:
        now, today = self.clock(), self.calendar.local(self.clock()).date()
        found = airing.airings(connection, today - _AIRED_LASTS)
        aired = [self._airing(each, now) for each in found]
        rated = [self._rating(asker, now) for asker in airing.unrated(connection, now)]
        return [*filter(None, aired), *rated]

    def _airing(self, item: airing.Airing, now: datetime) -> Notice | None:
        """Return what to tell: before the day when it is, after it where to find it."""
        about = (item.month, item.asker.question_id)
        today = self.calendar.local(now)
        if item.air_date >= today.date():
            until = day_ends(today).replace(
                year=item.air_date.year, month=item.air_date.month, day=item.air_date.day
            )
            message = self.letters.on_air(item.asker, item.air_date, until)
            return Notice(cause_of("air", *about), item.asker.conversation_id, message)
        link = f"{self.public_url.rstrip('/')}/chuyen-muc/{item.month}" if self.public_url else ""
        message = self.letters.aired(item.asker, item.air_date, link, now + _AIRED_LASTS)
        return Notice(cause_of("aired", *about), item.asker.conversation_id, message)

    def _rating(self, asker: Asker, now: datetime) -> Notice:
        message = self.letters.rating(asker, now + airing.RATING_LASTS)
        return Notice(cause_of("rating", asker.question_id), asker.conversation_id, message)


def _in_turns(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _TOGETHER] for start in range(0, len(items), _TOGETHER))


def _due_by(sender: Templates) -> Callable[[Connection], list[Note]]:
    return lambda connection: templates.due(connection, sender.channel, sender.to)


def _tell_all(notices: Iterable[Notice], now: datetime, connection: Connection) -> Done[None]:
    wakes = [wake for notice in notices for wake in tell(connection, notice, now)]
    return Done(None, tuple(wakes))


def _begin(note: Note, now: datetime, connection: Connection) -> Done[bool]:
    return Done(templates.begin(connection, note, now))


def _sent(note: Note, provider_id: str, now: datetime, connection: Connection) -> Done[None]:
    templates.sent(connection, note, provider_id, now)
    return Done(None)


def _not_sent(note: Note, error: SendError, now: datetime, connection: Connection) -> Done[None]:
    templates.not_sent(connection, note, error, now)
    return Done(None)
