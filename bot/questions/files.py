"""Citizens' files as the desk may read them: those kept with a question, no others."""

from typing import Any

from sqlalchemy import Connection, Row, select

from bot.tables.delivery import attachment


def kept_file(connection: Connection, question_id: int, file_id: str) -> Row[Any] | None:
    """Return a question's file; None once it is to be erased, as identity papers are."""
    return connection.execute(
        select(attachment).where(
            attachment.c.id == file_id,
            attachment.c.question_id == question_id,
            attachment.c.state == "kept",
        )
    ).first()


def kept_ids(connection: Connection, question_id: int) -> frozenset[str]:
    """Return the ids of all files of a question that may be read."""
    wanted = select(attachment.c.id).where(
        attachment.c.question_id == question_id, attachment.c.state == "kept"
    )
    return frozenset(connection.execute(wanted).scalars())
