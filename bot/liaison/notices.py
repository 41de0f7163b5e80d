"""What officers' groups are told: new questions, those soon due, those overdue; each once.

A notice names code, agency and due date, never a word of the citizen's. It is intended in the
transaction that notes it, and goes out through the outbox like everything else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, select, true

from bot.clock import WorkCalendar, due_after_hours
from bot.conversation.days import day_in_words
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.liaison.groups import tied_groups
from bot.liaison.orders import CLAIM
from bot.messages import Button, Outgoing, Purpose
from bot.questions import limits, repository
from bot.questions.codes import spoken_groups
from bot.questions.life import CLAIMABLE, HELD, Act, Bucket, State
from bot.questions.sight import in_agency
from bot.store import Done, Wake
from bot.tables.desk import question, question_event
from bot.tables.liaison import liaison_notice
from bot.wording import Wording
from knowledge.decisions import MatterKind

#: a group takes 20 messages a minute; what is over waits for the next look
_MOST = 15
#: working hours before the due date
_SOON_HOURS = 8
_LONG_AGO = timedelta(days=60)
_ARRIVALS = [str(act) for act in (Act.RECEIVE, Act.QUEUE, Act.TRANSFER, Act.REOPEN, Act.RELEASE)]
_CLAIMABLE = [str(state) for state in CLAIMABLE]
_AT_DESK = [str(state) for state in (CLAIMABLE | HELD) - {State.WAITING}]


class Occasion(StrEnum):
    """Why a group is told."""

    NEW = "new"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Herald:
    """Looks what there is to tell; `console` is the address of a question's page, less its code."""

    channel: str
    wording: Wording
    console: str

    def tell(self, now: datetime, connection: Connection) -> Done[int]:
        """Intend every notice that is due and was not given; return how many. A write body."""
        calendar = limits.calendar_for(connection, "")
        wakes: list[Wake] = []
        told = 0
        for group in tied_groups(connection):
            if group.channel != self.channel or group.blocked:
                continue
            for occasion, row in _untold(connection, group, calendar, now):
                wakes += self._tell_one(connection, group, occasion, row, now)
                told += 1
        return Done(told, tuple(wakes))

    def _tell_one(
        self,
        connection: Connection,
        group: Row[Any],
        occasion: Occasion,
        row: Row[Any],
        now: datetime,
    ) -> tuple[Wake, ...]:
        connection.execute(
            insert(liaison_notice).values(
                group_id=group.id, question_id=row.id, occasion=str(occasion), n=row.n, at=now
            )
        )
        chat = open_conversation(connection, group.channel, group.chat, now)
        cause = f"liaison:{group.id}:{occasion}:{row.id}:{row.n}"
        calendar = limits.calendar_for(connection, row.agency)
        return post(connection, chat, cause, [self._notice(occasion, row, calendar, now)], now)

    def _notice(
        self, occasion: Occasion, row: Row[Any], calendar: WorkCalendar, now: datetime
    ) -> Outgoing:
        held = row.holder and row.state in HELD
        holder = (
            self.wording("liaison.held", name=row.holder)
            if held
            else self.wording("liaison.nobody")
        )
        text = self.wording(
            f"liaison.{occasion}",
            code=spoken_groups(row.code),
            agency=row.agency_name,
            due=self._due(row.due_at, calendar, now),
            **({} if occasion is Occasion.NEW else {"holder": holder}),
        )
        claim = Button(self.wording("liaison.button.claim"), payload=CLAIM + row.code)
        page = Button(self.wording("liaison.button.open"), url=f"{self.console}{row.code}")
        buttons = (*(() if held else (claim,)), *((page,) if self.console else ()))
        return Outgoing(text, buttons=buttons, purpose=Purpose.NOTICE)

    def _due(self, at: datetime | None, calendar: WorkCalendar, now: datetime) -> str:
        if at is None:
            return self.wording("liaison.no_due")
        local = calendar.local(at)
        return f"{local:%H:%M}, {day_in_words(local.date(), calendar.local(now).date())}"


def _untold(
    connection: Connection, group: Row[Any], calendar: WorkCalendar, now: datetime
) -> Iterator[tuple[Occasion, Row[Any]]]:
    """Yield what a group has not heard: new ones at any hour, reminders in office hours."""
    left = _MOST
    for occasion, condition in _occasions(group, calendar, now):
        rows = _rows(connection, group, occasion, condition, left)
        left -= len(rows)
        for row in rows:
            yield occasion, row


def _occasions(
    group: Row[Any], calendar: WorkCalendar, now: datetime
) -> Sequence[tuple[Occasion, ColumnElement[bool]]]:
    fresh = question.c.state.in_(_CLAIMABLE) & (question_event.c.at >= group.linked_at)
    new = [(Occasion.NEW, fresh)]
    if not calendar.is_open(now):
        return new
    soon = due_after_hours(calendar, now, _SOON_HOURS).at
    at_desk = question.c.state.in_(_AT_DESK)
    return [
        *new,
        (Occasion.DUE, at_desk & (question.c.due_at <= soon) & (question.c.due_at > now)),
        (Occasion.OVERDUE, at_desk & question.c.due_at.between(now - _LONG_AGO, now)),
    ]


def _rows(
    connection: Connection,
    group: Row[Any],
    occasion: Occasion,
    condition: ColumnElement[bool],
    most: int,
) -> Sequence[Row[Any]]:
    later = question_event.alias("later")
    arrival = (
        select(func.max(later.c.n))
        .where(later.c.question_id == question.c.id, later.c.act.in_(_ARRIVALS))
        .scalar_subquery()
    )
    told = exists().where(
        liaison_notice.c.group_id == group.id,
        liaison_notice.c.question_id == question.c.id,
        liaison_notice.c.occasion == str(occasion),
        liaison_notice.c.n == question_event.c.n,
    )
    wanted = (
        repository.questions(question_event.c.n)
        .join(
            question_event,
            and_(question_event.c.question_id == question.c.id, question_event.c.n == arrival),
        )
        .where(
            question.c.bucket == str(Bucket.OPEN), in_agency(group.agency), condition, ~told,
            _may_be_named(connection, group.agency),
        )
        .order_by(question.c.due_at, question.c.id)
        .limit(most)
    )  # fmt: skip
    return connection.execute(wanted).all()


def _may_be_named(connection: Connection, agency: str) -> ColumnElement[bool]:
    """Return the condition that keeps denunciations within the body that handles them."""
    handles = agency == repository.denunciation_desk(connection)
    return true() if handles else question.c.kind != str(MatterKind.DENUNCIATION)
