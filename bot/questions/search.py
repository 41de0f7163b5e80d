"""The desk's search: words without tone marks, through an index on either database.

SQLite keeps an FTS5 table beside `question`, fed by triggers; PostgreSQL an index over
tsvector('simple'). A word typed finds every word that begins with it.
"""

import re
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)

from bot.store.engines import to_json
from bot.store.upsert import insert as upserting
from bot.tables.desk import question
from bot.tables.directory import policy
from knowledge.text import fold

_BESIDE_WORDS = re.compile(r"[\W_]+")
#: a constant in the statement, or PostgreSQL would not see that its index fits
_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
#: a word that half of all questions hold finds the newest of them
_MOST_FOUND = 5_000
#: key in `policy`, there while the index holds words that were erased
_ERASED = "search.erased"
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


def note_erased(connection: Connection, now: datetime) -> None:
    """Leave word that the index of SQLite holds erased words.

    FTS5 only marks words as gone; until its segments are merged they lie in the file, place by
    place. To merge them with the erasure would hold all writers up, for seconds with a million
    questions.
    """
    if connection.dialect.name == "sqlite":
        noted = {"value": now.isoformat(), "updated_at": now, "updated_by": "erasure"}
        new = upserting(connection, policy).values(key=_ERASED, **noted)
        connection.execute(new.on_conflict_do_update(index_elements=[policy.c.key], set_=noted))


def last_erased(connection: Connection) -> str | None:
    """Return when words were last erased that the index may still hold, None where it is clean."""
    if connection.dialect.name != "sqlite":  # the word may have come with a move
        return None
    return connection.execute(select(policy.c.value).where(policy.c.key == _ERASED)).scalar()


def merge_erased(connection: Connection, pages: int) -> bool:
    """Merge so many pages of the index; say whether anything was left.

    The first call gives them as a negative number: FTS5 then begins to merge everything.
    """
    changes = text("SELECT total_changes()")
    before = connection.execute(changes).scalar_one()
    connection.execute(insert(_INDEX).values(question_search="merge", rank=pages))
    return int(connection.execute(changes).scalar_one()) - int(before) >= 2


def settle_erased(connection: Connection, noted: str) -> None:
    """Call the index clean, unless more was erased than had been noted when merging began."""
    if last_erased(connection) == noted:
        connection.execute(delete(policy).where(policy.c.key == _ERASED))


def vector() -> ColumnElement[str]:
    """Return what PostgreSQL indexes; it must be spelt as in the index."""
    return func.to_tsvector(_SIMPLE, question.c.folded)
