"""Machine tokens: random, told once, stored hashed, good for one scope."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from bot.officers.accounts import Officer
from bot.officers.sessions import digest
from bot.tables.desk import access_token, officer

_PREFIX = "dh_"
_TOUCH_AFTER = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token is good for."""

    DESK = "desk"
    SEGMENT = "segment"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is still good, and the officer it acts for."""

    id: int
    scope: str
    officer: Officer | None
    stale: bool


def create(
    connection: Connection, scope: Scope, officer_id: int | None, note: str, now: datetime
) -> str:
    """Make a token and return it; it cannot be shown again."""
    token = _PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(access_token).values(
            digest=digest(token),
            scope=str(scope),
            officer_id=officer_id,
            note=note,
            created_at=now,
        )
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Token | None:
    """Return a token that is neither unknown nor revoked nor of an officer shut out."""
    row = connection.execute(
        select(access_token.c.id, access_token.c.scope, access_token.c.last_used_at)
        .add_columns(access_token.c.officer_id)
        .outerjoin(officer, officer.c.id == access_token.c.officer_id)
        .where(
            access_token.c.digest == digest(token),
            access_token.c.revoked_at.is_(None),
            or_(officer.c.id.is_(None), ~officer.c.disabled),
        )
    ).first()
    if row is None:
        return None
    stale = row.last_used_at is None or now - row.last_used_at > _TOUCH_AFTER
    return Token(row.id, row.scope, _holder(connection, row.officer_id), stale)


def touch(connection: Connection, token_id: int, now: datetime) -> None:
    """Note that a token is in use."""
    used = update(access_token).where(access_token.c.id == token_id).values(last_used_at=now)
    connection.execute(used)


def revoke(connection: Connection, token_id: int, now: datetime) -> bool:
    """Put a token out of use; return whether it was in use."""
    revoked = connection.execute(
        update(access_token)
        .where(access_token.c.id == token_id, access_token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(revoked.rowcount)


def all_tokens(connection: Connection) -> Sequence[Row[Any]]:
    """Return every token's record, never the token."""
    return connection.execute(
        select(access_token, officer.c.username)
        .outerjoin(officer, officer.c.id == access_token.c.officer_id)
        .order_by(access_token.c.id)
    ).all()


def _holder(connection: Connection, officer_id: int | None) -> Officer | None:
    if officer_id is None:
        return None
    return Officer.of(connection.execute(select(officer).where(officer.c.id == officer_id)).one())
