"""A consent on its way: begun by an administrator in the console, ended once at the callback."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import Connection, delete, insert

from bot.errors import BotError
from bot.tables.channels import provider_consent

#: time enough to log in at the provider; its own code lives ten minutes
LASTS = timedelta(minutes=30)


class UnknownConsent(BotError):
    """This answer belongs to no consent that was begun here, or it came too late."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What begins a consent; `state` comes back with the answer and proves that it is ours."""

    account: str
    officer_id: int
    verifier: str
    state: str


def begin(connection: Connection, cipher: MultiFernet, begun: Begun, now: datetime) -> None:
    """Remember a consent that was begun; older ones that nobody ended are forgotten."""
    connection.execute(delete(provider_consent).where(provider_consent.c.at < now - LASTS))
    row = {
        "digest": _digest(begun.state),
        "account": begun.account,
        "verifier": cipher.encrypt(begun.verifier.encode()),
        "officer_id": begun.officer_id,
        "at": now,
    }
    connection.execute(insert(provider_consent).values(**row))


def end(
    connection: Connection, cipher: MultiFernet, account: str, officer_id: int, state: str,
    now: datetime,
) -> str:  # fmt: skip
    """Return the verifier of a consent and forget it; raise UnknownConsent.

    Only whoever began it can end it, once.
    """
    table = provider_consent.c
    row = connection.execute(
        delete(provider_consent)
        .where(
            table.digest == _digest(state),
            table.account == account,
            table.officer_id == officer_id,
            table.at >= now - LASTS,
        )
        .returning(table.verifier)
    ).first()
    if row is None:
        raise UnknownConsent
    try:
        return cipher.decrypt(row.verifier).decode()
    except InvalidToken as error:
        raise UnknownConsent from error


def new_state() -> str:
    """Return what nobody can guess."""
    return secrets.token_urlsafe(24)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
