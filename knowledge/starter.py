"""The knowledge the project ships with: procedures and national lines, in our own words."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from knowledge.entries import Entry, EntryKind
from knowledge.importers import own
from knowledge.importers.rows import BadField, RowError, rows

DATA = Path(__file__).parent / "data"


class BadStarter(ValueError):
    """A shipped file holds a record that cannot be taken."""


@cache
def load() -> tuple[Entry, ...]:
    """Return every shipped entry; raise BadStarter naming the file and the code at fault."""
    return tuple(read(files()))


def files() -> list[tuple[Path, EntryKind]]:
    """Return the shipped files in a fixed order, with the kind of entry each holds."""
    hotlines = DATA / "hotlines.yaml"
    return [
        *((path, EntryKind.PROCEDURE) for path in sorted((DATA / "procedures").glob("*.yaml"))),
        *([(hotlines, EntryKind.HOTLINE)] if hotlines.exists() else []),
    ]


def read(sources: Iterable[tuple[Path, EntryKind]]) -> Iterator[Entry]:
    """Yield the entries of these files, each id once."""
    seen: dict[str, Path] = {}
    for path, kind in sources:
        for row in rows(path.read_bytes(), path.name):
            if isinstance(row, RowError):
                raise BadStarter(str(row))
            try:
                entry = own.entry(row.values, kind)
            except BadField as error:
                raise BadStarter(f"{path.name}, {row.values.get('code')}: {error}") from error
            if entry.id in seen:
                raise BadStarter(f"{path.name}: {entry.code} is also in {seen[entry.id].name}")
            seen[entry.id] = path
            yield entry
