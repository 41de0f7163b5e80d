"""Numbers kept by events, so that nobody counts rows on a hot path."""

from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.store.upsert import insert
from bot.tables.delivery import counter


def count(connection: Connection, name: str, label: str, now: datetime, by: int = 1) -> None:
    """Add to a counter of the day; the day is that of `now` in its own time zone."""
    statement = insert(connection, counter).values(name=name, day=now.date(), label=label, value=by)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[counter.c.name, counter.c.day, counter.c.label],
            set_={"value": counter.c.value + by},
        )
    )


def counted(connection: Connection, name: str, first: date, last: date) -> dict[str, int]:
    """Return the sum of a counter by label over some days, both ends included."""
    rows = connection.execute(
        select(counter.c.label, counter.c.value).where(
            counter.c.name == name, counter.c.day >= first, counter.c.day <= last
        )
    )
    sums: dict[str, int] = {}
    for label, value in rows:
        sums[label] = sums.get(label, 0) + value
    return sums
