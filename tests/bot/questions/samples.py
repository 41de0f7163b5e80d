"""Questions as the conversation would open them."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from bot.questions.desk import NewQuestion, Opened, open_question
from bot.questions.life import State
from bot.store.upsert import insert as upserting
from bot.tables.delivery import conversation
from bot.tables.directory import agency
from knowledge.decisions import MatterKind

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, nine o'clock in Cần Thơ


def prepare(connection: Connection) -> None:
    """Add what questions refer to."""
    connection.execute(
        insert(conversation),
        [{"channel": "web", "address": f"a{n}", "created_at": NOW} for n in (1, 2, 3)],
    )
    row = {"kind": "department", "confidence": "high", "source": "test"}
    names = {"ct-so-y-te": "Sở Y tế", "ct-so-noi-vu": "Sở Nội vụ", "ct-thanh-tra": "Thanh tra"}
    connection.execute(  # the starter knowledge may have brought them
        upserting(connection, agency).on_conflict_do_nothing(),
        [
            {**row, "code": code, "name": name, "two_persons": code == "ct-so-noi-vu"}
            for code, name in names.items()
        ],
    )


def ask(
    connection: Connection,
    text: str = "Làm thẻ bảo hiểm ở đâu?",
    *,
    at: str = "ct-so-y-te",
    kind: MatterKind = MatterKind.QUESTION,
    conversation_id: int = 1,
    start: State = State.QUEUED,
    answer: str = "",
) -> Opened:
    new = NewQuestion(conversation_id, "web", kind, at, None, text, start=start, answer=answer)
    return open_question(connection, new, NOW)
