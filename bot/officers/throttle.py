"""Failed logins: how many are too many, by account and by address.

Where an account has been entered before, others' failures elsewhere or at other accounts do not
count: nobody can shut an officer out of the own office by failing on purpose.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from bot.officers.accounts import plain_username
from bot.tables.desk import login_attempt, officer

WINDOW = timedelta(minutes=15)
#: from one address at one account
_HERE = 5
#: from one address, and at one account, where it was never entered before
_FROM_ADDRESS = 20
_AT_ACCOUNT = 50
_KEPT = timedelta(days=90)


def wait_before_login(
    connection: Connection, username: str, address: str, now: datetime
) -> timedelta | None:
    """Return how long to wait before the next attempt, None when it may be made now."""
    name = plain_username(username)[:60]
    at_account, at_address = login_attempt.c.username == name, login_attempt.c.address == address
    here = at_account & at_address
    limits: list[tuple[ColumnElement[bool], int]] = [(here, _HERE)]
    if not _entered_before(connection, here):
        limits += [(at_address, _FROM_ADDRESS), (at_account, _AT_ACCOUNT)]
    waits = [_wait(connection, which, allowed, now) for which, allowed in limits]
    return max((wait for wait in waits if wait is not None), default=None)


def record(
    connection: Connection, username: str, address: str, succeeded: bool, now: datetime
) -> None:
    """Note an attempt; a success forgives the failures made here before it."""
    name = plain_username(username)[:60]
    here = (login_attempt.c.username == name) & (login_attempt.c.address == address)
    if succeeded:
        connection.execute(delete(login_attempt).where(here, ~login_attempt.c.succeeded))
        connection.execute(delete(login_attempt).where(login_attempt.c.at < now - _KEPT))
    values = {"username": name, "address": address, "succeeded": succeeded, "at": now}
    connection.execute(insert(login_attempt).values(**values))


def besieged(connection: Connection, now: datetime) -> dict[str, int]:
    """Return the accounts at which strangers may try no more just now, with their failures."""
    rows = connection.execute(
        select(officer.c.username, func.count().label("failures"))
        .join(login_attempt, login_attempt.c.username == officer.c.username)
        .where(~login_attempt.c.succeeded, login_attempt.c.at > now - WINDOW)
        .group_by(officer.c.username)
        .having(func.count() >= _AT_ACCOUNT)
        .order_by(officer.c.username)
    )
    return {row.username: row.failures for row in rows}


def _entered_before(connection: Connection, here: ColumnElement[bool]) -> bool:
    """Whether a login succeeded here while attempts are kept."""
    entered = select(login_attempt.c.id).where(here, login_attempt.c.succeeded).limit(1)
    return connection.execute(entered).first() is not None


def _wait(
    connection: Connection, which: ColumnElement[bool], allowed: int, now: datetime
) -> timedelta | None:
    failed = (which, ~login_attempt.c.succeeded, login_attempt.c.at > now - WINDOW)
    count, first = connection.execute(
        select(func.count(), func.min(login_attempt.c.at)).where(*failed)
    ).one()
    return first + WINDOW - now if count >= allowed else None
