"""The shipped knowledge and directory, loaded into a database that has none or an older one."""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select

from bot.catalogue import staging
from bot.catalogue.acts import refresh
from bot.catalogue.repository import hold, known
from bot.directory import starter as directory
from bot.store import Done, Store
from bot.tables.knowledge import import_run, layer
from knowledge import lint, starter
from knowledge.entries import Entry
from knowledge.layers import Layer

_KIND = "starter"
#: entries prepared at a time: PostgreSQL ends a transaction in which nothing happens for long
_FEW = 50
_RULES = Path(lint.__file__).parent / "data" / "lint_rules.yaml"


async def load_starter_if_empty(store: Store, now: datetime) -> bool:
    """Load what the project ships with, again when the files have changed; tell whether it did.

    The starter layer alone is written: what officers and offices say stays over it.
    """
    digest = shipped_digest()
    if await store.read(lambda connection: _is_loaded(connection, digest)):
        return False
    entries = starter.load()
    ids = [entry.id for entry in entries]

    def load(connection: Connection) -> Done[bool]:
        hold(connection)
        if _is_loaded(connection, digest):  # another node was faster
            return Done(False)
        present = known(connection, ids)
        directory.load(connection, now.date())
        run = staging.begin(connection, digest, _KIND, Layer.STARTER, now)
        for first in range(0, len(entries), _FEW):
            few = entries[first : first + _FEW]
            staging.stage(connection, staging.prepare(run, few, present))
        changed = staging.switch(connection, run, [], now)
        while staging.tidy(connection, run, now):
            pass
        _forget_dropped(connection, entries, now)
        staging.finish(connection, run, {"rows": len(entries), "changed": changed}, now)
        return Done(True)

    return await store.write(load)


def shipped_digest() -> str:
    """Return a fingerprint of every shipped file that ends up in the database."""
    files = [path for path, _ in starter.files()] + [_RULES, directory.AGENCIES]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()


def _is_loaded(connection: Connection, digest: str) -> bool:
    query = (
        select(import_run.c.file)
        .where(import_run.c.kind == _KIND, import_run.c.state == "done")
        .order_by(import_run.c.id.desc())
        .limit(1)
    )
    return connection.scalar(query) == digest


def _forget_dropped(connection: Connection, entries: tuple[Entry, ...], now: datetime) -> None:
    """What the project ships no more is left to whoever else speaks of it, else stale."""
    dropped = set(staging.spoken_of(connection, Layer.STARTER)) - {entry.id for entry in entries}
    for entry_id in sorted(dropped):
        others = known(connection, [entry_id])[entry_id].layers.keys() - {Layer.STARTER}
        if not others:
            staging.make_stale(connection, [entry_id], now)
            continue
        this = (layer.c.entry_id == entry_id) & (layer.c.name == Layer.STARTER)
        connection.execute(delete(layer).where(this))
        refresh(connection, entry_id, now, _KIND)
