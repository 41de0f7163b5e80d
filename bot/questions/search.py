"""The desk's search: words without tone marks, through an index on either database.

SQLite keeps an FTS5 table beside `question`, fed by triggers; PostgreSQL an index over
tsvector('simple'). A word typed finds every word that begins with it.
"""

import re

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)

from bot.tables.desk import question
from knowledge.text import fold

_BESIDE_WORDS = re.compile(r"[\W_]+")
#: a constant in the statement, or PostgreSQL would not see that its index fits
_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
#: a word that half of all questions hold finds the newest of them
_MOST_FOUND = 20_000
_INDEX = table("question_search", column("rowid"), column("question_search", Text))


def searchable(words: str) -> str:
    """Return words in lower case without tone marks, as the search compares them."""
    return " ".join(_BESIDE_WORDS.sub(" ", fold(words)).split())


def found(connection: Connection, typed: str) -> ColumnElement[bool] | None:
    """Return the condition on questions that hold every word typed, None where none was."""
    words = searchable(typed).split()
    if not words:
        return None
    if connection.dialect.name == "sqlite":
        query = " ".join(f'"{word}"*' for word in words)
        matches = _INDEX.c.question_search.op("MATCH")(query)
        newest = _INDEX.c.rowid.desc()
        matching = select(_INDEX.c.rowid).where(matches).order_by(newest).limit(_MOST_FOUND)
        return question.c.id.in_(matching)
    query = " & ".join(f"{word}:*" for word in words)
    return vector().op("@@")(func.to_tsquery(_SIMPLE, query))


def forget_erased(connection: Connection) -> None:
    """Write SQLite's index anew without the words of erased questions.

    FTS5 only marks words as gone; until segments are merged they lie in the file, place by place.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(insert(_INDEX).values(question_search="optimize"))


def vector() -> ColumnElement[str]:
    """Return what PostgreSQL indexes; it must be spelt as in the index."""
    return func.to_tsvector(_SIMPLE, question.c.folded)
