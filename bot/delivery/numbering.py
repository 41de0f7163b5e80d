"""The order of a conversation: each event takes a number in it, each line one in the transcript."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, or_, select, update

from bot.errors import BotError
from bot.messages import Incoming, IncomingKind
from bot.reach.windows import opens
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.base import Moment
from bot.tables.delivery import conversation

#: shown in the transcript as the citizen's
VISIBLE = frozenset(
    {
        IncomingKind.TEXT,
        IncomingKind.BUTTON,
        IncomingKind.ATTACHMENT,
        IncomingKind.STICKER,
        IncomingKind.REACTION,
        IncomingKind.CALL,
        IncomingKind.FORM,
    }
)
#: somebody is there: the conversation decides on it, and what waits for the citizen is sent
INTERACTIONS = VISIBLE | {IncomingKind.OPENED}
#: the citizen did something, if nothing to decide on: what waits for him is tried again
SIGNS_OF_LIFE = INTERACTIONS | {IncomingKind.OTHER}
#: receipts come by the thousand and leave nothing to do; an echo may settle a doubt
WAKING = SIGNS_OF_LIFE | {IncomingKind.ECHO}


class Place(NamedTuple):
    """A conversation, and the last numbers given in it."""

    id: int
    seq: int
    message_seq: int


class UnknownConversation(BotError):
    """There is no such conversation, or it has ended."""


class Step(NamedTuple):
    """What events change in their conversation besides its numbers; None changes nothing."""

    lines: int
    inbound_at: datetime | None
    opened_at: datetime | None
    renewed_to: datetime | None
    #: it must not have ended then
    alive_at: datetime | None

    @classmethod
    def of(cls, incoming: Incoming, now: datetime, idle: timedelta | None) -> "Step":
        """Return the step of one event; `idle` as for `bot.delivery.inbox.accept`."""
        return cls(
            lines=int(incoming.kind in VISIBLE),
            inbound_at=now if incoming.kind in SIGNS_OF_LIFE else None,
            opened_at=opens(incoming.kind, incoming.at, now),
            renewed_to=None if idle is None else now + idle,
            alive_at=None if idle is None else now,
        )


def advance(connection: Connection, incoming: Incoming, step: Step, now: datetime) -> Place:
    """Number an event. Its row lock makes the order of acceptance the order of commits.

    Opens the conversation where there is none; where it must be alive, raises
    UnknownConversation.
    """
    values = {
        "of_channel": incoming.channel,
        "of_address": incoming.address,
        "lines": step.lines,
        "inbound_at": step.inbound_at,
        "opened_at": step.opened_at,
        "renewed_to": step.renewed_to,
    }
    if step.alive_at is not None:
        living = _ADVANCE_LIVING.run(connection, {**values, "alive_at": step.alive_at}).first()
        if living is None:
            raise UnknownConversation
        return Place(*living)
    place = _ADVANCE.run(connection, values).first()
    if place is None:
        open_conversation(connection, incoming.channel, incoming.address, now)
        place = _ADVANCE.run(connection, values).one()
    return Place(*place)


def open_conversation(
    connection: Connection,
    channel: str,
    address: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Return the id of the conversation with an address, opening it where there is none."""
    of = {"channel": channel, "address": address}
    _OPEN.run(connection, {**of, "created_at": now, "expires_at": expires_at})
    found: int = _OPENED.run(connection, {f"of_{name}": of[name] for name in of}).scalar_one()
    return found


def alive(now: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a moment or a clause of SQLAlchemy
    """Return the condition that a conversation has not ended."""
    return or_(conversation.c.expires_at.is_(None), conversation.c.expires_at > now)


def changes(lines: Any, inbound_at: Any, opened_at: Any, renewed_to: Any) -> dict[str, Any]:  # noqa: ANN401 - clauses of SQLAlchemy
    """Return what a step sets. Events come in any order, and most open no window: the later of
    two moments stays."""
    kept = conversation.c
    later = opened_at.is_not(None) & (kept.window_from.is_(None) | (kept.window_from < opened_at))
    return {
        "message_seq": kept.message_seq + lines,
        "last_inbound_at": func.coalesce(inbound_at, kept.last_inbound_at),
        "window_from": case((later, opened_at), else_=kept.window_from),
        "blocked": case((inbound_at.is_not(None), False), else_=kept.blocked),
        "expires_at": func.coalesce(renewed_to, kept.expires_at),
    }


# Statements of the hot path are built once; building one costs more than running it.
_OPEN = Hot(
    Prepared(
        conversation,
        lambda statement: statement.on_conflict_do_nothing(
            index_elements=[conversation.c.channel, conversation.c.address]
        ),
    )
)
_OPENED = Hot(
    select(conversation.c.id).where(
        conversation.c.channel == bindparam("of_channel"),
        conversation.c.address == bindparam("of_address"),
    )
)
_ADVANCING = (
    update(conversation)
    .where(
        conversation.c.channel == bindparam("of_channel"),
        conversation.c.address == bindparam("of_address"),
    )
    .values(
        seq=conversation.c.seq + 1,
        **changes(
            bindparam("lines"),
            bindparam("inbound_at", type_=Moment),
            bindparam("opened_at", type_=Moment),
            bindparam("renewed_to", type_=Moment),
        ),
    )
    .returning(conversation.c.id, conversation.c.seq, conversation.c.message_seq)
)
_ADVANCE_LIVING = Hot(_ADVANCING.where(alive(bindparam("alive_at"))))
_ADVANCE = Hot(_ADVANCING)
