"""Logins: the cookie holds a random id, the table its SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from bot.officers.accounts import Officer
from bot.tables.desk import officer, session

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: how stale "last seen" may be before it is written again
_TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A login that is still good."""

    officer: Officer
    csrf: str
    digest: str
    stale: bool


def start(connection: Connection, officer_id: int, now: datetime) -> str:
    """Open a session and return the secret of its cookie; expired ones are swept away."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        delete(session).where(
            or_(session.c.seen_at < now - IDLE, session.c.created_at < now - ABSOLUTE)
        )
    )
    connection.execute(
        insert(session).values(
            digest=digest(secret),
            officer_id=officer_id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
        )
    )
    return secret


def find(connection: Connection, secret: str, now: datetime) -> Session | None:
    """Return the session of a cookie; None when unknown, idle too long, too old or shut out."""
    row = connection.execute(
        select(officer, session.c.csrf, session.c.digest, session.c.seen_at)
        .join(session, session.c.officer_id == officer.c.id)
        .where(
            session.c.digest == digest(secret),
            session.c.seen_at >= now - IDLE,
            session.c.created_at >= now - ABSOLUTE,
            ~officer.c.disabled,
        )
    ).first()
    if row is None:
        return None
    return Session(Officer.of(row), row.csrf, row.digest, now - row.seen_at > _TOUCH_AFTER)


def touch(connection: Connection, session_digest: str, now: datetime) -> None:
    """Note that a session is in use."""
    connection.execute(
        update(session).where(session.c.digest == session_digest).values(seen_at=now)
    )


def end(connection: Connection, session_digest: str) -> None:
    """Log out."""
    connection.execute(delete(session).where(session.c.digest == session_digest))


def digest(secret: str) -> str:
    """Return what is stored of a secret with enough randomness of its own."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
