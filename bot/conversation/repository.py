"""What a turn must know from the database, and the rows its acts touch beside the questions."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from bot.clock import WorkCalendar
from bot.conversation.state import Offer
from bot.conversation.world import Asked
from bot.delivery.turns import Turn
from bot.learning.proposals import Origin, Phrasing, propose
from bot.media.identity_papers import files_of
from bot.messages import Button
from bot.questions import desk, limits
from bot.questions import repository as questions
from bot.questions.codes import find_code
from bot.questions.life import Bucket, State
from bot.reach.consents import roads_of
from bot.reach.roads import Road
from bot.reach.windows import has_window
from bot.store.hot import Hot
from bot.tables.base import Moment
from bot.tables.delivery import attachment, inbox, message, outbox, provider_message
from bot.tables.desk import content, question
from bot.tables.knowledge import entry
from knowledge.decisions import MatterKind

_REMEMBERED = 40
_OF_QUESTION = (
    *("id", "code", "state", "bucket", "agency", "kind"),
    *("received_at", "due_at", "answered_at"),
)
_KEY_BYTES = 24


# Read with every turn, so built once.
_OWN = Hot(
    select(*(question.c[name] for name in _OF_QUESTION), content.c.text)
    .outerjoin(content, content.c.id == question.c.text_id)
    .where(question.c.conversation_id == bindparam("of"))
    .order_by(question.c.bucket != str(Bucket.OPEN), question.c.id.desc())
    .limit(_REMEMBERED)
)
_PUBLIC = Hot(
    select(entry.c.id).where(entry.c.id == bindparam("of_entry"), entry.c.state == "public")
)
#: what was held back is no part of the dialogue before the citizen has it: what came in then
#: answers something else
_LAST_OF_OURS = Hot(
    select(message.c.role, message.c.body, message.c.question_id)
    .outerjoin(outbox, outbox.c.message_id == message.c.id)
    .where(
        message.c.conversation_id == bindparam("of"),
        message.c.role != "citizen",
        or_(outbox.c.held_at.is_(None), outbox.c.sent_at < bindparam("read_at", type_=Moment)),
    )
    .order_by(message.c.seq.desc())
    .limit(1)
)

#: an officer's question that reached the citizen late, with what they wrote just before
_ASKED_LATE = Hot(
    select(message.c.question_id)
    .join(outbox, outbox.c.message_id == message.c.id)
    .where(
        message.c.conversation_id == bindparam("of"),
        message.c.role == "officer",
        outbox.c.held_at.is_not(None),
        outbox.c.sent_at < bindparam("read_at", type_=Moment),
        outbox.c.sent_at
        > select(func.max(inbox.c.received_at))
        .where(
            inbox.c.conversation_id == bindparam("of"),
            inbox.c.received_at < bindparam("read_at", type_=Moment),
            or_(inbox.c.state == "decided", inbox.c.state == "aside"),
        )
        .scalar_subquery(),
    )
    .order_by(message.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The citizen's questions, whatever this turn refers to, and the buttons last shown."""

    questions: tuple[Asked, ...] = ()
    looked_up: Mapping[str, Asked] = field(default_factory=dict)
    quoted: Mapping[str, int] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    #: the question about which an officer wrote our last message
    officer_spoke_of: int | None = None
    #: question → how its asker wants to be told once the channel is closed
    roads: Mapping[int, Road] = field(default_factory=dict)
    #: until when nothing new of this sender goes to officers
    barred_until: datetime | None = None
    #: by which the offices are open; None for the shipped one
    calendar: WorkCalendar | None = None
    #: agencies at which very many questions of nameless senders are open
    crowded: frozenset[str] = frozenset()


def recall(connection: Connection, turn: Turn) -> Recalled:
    """Read what deciding a turn needs."""
    own = _OWN.run(connection, {"of": turn.conversation_id}).all()
    texts = [item.event.text for item in turn.pending]
    quoted = {ref for item in turn.pending for ref in item.event.refers_to}
    last = _last_message(connection, turn)
    return Recalled(
        questions=tuple(sorted(map(_asked, own), key=lambda asked: -asked.id)),
        looked_up=_looked_up(connection, texts),
        quoted=_quoted(connection, turn.channel, quoted),
        offers=_offers(last),
        officer_spoke_of=_officer_spoke_of(connection, turn, last, own),
        roads=_roads(connection, turn, own),
        barred_until=turn.barred_until,
        calendar=limits.calendar_for(connection, ""),
    )


