"""Once per period: a row for each slot of a schedule; inserting it is the right to run it.

A slot is its runner's for as long as that lives (bot.delivery.nodes), however slow it is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from bot.store import Done
from bot.store.upsert import insert
from bot.tables.delivery import slot
from bot.tables.nodes import node

#: a slot that failed this often stays failed until a person looks
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a slot; void once somebody else has a later attempt."""

    name: str
    moment: datetime
    owner: str
    attempt: int


def key(moment: datetime) -> str:
    """Return a slot's name, sorting like its moment: "2026-11-21T05:00:00.000000Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(name: str) -> datetime:
    """Return the moment a slot is named after."""
    return datetime.strptime(name, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def newest(connection: Connection, name: str) -> datetime | None:
    """Return the latest slot of a schedule that anybody has begun."""
    found = connection.execute(select(func.max(slot.c.slot)).where(slot.c.name == name)).scalar()
    return None if found is None else moment_of(found)


def begin(connection: Connection, name: str, now: datetime) -> None:
    """Let a schedule that never ran start from now: nothing is owed for the time before."""
    statement = insert(connection, slot).values(
        name=name, slot=key(now), state="done", owner="first sight", finished_at=now
    )
    connection.execute(statement.on_conflict_do_nothing())


def unfinished(connection: Connection, name: str, owner: str, now: datetime) -> list[datetime]:
    """Return slots whose runner died or failed and that may be tried again, oldest first."""
    again = select(slot.c.slot).where(slot.c.name == name, _again(owner, now))
    found = connection.execute(again.order_by(slot.c.slot)).scalars()
    return [moment_of(each) for each in found]


def claim(
    name: str, moment: datetime, owner: str, now: datetime, connection: Connection
) -> Done[Claim | None]:
    """Take a slot, new or left behind; None where it is taken. `owner` runs none of this name."""
    row = {"name": name, "slot": key(moment), "state": "running", "owner": owner}
    statement = insert(connection, slot).values(**row, attempts=1)
    statement = statement.on_conflict_do_update(
        index_elements=[slot.c.name, slot.c.slot],
        set_={
            "state": "running",
            "owner": owner,
            "leased_until": None,
            "attempts": slot.c.attempts + 1,
        },
        where=_again(owner, now),
    )
    attempt = connection.execute(statement.returning(slot.c.attempts)).scalar()
    return Done(None if attempt is None else Claim(name, moment, owner, attempt))


def finish(
    taken: Claim,
    now: datetime,
    reason: str | None,
    retry_at: datetime | None,
    connection: Connection,
) -> Done[bool]:
    """Close a slot, failed where there is a reason; False where it was taken over meanwhile."""
    found = connection.execute(
        update(slot)
        .where(
            slot.c.name == taken.name,
            slot.c.slot == key(taken.moment),
            slot.c.owner == taken.owner,
            slot.c.attempts == taken.attempt,
        )
        .values(
            state="done" if reason is None else "failed",
            reason=reason,
            leased_until=retry_at,
            finished_at=now,
        )
    )
    return Done(found.rowcount == 1)


def _again(owner: str, now: datetime) -> ColumnElement[bool]:
    """Whether a slot is anybody's again; one of the owner itself was broken off."""
    left = or_(slot.c.owner == owner, slot.c.owner.not_in(select(node.c.owner)))
    return or_(
        (slot.c.state == "running") & left,
        (slot.c.state == "failed") & (slot.c.leased_until < now),
    ) & (slot.c.attempts < MOST_ATTEMPTS)
