"""What an editor reads and finds: questions without what identifies the citizen."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row

from bot.officers import Role
from bot.officers.accounts import Officer
from bot.privacy import redact
from bot.questions.codes import parse_code
from bot.questions.repository import PAGE_SIZE, Filters, Page, queue
from bot.questions.search import searchable

#: how far a search among masked words looks
_MOST_PAGES = 20


def reads_masked(officer: Officer | None) -> bool:
    """Whether an officer works on what is published, not on a citizen's matter."""
    return officer is not None and officer.role is Role.EDITOR


def words_for(officer: Officer | None, text: str | None) -> str | None:
    """Return a citizen's words; to an editor without what identifies the citizen."""
    return redact(text).text if text and reads_masked(officer) else text


def queue_for(
    connection: Connection,
    officer: Officer | None,
    filters: Filters,
    page: int,
    seen_by: ColumnElement[bool],
) -> Page:
    """Return a page of the queue; an editor's search finds only what an editor may read.

    Otherwise a search for a telephone number would tell whose question it was.
    """
    if not reads_masked(officer) or not filters.search or parse_code(filters.search):
        return queue(connection, filters, page, seen_by)
    words = searchable(filters.search).split()
    found = [row for row in _all(connection, filters, seen_by) if _tells(row, words)]
    start = (page - 1) * PAGE_SIZE
    return Page(found[start : start + PAGE_SIZE], page, len(found))


def _all(connection: Connection, filters: Filters, seen_by: ColumnElement[bool]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for number in range(1, _MOST_PAGES + 1):
        found = queue(connection, filters, number, seen_by)
        rows += found.rows
        if number >= found.last:
            break
    return rows


def _tells(row: Row[Any], words: list[str]) -> bool:
    readable = searchable(redact(row.text or "").text)
    return all(word in readable for word in words)
