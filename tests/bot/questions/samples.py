"""Questions as the conversation would open them."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.questions.desk import NewQuestion, Opened, open_question
from bot.questions.life import State
from knowledge.decisions import MatterKind

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, nine o'clock in Cần Thơ


def ask(
    connection: Connection,
    text: str = "Làm thẻ bảo hiểm ở đâu?",
    *,
    agency: str = "ct-so-y-te",
    kind: MatterKind = MatterKind.QUESTION,
    conversation_id: int = 1,
    start: State = State.QUEUED,
    answer: str = "",
) -> Opened:
    new = NewQuestion(conversation_id, "web", kind, agency, None, text, start=start, answer=answer)
    return open_question(connection, new, NOW)
