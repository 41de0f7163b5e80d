"""A channel's pace, shared by all processes through one row (generic cell rate algorithm)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Executable, bindparam, case

from bot.store.hot import Hot
from bot.store.upsert import Prepared, Upsert
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
    """Move the row to `least` where it is behind, and on by a gap."""
    values = {"name": name, "tat_us": least + gap, "at_least": least, "by": gap}
    reserved: int = _PUSH.run(connection, values).scalar()
    return reserved


def _pushing(statement: Upsert) -> Executable:
    at_least, by = (bindparam(name, type_=pace.c.tat_us.type) for name in ("at_least", "by"))
    later = case((pace.c.tat_us > at_least, pace.c.tat_us), else_=at_least)
    return statement.on_conflict_do_update(
        index_elements=[pace.c.name], set_={"tat_us": later + by}
    ).returning(pace.c.tat_us)


_PUSH = Hot(Prepared(pace, _pushing))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
