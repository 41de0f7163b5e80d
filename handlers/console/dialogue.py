"""What citizen and channel said to each other, as officers may read it."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bot.archive.packing import Body

#: the key in an asker's own link opens the question to whoever holds it: not for officers
_KEY = re.compile(r"\?k=[\w-]+")
_UPLOAD = "file:"
_PLACE = "geo:"


@dataclass(frozen=True, slots=True)
class File:
    """Something a citizen attached. Without `id` it cannot be opened here; `state` says why."""

    id: str
    kind: str
    name: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `row` also tells how far it got, `dropped` why its files are gone."""

    row: Row[Any]
    text: str
    files: Sequence[File]
    dropped: str


def dialogue_lines(
    messages: Iterable[Row[Any]], readable: Set[str], packed: Mapping[int, Body]
) -> list[Said]:
    """Return the messages in order; of files, those in `readable` can be opened."""
    return [
        _said(row, packed.get(row.id) or Body(row.text, row.body), readable) for row in messages
    ]


def _said(row: Row[Any], said: Body, readable: Set[str]) -> Said:
    files = [_file(each, readable) for each in said.body.get("attachments", ())]
    return Said(row, _KEY.sub("", said.text), files, said.body.get("dropped", ""))


def _file(attached: dict[str, Any], readable: Set[str]) -> File:
    if str(attached.get("url", "")).startswith(_PLACE):
        return File("", "location", str(attached["url"]).removeprefix(_PLACE), "place")
    file_id = str(attached.get("url", "")).removeprefix(_UPLOAD)
    name = str(attached.get("name") or "")
    kind, state = str(attached.get("kind", "")), str(attached.get("state", ""))
    return File(file_id if file_id in readable else "", kind, name, state)
