"""A template message that says that an answer waits, and nothing else: the port and its books.

It costs money and cannot be unsaid, so one of unknown outcome is never sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Update, delete, exists, select, update

from bot.channels import OutcomeUnknown, SendError
from bot.messages import Purpose
from bot.questions.codes import spoken_groups
from bot.reach.consents import erase_number
from bot.reach.roads import Road
from bot.store.upsert import insert
from bot.tables.delivery import conversation, message, outbox, outbox_open_at_all
from bot.tables.desk import consent, question
from bot.tables.reach import phone, template_note

#: a sending takes seconds: what is still "sending" after this was broken off
_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Note:
    """That an answer waits: to whom, and the code of the question; no word of either side."""

    outbox_id: int
    question_id: int
    user: str
    phone: str | None
    code: str

    @property
    def tracking_id(self) -> str:
        """Return an id of ours for the provider's books."""
        return f"danhoi-{self.outbox_id}"


class Templates(Protocol):
    """Sends template messages of one channel."""

    channel: str
    #: "phone" or "user": whom the template was approved for
    to: str

    async def tell(self, note: Note) -> str:
        """Send and return the provider's id, or raise one of the SendError family."""


def due(connection: Connection, channel: str, to: str) -> list[Note]:
    """Return the notes to send: for held answers whose asker chose this road."""
    chose = exists().where(
        consent.c.question_id == question.c.id,
        consent.c.use == str(Road.TEMPLATE),
        consent.c.granted,
        consent.c.withdrawn_at.is_(None),
    )
    tried = exists().where(template_note.c.outbox_id == outbox.c.id)
    rows = connection.execute(
        select(outbox.c.id, question.c.id, conversation.c.address, phone.c.number, question.c.code)
        .join(message, message.c.id == outbox.c.message_id)
        .join(question, question.c.id == message.c.question_id)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .outerjoin(
            phone, (phone.c.question_id == question.c.id) & (phone.c.use == str(Road.TEMPLATE))
        )
        .where(
            outbox_open_at_all,
            outbox.c.state == "waiting",
            outbox.c.purpose == str(Purpose.OFFICER),
            conversation.c.channel == channel,
            chose,
            ~tried,
        )
        .order_by(outbox.c.id)
    ).all()
    notes = [Note(row[0], row[1], row[2], row[3], spoken_groups(row[4])) for row in rows]
    return [note for note in notes if note.phone or to == "user"]


def begin(connection: Connection, note: Note, now: datetime) -> bool:
    """Say durably that a note is about to be sent; False where somebody else is at it."""
    row = {"outbox_id": note.outbox_id, "question_id": note.question_id, "at": now}
    statement = insert(connection, template_note).values(**row, state="sending")
    begun = statement.on_conflict_do_nothing().returning(template_note.c.id)
    return connection.execute(begun).scalar() is not None


def sent(connection: Connection, note: Note, provider_id: str, now: datetime) -> None:
    """Note that the provider took it; the number has served its purpose."""
    values = {"state": "sent", "provider_id": provider_id, "at": now}
    connection.execute(_note(note).values(**values))
    erase_number(connection, note.question_id)


def not_sent(connection: Connection, note: Note, error: SendError, now: datetime) -> None:
    """Note what went wrong; what will pass is forgotten, so that it is tried again."""
    if error.retryable:
        connection.execute(delete(template_note).where(template_note.c.outbox_id == note.outbox_id))
        return
    state = "unknown" if isinstance(error, OutcomeUnknown) else "failed"
    connection.execute(_note(note).values(state=state, reason=str(error)[:300], at=now))


def settle_broken(connection: Connection, now: datetime) -> int:
    """Mark notes whose sender died as unknown; return how many."""
    broken = (template_note.c.state == "sending") & (template_note.c.at < now - _LONGEST)
    changed = update(template_note).where(broken).values(state="unknown", reason="interrupted")
    return connection.execute(changed).rowcount


def _note(note: Note) -> Update:
    return update(template_note).where(template_note.c.outbox_id == note.outbox_id)
