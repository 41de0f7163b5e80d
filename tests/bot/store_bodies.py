"""Bodies for the store's tests: what they write and read stands in `pace`."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, select

from bot.store import Done, Wake
from bot.tables.delivery import pace


def put(name: str) -> Callable[[Connection], Done[str]]:
    """Return a body that writes a row and wakes somebody."""

    def body(connection: Connection) -> Done[str]:
        connection.execute(insert(pace).values(name=name, tat_us=1))
        return Done(name, (Wake(len(name)),))

    return body


def refuse(connection: Connection) -> Done[None]:
    """Write a row, then fail."""
    connection.execute(insert(pace).values(name="refused", tat_us=1))
    raise LookupError("no")


def names(connection: Connection) -> list[str]:
    """Return what was written."""
    return sorted(connection.execute(select(pace.c.name)).scalars())
