"""The road a citizen chose for a question, stored as consent, and the number that goes with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from bot.privacy import redact
from bot.questions import desk
from bot.questions.life import Bucket
from bot.reach.roads import ASKING, Road, without_numbers
from bot.tables.delivery import inbox, message, outbox, outbox_open
from bot.tables.desk import consent, question
from bot.tables.reach import phone


@dataclass(frozen=True, slots=True)
class Choice:
    """A road, the words under which it was chosen, and the number given for it."""

    road: Road
    wording: str
    number: str = ""


def choose(connection: Connection, question_id: int, choice: Choice, now: datetime) -> None:
    """Store a road as consent under the words that were shown; another road's consent ends.

    A number serves the one road it was given for and goes with any other choice.
    """
    road = choice.road
    for other in ASKING:
        if other is not road:
            desk.withdraw_consent(connection, question_id, str(other), now)
    connection.execute(delete(phone).where(phone.c.question_id == question_id))
    desk.record_consent(connection, question_id, desk.Consent(str(road), True, choice.wording), now)
    if choice.number:
        row = {"question_id": question_id, "use": str(road), "number": choice.number}
        connection.execute(insert(phone).values(**row, given_at=now))


def roads_of(connection: Connection, question_ids: Iterable[int]) -> Mapping[int, Road]:
    """Return the road that each question's asker has chosen; who chose none is left out."""
    rows = connection.execute(
        select(consent.c.question_id, consent.c.use)
        .where(
            consent.c.question_id.in_(list(question_ids)),
            consent.c.use.in_([str(road) for road in Road]),
            consent.c.granted,
            consent.c.withdrawn_at.is_(None),
        )
        .order_by(consent.c.use == str(Road.AGAIN), consent.c.at)
    )
    chosen: dict[int, Road] = {}
    for row in rows:
        chosen.setdefault(row.question_id, Road(row.use))
    return chosen


def number_of(connection: Connection, question_id: int, road: Road) -> str | None:
    """Return the number given for a question and this road."""
    wanted = select(phone.c.number).where(
        phone.c.question_id == question_id, phone.c.use == str(road)
    )
    return connection.execute(wanted).scalar()


def erase_number(connection: Connection, question_id: int) -> None:
    """Forget the number of a question: its purpose is over."""
    connection.execute(delete(phone).where(phone.c.question_id == question_id))


def erase_idle_numbers(connection: Connection) -> int:
    """Forget the numbers of questions that are closed with nothing left to tell."""
    untold = (
        exists()
        .where(message.c.id == outbox.c.message_id, outbox_open)
        .where(message.c.question_id == phone.c.question_id)
    )
    closed = select(question.c.id).where(question.c.bucket != str(Bucket.OPEN))
    return connection.execute(
        delete(phone).where(phone.c.question_id.in_(closed), ~untold)
    ).rowcount


def hide_number(connection: Connection, message_ids: Iterable[int]) -> None:
    """Take telephone numbers out of the transcript and the ledger: they are kept in one place."""
    wanted = select(message.c.id, message.c.text, message.c.inbox_id)
    for row in connection.execute(wanted.where(message.c.id.in_(list(message_ids)))).all():
        hidden = without_numbers(row.text)
        changed = update(message).where(message.c.id == row.id)
        connection.execute(changed.values(text=hidden))
        _hide_in_ledger(connection, row.inbox_id, hidden)


def _hide_in_ledger(connection: Connection, inbox_id: int | None, hidden: str) -> None:
    kept = select(inbox.c.event).where(inbox.c.id == inbox_id)
    event = connection.execute(kept).scalar()
    if event is not None:
        changed = update(inbox).where(inbox.c.id == inbox_id)
        left = {name: kept for name, kept in event["detail"].items() if name != "phone"}
        # masked at once: without its bytes the event does not come up for masking any more
        hidden_event = {**event, "text": redact(hidden).text, "detail": left}
        # a digest of so few figures would be as good as the number
        connection.execute(changed.values(event=hidden_event, raw=None, digest=""))
