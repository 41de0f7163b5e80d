"""Frequent questions and public lines, listed by an office."""

import hashlib
import re
from collections.abc import Iterator

from knowledge.entries import Entry, EntryKind
from knowledge.importers import own
from knowledge.importers.rows import NOTHING, Record, RowError
from knowledge.importers.rows import read as read_rows
from knowledge.text import fold


def read_faq(data: bytes, name: str, defaults: Record = NOTHING) -> Iterator[Entry | RowError]:
    """Yield a frequent question a row; one without a code is known by its question."""
    return read_rows(data, name, lambda record: _question({**defaults, **record}))


def read_hotlines(data: bytes, name: str, defaults: Record = NOTHING) -> Iterator[Entry | RowError]:
    """Yield a public line a row; one without a code is known by its number."""
    return read_rows(data, name, lambda record: _line({**defaults, **record}))


def _line(record: Record) -> Entry:
    code = own.text(record, "code") or re.sub(r"\D", "", own.text(record, "phone"))
    return own.entry({**record, "code": code}, EntryKind.HOTLINE)


def _question(record: Record) -> Entry:
    code = own.text(record, "code") or _code(own.text(record, "question"))
    return own.entry({**record, "code": code}, EntryKind.FAQ)


def _code(question: str) -> str:
    words = " ".join(fold(question).split())
    return f"q{hashlib.blake2b(words.encode(), digest_size=6).hexdigest()}"
