"""Administrative procedures: the national database's export, or a list in our own shape."""

from collections.abc import Iterator

from knowledge.entries import Entry, EntryKind
from knowledge.importers import national, own
from knowledge.importers.faults import BadField, Fault
from knowledge.importers.rows import NOTHING, Record, RowError
from knowledge.importers.rows import read as read_rows


def read(data: bytes, name: str, defaults: Record = NOTHING) -> Iterator[Entry | RowError]:
    """Yield an entry for every good row of the file; a code listed twice counts once.

    `defaults` hold where a row of an office says nothing.
    """
    seen: set[str] = set()

    def make(record: Record) -> Entry:
        is_national = national.recognises(record)
        said = {**defaults, **record}
        entry = national.entry(record) if is_national else own.entry(said, EntryKind.PROCEDURE)
        if entry.id in seen:
            raise BadField("code", Fault.TWICE, code=entry.code)
        seen.add(entry.id)
        return entry

    return read_rows(data, name, make)
