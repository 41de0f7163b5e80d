"""The scheduled work of the service, as values: name, slots, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Connection, delete, select

from bot.catalogue.upkeep import lint_again
from bot.channel_tokens.notices import forget_notices
from bot.clock import WorkCalendar
from bot.conversation.mind import ConversationMind
from bot.delivery.schedule import Periodic, daily, every
from bot.moments import Clock
from bot.questions import crowds
from bot.questions.history import anchor
from bot.questions.reclock import reclock_if_changed
from bot.retention.rounds import forget_all, pack_old, write_over
from bot.segments.months import Schedule
from bot.segments.repository import propose, schedule_of
from bot.store import Done, Store
from bot.tables.delivery import attachment

_log = structlog.get_logger()


@dataclass(frozen=True)
class Housekeeping:
    """What happens by the clock and not by anybody's message. `files` holds citizens' uploads."""

    store: Store
    clock: Clock
    calendar: WorkCalendar
    mind: ConversationMind
    files: Path

    def periodics(self) -> Sequence[Periodic]:
        """Return the schedules; each slot runs once, whatever the number of nodes."""
        zone = self.calendar.zone
        return (
            Periodic("choices", every(timedelta(minutes=10)), self.queue_choices, catch_up=False),
            Periodic("reclock", every(timedelta(minutes=5)), self.reclock, catch_up=False),
            Periodic("segment", every(timedelta(hours=1)), self.propose_segment, catch_up=False),
            Periodic("crowds", every(timedelta(minutes=1)), self.look_for_crowds, catch_up=False),
            Periodic("anchor", daily(time(0, 5), zone), self.anchor_chains),
            Periodic("erasure", every(timedelta(minutes=5)), self.remove_erased, catch_up=False),
            Periodic("lint", daily(time(1, 0), zone), self.lint_again, catch_up=False),
            Periodic("retention", daily(time(2, 30), zone), self.forget, catch_up=False),
        )

    async def queue_choices(self, _slot: datetime) -> None:
        """Hand choices that nobody made for a day to the agency: nothing is lost."""
        queued = await self.store.write(partial(self.mind.expire_choices, now=self.clock()))
        if queued:
            _log.info("choices left unanswered were queued", questions=queued)

    async def reclock(self, _slot: datetime) -> None:
        """Move due dates when days off were entered or taken away."""
        moved = await self.store.write(lambda c: Done(reclock_if_changed(c, self.clock())))
        if moved:
            _log.info("due dates moved with the calendar", questions=moved)

    async def propose_segment(self, _slot: datetime) -> None:
        """Propose newly answered questions, also for the month that closed a moment ago."""

        def body(connection: Connection) -> Done[int]:
            schedule = schedule_of(connection, Schedule(self.calendar, {}))
            return Done(propose(connection, schedule, self.clock()))

        await self.store.write(body)

    async def look_for_crowds(self, _slot: datetime) -> None:
        """Note at which agencies very many questions of nameless senders are open."""
        await self.store.write(lambda c: Done(crowds.look(c, self.clock())))

    async def anchor_chains(self, slot: datetime) -> None:
        """Anchor the heads of all chains as they stood at the end of the day before."""
        day = (self.calendar.local(slot) - timedelta(days=1)).date()
        zone = self.calendar.zone
        await self.store.write(lambda c: Done(anchor(c, day, zone, self.clock())))

    async def remove_erased(self, _slot: datetime) -> None:
        """Remove what must not be kept: files, and erased words from index and log."""
        erased = select(attachment.c.id).where(attachment.c.state == "erased")
        ids = await self.store.read(lambda c: list(c.execute(erased).scalars()))
        for file_id in ids:
            (self.files / file_id).unlink(missing_ok=True)
        if ids:
            gone = delete(attachment).where(attachment.c.id.in_(ids))
            await self.store.write(lambda c: Done(c.execute(gone).rowcount))
        await write_over(self.store)

    async def lint_again(self, _slot: datetime) -> None:
        """Judge facts anew: rules begin to hold on a date."""
        await lint_again(self.store, self.clock)

    async def forget(self, _slot: datetime) -> None:
        """Remove what has outlived its purpose."""
        now = self.clock()
        await self.store.write(lambda c: Done(forget_notices(c, now)))
        gone = await forget_all(self.store, now)
        packed = await pack_old(self.store, now)
        _log.info("forgotten", **gone, packed=packed)
