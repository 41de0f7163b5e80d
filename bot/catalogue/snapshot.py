"""All of public knowledge at one moment, and a name for it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.catalogue.models import model_in_force
from bot.catalogue.repository import PUBLIC, public_entries, version
from bot.directory.repository import agency_names, all_places
from bot.tables.directory import place
from bot.tables.knowledge import alias, entry
from knowledge.entries import Entry
from knowledge.model import Model
from knowledge.places import Place


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the live library answers from; `stamp` names its content."""

    version: int
    stamp: str
    entries: Sequence[Entry]
    places: Sequence[Place]
    agencies: Mapping[str, str]
    model: Model | None = None  # learned weights in force, None for the shipped ones


def snapshot(connection: Connection) -> Snapshot:
    """Read everything public in one consistent look."""
    return Snapshot(
        version(connection),
        stamp(connection),
        public_entries(connection),
        all_places(connection),
        agency_names(connection),
        model_in_force(connection),
    )


def stamp(connection: Connection) -> str:
    """Return a fingerprint of what an index is built from, without reading the texts."""
    digest = hashlib.blake2b(digest_size=8)
    columns = (entry.c.id, entry.c.version, entry.c.changed_at)
    for row in connection.execute(
        select(*columns).where(entry.c.state == PUBLIC).order_by(entry.c.id)
    ):
        digest.update(f"{row.id}|{row.version}|{row.changed_at.isoformat()}\n".encode())
    accepted = select(alias.c.entry_id, alias.c.text).where(alias.c.state == "accepted")
    for added in connection.execute(accepted.order_by(alias.c.id)):
        digest.update(f"{added.entry_id}|{added.text}\n".encode())
    places = connection.execute(select(func.count(), func.max(place.c.id))).one()
    digest.update(f"{places[0]}|{places[1]}".encode())
    return digest.hexdigest()