def public_entries(connection: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Return which of these entries are public now."""
    found = (_PUBLIC.run(connection, {"of_entry": id_}).scalar() for id_ in ids)
    return frozenset(id_ for id_ in found if id_ is not None)


def renew_key(connection: Connection, question_id: int) -> str:
    """Give a question the key for its receipt: the one it was opened with was told to nobody."""
    key = secrets.token_urlsafe(_KEY_BYTES)
    digest = desk.key_digest(key)
    connection.execute(
        update(question).where(question.c.id == question_id).values(key_digest=digest)
    )
    return key


def tie(connection: Connection, message_ids: Sequence[int], question_id: int) -> None:
    """Show messages, and the files they carry, with a question."""
    bodies = desk.tie_messages(connection, question_id, message_ids)
    if files := [file_id for body in bodies for file_id in files_of(body)]:
        connection.execute(
            update(attachment).where(attachment.c.id.in_(files)).values(question_id=question_id)
        )


def note_minor(connection: Connection, conversation_id: int) -> Sequence[int]:
    """Mark the questions of a conversation as a minor's; return those marked now."""
    rows = select(question.c.id, question.c.decision).where(
        question.c.conversation_id == conversation_id
    )
    unmarked = [row for row in connection.execute(rows).all() if not row.decision.get("minor")]
    for row in unmarked:
        marked = {**row.decision, "minor": True}
        connection.execute(update(question).where(question.c.id == row.id).values(decision=marked))
    return [row.id for row in unmarked]


def propose_alias(
    connection: Connection, entry_id: str, text: str, conversation_id: int, now: datetime
) -> None:
    """Keep a confirmed phrasing for review; one conversation counts once."""
    phrasing = Phrasing(entry_id, text, Origin.CONFIRMED, conversation_id)
    propose(connection, phrasing, now)


def _officer_spoke_of(
    connection: Connection, turn: Turn, last: Row[Any] | None, own: Sequence[Row[Any]]
) -> int | None:
    """Return the question an officer's words just reached the citizen about.

    What was held back arrives before the reply to "alo": the answer to it comes after both.
    """
    if last is not None and last.role == "officer":
        return int(last.question_id) if last.question_id else None
    if not any(row.state == State.WAITING for row in own):
        return None
    asked = {"of": turn.conversation_id, "read_at": _first_read(turn)}
    late: int | None = _ASKED_LATE.run(connection, asked).scalar()
    return late


def _first_read(turn: Turn) -> datetime | None:
    return min((item.received_at for item in turn.pending), default=None)


def _roads(connection: Connection, turn: Turn, own: Sequence[Row[Any]]) -> Mapping[int, Road]:
    is_open = [row.id for row in own if row.bucket == Bucket.OPEN]
    return roads_of(connection, is_open) if is_open and has_window(turn.channel) else {}


def _asked(row: Row[Any]) -> Asked:
    return Asked(
        id=row.id,
        code=row.code,
        state=State(row.state),
        bucket=Bucket(row.bucket),
        agency=row.agency,
        received_at=row.received_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        matter=MatterKind(row.kind),
        text=row.text or "",
    )


def _looked_up(connection: Connection, texts: Iterable[str]) -> dict[str, Asked]:
    """Return the questions of the codes that stand in texts, without a word of theirs."""
    codes = {code for code in map(find_code, texts) if code}
    rows = (questions.by_code(connection, code) for code in codes)
    return {row.code: replace(_asked(row), text="", own=False) for row in rows if row is not None}


def _quoted(connection: Connection, channel: str, refs: set[str]) -> dict[str, int]:
    if not refs:
        return {}
    rows = connection.execute(
        select(provider_message.c.provider_id, message.c.question_id)
        .join(message, message.c.id == provider_message.c.message_id)
        .where(
            provider_message.c.channel == channel,
            provider_message.c.provider_id.in_(refs),
            message.c.question_id.is_not(None),
        )
    ).all()
    return {row.provider_id: row.question_id for row in rows}


def _last_message(connection: Connection, turn: Turn) -> Row[Any] | None:
    asked = {"of": turn.conversation_id, "read_at": _first_read(turn)}
    last: Row[Any] | None = _LAST_OF_OURS.run(connection, asked).first()
    return last


def _offers(last: Row[Any] | None) -> tuple[Offer, ...]:
    """Return the buttons of our last message: an officer's answer shows some as well."""
    shown = last.body.get("buttons", ()) if last is not None else ()
    return Offer.under(Button(**button) for button in shown)
