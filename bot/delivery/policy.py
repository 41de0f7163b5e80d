"""Rules of delivery that an administrator may change, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from bot.errors import BotError
from bot.store.upsert import insert as upserting
from bot.tables.desk import audit
from bot.tables.directory import policy


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number with its key in `policy`, its default and its bounds."""

    key: str
    default: int
    least: int
    most: int


#: how long the assistant keeps quiet after an officer wrote by hand
SILENCE_MINUTES = Bounded("delivery.silence_minutes", 60, 5, 24 * 60)
#: how long the provider's bytes and the words of an event are kept for `replay`
RAW_DAYS = Bounded("retention.raw_days", 30, 1, 365)
RULES: Mapping[str, Bounded] = {"silence_minutes": SILENCE_MINUTES, "raw_days": RAW_DAYS}


class OutOfBounds(BotError):
    """The number lies outside what the rule allows."""


def number(connection: Connection, rule: Bounded) -> int:
    """Return what is in force; a value that lies outside its bounds counts as the nearest."""
    stored = connection.execute(select(policy.c.value).where(policy.c.key == rule.key)).scalar()
    if isinstance(stored, bool) or not isinstance(stored, int):
        return rule.default
    return max(rule.least, min(rule.most, stored))


def silence(connection: Connection) -> timedelta:
    """Return how long the assistant keeps quiet after an officer wrote by hand."""
    return timedelta(minutes=number(connection, SILENCE_MINUTES))


def change(connection: Connection, rule: Bounded, value: int, by: str, now: datetime) -> None:
    """Set a rule, with a line in the audit; raise OutOfBounds."""
    if not rule.least <= value <= rule.most:
        raise OutOfBounds
    before = number(connection, rule)
    row = {"value": value, "updated_at": now, "updated_by": by}
    statement = upserting(connection, policy).values(key=rule.key, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=[policy.c.key], set_=row))
    detail = {"from": before, "to": value}
    connection.execute(
        insert(audit).values(at=now, actor=by, act="policy.set", subject=rule.key, detail=detail)
    )
