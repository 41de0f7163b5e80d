"""Failed logins: how many are too many, by account and by address."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from bot.officers.accounts import plain_username
from bot.tables.desk import login_attempt

WINDOW = timedelta(minutes=15)
#: from one address at one account; the account itself stays open to its owner elsewhere
_HERE = 5
_FROM_ADDRESS = 20
_AT_ACCOUNT = 50
_KEPT = timedelta(days=90)


def wait_before_login(
    connection: Connection, username: str, address: str, now: datetime
) -> timedelta | None:
    """Return how long to wait before the next attempt, None when it may be made now."""
    name = plain_username(username)[:60]
    at_account, at_address = login_attempt.c.username == name, login_attempt.c.address == address
    limits: list[tuple[ColumnElement[bool], int]] = [
        (at_account & at_address, _HERE),
        (at_address, _FROM_ADDRESS),
        (at_account, _AT_ACCOUNT),
    ]
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


def _wait(
    connection: Connection, which: ColumnElement[bool], allowed: int, now: datetime
) -> timedelta | None:
    failed = (which, ~login_attempt.c.succeeded, login_attempt.c.at > now - WINDOW)
    count, first = connection.execute(
        select(func.count(), func.min(login_attempt.c.at)).where(*failed)
    ).one()
    return first + WINDOW - now if count >= allowed else None
