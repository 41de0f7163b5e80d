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
    text,
)

from bot.store.engines import to_json
from bot.tables.desk import question
from knowledge.text import fold

_BESIDE_WORDS = re.compile(r"[\W_]+")
#: a constant in the statement, or PostgreSQL would not see that its index fits
_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
#: a word that half of all questions hold finds the newest of them
_MOST_FOUND = 5_000
_INDEX = table("question_search", column("rowid"), column("question_search", Text), column("rank"))


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
        # once: whoever counts and lists would have the index looked through for each
        ids = connection.execute(matching).scalars().all()
        each = func.json_each(to_json(ids)).table_valued("value")
        return question.c.id.in_(select(each.c.value))
    query = " & ".join(f"{word}:*" for word in words)
    return vector().op("@@")(func.to_tsquery(_SIMPLE, query))


def merge_erased(connection: Connection, pages: int) -> bool:
    """Do a part of what `forget_erased` does, of so many pages; say whether anything was left.

    The first call gives them as a negative number: FTS5 then begins to merge everything.
    """
    if connection.dialect.name != "sqlite":
        return False
    changes = text("SELECT total_changes()")
    before = connection.execute(changes).scalar_one()
    connection.execute(insert(_INDEX).values(question_search="merge", rank=pages))
    return int(connection.execute(changes).scalar_one()) - int(before) >= 2


def forget_erased(connection: Connection) -> None:
    """Write SQLite's index anew without the words of erased questions.

    FTS5 only marks words as gone; until segments are merged they lie in the file, place by place.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(insert(_INDEX).values(question_search="optimize"))


def vector() -> ColumnElement[str]:
    """Return what PostgreSQL indexes; it must be spelt as in the index."""
    return func.to_tsvector(_SIMPLE, question.c.folded)
