"""What else is known of an account: whether it let us go, and until when we know all."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.store.upsert import insert
from bot.tables.channels import provider_account


def revoked_at(connection: Connection, account: str) -> datetime | None:
    """Return when the account's administrator took our permission back, None while it stands."""
    return _column(connection, account, provider_account.c.revoked_at)


def revoke(connection: Connection, account: str, now: datetime) -> None:
    """Remember that the permission was taken back."""
    _set(connection, account, revoked_at=now)


def restore(connection: Connection, account: str) -> None:
    """Remember that an administrator has consented anew."""
    _set(connection, account, revoked_at=None)


def caught_up_to(connection: Connection, account: str) -> datetime | None:
    """Return until when everything that citizens wrote is known to be here."""
    return _column(connection, account, provider_account.c.caught_up_to)


def catch_up_to(connection: Connection, account: str, moment: datetime) -> None:
    """Remember until when everything is here."""
    _set(connection, account, caught_up_to=moment)


def _column(connection: Connection, account: str, column: Any) -> datetime | None:  # noqa: ANN401
    statement = select(column).where(provider_account.c.account == account)
    found: datetime | None = connection.execute(statement).scalar()
    return found


def _set(connection: Connection, account: str, **values: datetime | None) -> None:
    statement = insert(connection, provider_account).values(account=account, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[provider_account.c.account], set_=values)
    )
