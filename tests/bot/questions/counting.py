"""How many questions there are, counted the slow way."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.questions.life import Bucket, State
from bot.tables.desk import question, question_open


def counts(connection: Connection, now: datetime) -> dict[str, int]:
    """Return how many questions there are by bucket and by state, and how many are late."""
    by_state = connection.execute(
        select(question.c.bucket, question.c.state, func.count()).group_by(
            question.c.bucket, question.c.state
        )
    ).all()
    totals: dict[str, int] = {f"bucket:{bucket}": 0 for bucket in Bucket}
    for in_bucket, state, number in by_state:
        totals[f"bucket:{in_bucket}"] += number
        totals[f"state:{state}"] = number
    late = select(func.count()).where(
        question_open, question.c.state != str(State.WAITING), question.c.due_at < now
    )
    return {**totals, "late": connection.execute(late).scalar_one()}
