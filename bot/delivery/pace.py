"""A channel's pace, shared by all processes through one row (generic cell rate algorithm)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, literal

from bot.store.upsert import insert
from bot.tables.delivery import pace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute on the whole, so many at once after a pause."""

    per_minute: int
    burst: int = 1

    @property
    def gap(self) -> int:
        """Microseconds between two slots."""
        return 60_000_000 // self.per_minute


def reserve(connection: Connection, name: str, rate: Rate, now: datetime) -> timedelta:
    """Take the next slot and return how long to wait for it; the slot is ours either way."""
    here = _microseconds(now)
    reserved = _push(connection, name, here, rate.gap)
    return max(timedelta(), timedelta(microseconds=reserved - rate.gap * rate.burst - here))


def hold(connection: Connection, name: str, rate: Rate, until: datetime) -> None:
    """Give out no slot before `until`: the provider asked everybody to slow down."""
    _push(connection, name, _microseconds(until) + rate.gap * (rate.burst - 1), 0)


def _push(connection: Connection, name: str, least: int, gap: int) -> int:
    later = case((pace.c.tat_us > least, pace.c.tat_us), else_=literal(least))
    statement = (
        insert(connection, pace)
        .values(name=name, tat_us=least + gap)
        .on_conflict_do_update(index_elements=[pace.c.name], set_={"tat_us": later + gap})
        .returning(pace.c.tat_us)
    )
    reserved: int = connection.execute(statement).scalar_one()
    return reserved


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
