"""Two months' lists: the last one published, this one in the making."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.demo.people import EDITOR
from bot.demo.performance import Performance, Span
from bot.demo.simulation import Action
from bot.demo.stories import Story
from bot.officers.accounts import Officer
from bot.segments import editing, repository
from bot.segments.editing import Approval, Review
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule
from bot.store import Done

_DAYS = timedelta(days=24)
#: o'clock, when people may be written to
_TELLS_AT = 10


async def play(performance: Performance, stories: Sequence[Story], daily: Action) -> list[str]:
    """Play every story up to the present, then edit the lists; return what there is to see.

    `daily` is what the service does by itself each day.
    """
    clock, store = performance.agenda.clock, performance.desks.store
    present = performance.agenda.until
    plain = Schedule(performance.calendar, {})
    schedule = await store.read(lambda c: repository.schedule_of(c, plain))
    month = schedule.month_open_at(present)
    closed = schedule.close(month.previous)
    spans = {
        "previous": Span(max(closed - _DAYS, clock()), closed - timedelta(hours=3)),
        "current": Span(max(closed, present - _DAYS), present - timedelta(hours=4)),
    }
    performance.plan(stories, spans)
    editor = performance.desks.officers[EDITOR]

    async def publish() -> None:
        now = clock()

        def body(connection: Connection) -> Done[None]:
            _publish(connection, month.previous, schedule, editor, now)
            return Done(None)

        await store.write(body)

    performance.agenda.at(closed + timedelta(hours=1), publish)
    morning = performance.calendar.local(clock()).replace(hour=_TELLS_AT)
    for day in range(1, (present - clock()).days):
        performance.agenda.at(morning + timedelta(days=day), daily)
    await performance.agenda.run()
    clock.set(present)
    lists = await store.write(lambda c: Done(_edit(c, month, schedule, editor, clock())))
    return [_told(listing) for listing in lists]


def _publish(
    connection: Connection, month: Month, schedule: Schedule, editor: Officer, now: datetime
) -> None:
    repository.refresh(connection, month, schedule)
    _approve(connection, editing.reviews(connection, month), editor, now)
    editing.publish(connection, month, editor, now)


def _edit(
    connection: Connection, month: Month, schedule: Schedule, editor: Officer, now: datetime
) -> list[Listing]:
    """Approve most of this month's items, drop one, leave the last two to whoever tries it."""
    repository.refresh(connection, month, schedule)
    found = editing.reviews(connection, month)
    _approve(connection, found[:-3], editor, now)
    for review in found[-3:-2]:
        editing.set_state(connection, review.row.id, "dropped", editor, now)
    return [repository.listing(connection, m, schedule) for m in (month.previous, month)]


def _approve(
    connection: Connection, reviews: Sequence[Review], editor: Officer, now: datetime
) -> None:
    for review in reviews:
        if review.obstacle is None:
            approval = Approval(review.row.id, review.row.question, review.row.answer)
            editing.approve(connection, approval, editor, now)


def _told(listing: Listing) -> str:
    return f"{listing.month}: {listing.status}, {len(listing.items)} item(s), {listing.seconds} s"
