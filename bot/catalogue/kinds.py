"""What an import file may hold, how to tell, and the columns of each kind."""

from collections.abc import Mapping
from enum import StrEnum

from bot.errors import BotError
from knowledge.entries import Facet
from knowledge.importers import national
from knowledge.importers.rows import Record, Row, RowError, rows


class Kind(StrEnum):
    """The kinds `python -m bot import` knows."""

    PROCEDURES = "procedures"
    FAQ = "faq"
    AGENCIES = "agencies"
    HOTLINES = "hotlines"
    COMMUNES = "communes"
    HOLIDAYS = "holidays"
    PLAN = "plan"


class UnknownKind(BotError):
    """The columns tell nothing about what the file holds; name it with --kind."""


class Unreadable(BotError):
    """Nothing of the file can be read."""

    def __init__(self, error: RowError) -> None:
        super().__init__(f"{error.file}: {error.why}")
        self.error = error


#: columns that only this kind has
_SIGNS: Mapping[Kind, tuple[frozenset[str], ...]] = {
    Kind.FAQ: (frozenset({"question", "answer"}),),
    Kind.PLAN: (frozenset({"theme", "lead"}),),
    Kind.HOLIDAYS: (frozenset({"day", "name"}),),
    Kind.COMMUNES: (frozenset({"ward_code"}),),
    Kind.AGENCIES: (frozenset({"code", "name", "kind"}),),
    Kind.HOTLINES: (
        frozenset({"code", "phone"}),
        frozenset({"name", "phone"}),
        frozenset({"code", "name", "summary"}),
    ),
    Kind.PROCEDURES: (frozenset({"code", "title"}),),
}

_ABOUT = ("source", "checked_on")
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PROCEDURES: (
        *("code", "title", "short", "level", "agencies", "field", "summary", "aliases"),
        *(facet.value for facet in Facet),
        *("url", *_ABOUT),
    ),
    Kind.FAQ: ("code", "question", "answer", "aliases", "agencies", "legal_basis", "url", *_ABOUT),
    Kind.AGENCIES: (
        *("code", "name", "kind", "fields", "valid_from", "valid_to", "successors"),
        *("confidence", *_ABOUT),
    ),
    Kind.HOTLINES: ("code", "name", "phone", "summary", "aliases", "agencies", "url", *_ABOUT),
    Kind.COMMUNES: ("ward_code", "name", "district", "province", "former"),
    Kind.HOLIDAYS: ("day", "working", "name", "source"),
    Kind.PLAN: (
        *("year", "month", "theme", "lead", "cooperating", "deadline", "done", "evidence"),
        "source",
    ),
}


def guess(data: bytes, name: str) -> Kind:
    """Return what a file holds by the fields of its first good row."""
    record, bad = _first(data, name)
    if bad:
        raise Unreadable(bad)
    if national.recognises(record):
        return Kind.PROCEDURES
    for kind, signs in _SIGNS.items():
        if any(sign <= record.keys() for sign in signs):
            return kind
    raise UnknownKind(f"{name}: {UnknownKind.__doc__}")


def first(data: bytes, name: str) -> Record:
    """Return the first record that can be read, an empty one where there is none."""
    return _first(data, name)[0]


def _first(data: bytes, name: str) -> tuple[Record, RowError | None]:
    """Return the first record, or what is wrong with the whole file."""
    for row in rows(data, name):
        if isinstance(row, Row):
            return row.values, None
        if row.row == 0:
            return {}, row
    return {}, None


def template(kind: Kind) -> str:
    """Return an empty CSV file of this kind; a byte order mark makes Excel read Vietnamese."""
    return "\ufeff" + ",".join(COLUMNS[kind]) + "\r\n"
