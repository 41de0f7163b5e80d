"""Administrative procedures: the national database's export, or a list in our own shape."""

from collections.abc import Iterator

from knowledge.entries import Entry, EntryKind
from knowledge.importers import national, own
from knowledge.importers.rows import BadField, RowError, rows


def read(data: bytes, name: str) -> Iterator[Entry | RowError]:
    """Yield an entry for every good row of the file; a code listed twice counts once."""
    seen: set[str] = set()
    for row in rows(data, name):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            entry = (
                national.entry(row.values)
                if national.recognises(row.values)
                else own.entry(row.values, EntryKind.PROCEDURE)
            )
            if entry.id in seen:
                raise BadField("code", f"{entry.code} is listed twice in this file")
        except BadField as error:
            yield RowError(name, row.number, error.field, error.why)
            continue
        seen.add(entry.id)
        yield entry
