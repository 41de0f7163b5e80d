"""A citizen on Zalo with a question, and an answer that cannot be delivered."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from bot.channels import WindowClosed
from bot.delivery.inbox import accept
from bot.delivery.outbox import post
from bot.delivery.sender import SenderRules, outcome_of
from bot.delivery.sending import claim, read_head, settle
from bot.messages import Incoming, IncomingKind, Outgoing, Purpose
from bot.questions.desk import NewQuestion, Opened, open_question
from bot.questions.life import State
from bot.tables.desk import question
from knowledge.decisions import MatterKind
from tests.bot.questions.samples import NOW

WEEK = timedelta(days=7)


def write(
    connection: Connection,
    event_id: str,
    now: datetime = NOW,
    who: str = "tu",
    kind: IncomingKind = IncomingKind.TEXT,
) -> int:
    """Let a citizen write on Zalo; return the conversation."""
    event = Incoming("zalo", event_id, who, kind, now, text="alo")
    return accept(connection, event, b"{}", now).value.conversation_id


def ask_on_zalo(connection: Connection, now: datetime = NOW, who: str = "tu") -> Opened:
    """Let a citizen ask something on Zalo."""
    conversation_id = write(connection, f"asked-{who}-{now}", now, who)
    text = "Làm thẻ bảo hiểm ở đâu?"
    new = NewQuestion(conversation_id, "zalo", MatterKind.QUESTION, "ct-so-y-te", None, text)
    return open_question(connection, new, now)


def conversation_of(connection: Connection, opened: Opened) -> int:
    row = connection.execute(question.select().where(question.c.id == opened.id)).one()
    return int(row.conversation_id)


def hold_answer(
    connection: Connection, opened: Opened, now: datetime, what: str = "answer:1"
) -> int:
    """Answer a question too late for its window; return the outbox row."""
    cause = f"question:{opened.id}:{what}"
    answer = Outgoing(
        "Ở cơ quan BHXH.", purpose=Purpose.OFFICER, role="officer", question_id=opened.id
    )
    conversation_id = conversation_of(connection, opened)
    post(connection, conversation_id, cause, [answer], now)
    head = read_head(conversation_id, connection)
    assert head is not None
    taken = claim(head, "test", connection).value
    assert taken is not None
    settle(taken, outcome_of(WindowClosed(), head, SenderRules(), now), connection)
    return head.delivery.outbox_id


def close(connection: Connection, opened: Opened, state: State = State.ANSWERED) -> None:
    """Let a question be over without the acts that lead there."""
    bucket = "answered" if state is State.ANSWERED else "withdrawn"
    values = {"state": str(state), "bucket": bucket}
    connection.execute(update(question).where(question.c.id == opened.id).values(**values))
