"""Grants in the database: encrypted, versioned, renewed by one process at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.channel_tokens import Grant, GrantUnreadable, Stored, accounts
from bot.store import Done
from bot.store.upsert import insert
from bot.tables.operations import provider_token, provider_token_history

_Row = Row[Any]


@dataclass(frozen=True, slots=True)
class Vault:
    """One account's grant; every method is a body for the store."""

    account: str
    cipher: MultiFernet

    def read(self, connection: Connection) -> Stored | None:
        """Return the stored grant; raise GrantUnreadable where the key is another."""
        row = connection.execute(select(provider_token).where(self._mine())).first()
        return self._stored(row) if row else None

    def seed(self, grant: Grant, now: datetime, connection: Connection) -> Done[bool]:
        """Store a first grant; False where there is one already, which stands."""
        row = {"account": self.account, "version": 1, **self._columns(grant, now)}
        statement = insert(connection, provider_token).values(**row).on_conflict_do_nothing()
        counting = statement.execution_options(preserve_rowcount=True)
        added = connection.execute(counting).rowcount == 1
        if added:
            self._note(connection, 1, row["secret"], "stored", now)
        return Done(added)

    def replace(self, grant: Grant, now: datetime, connection: Connection) -> Done[None]:
        """Store a grant that an administrator has just given, whatever was there."""
        accounts.restore(connection, self.account)
        if self.seed(grant, now, connection).value:
            return Done(None)
        columns = self._columns(grant, now)
        version = connection.execute(
            update(provider_token)
            .where(self._mine())
            .values(**columns, version=provider_token.c.version + 1)
            .returning(provider_token.c.version)
        ).scalar_one()
        self._note(connection, version, columns["secret"], "stored", now)
        return Done(None)

    def lock(
        self, owner: str, now: datetime, lasts: timedelta, connection: Connection
    ) -> Done[Stored | None]:
        """Take the right to renew and return what is stored now; None while another has it."""
        column = provider_token.c
        row = connection.execute(
            update(provider_token)
            .where(
                self._mine(),
                or_(
                    column.refreshing_until.is_(None),
                    column.refreshing_until < now,
                    column.refreshing_by == owner,
                ),
            )
            .values(refreshing_until=now + lasts, refreshing_by=owner)
            .returning(*provider_token.c)
        ).first()
        return Done(self._stored(row) if row else None)

    def keep(
        self, grant: Grant, over: Stored, now: datetime, connection: Connection
    ) -> Done[Stored]:
        """Write a new pair over the version it came from, keep the old one for diagnosis, and
        let go of the lock. Return what stands afterwards: a newer version is not overwritten."""
        columns = self._columns(grant, now)
        before = connection.execute(select(provider_token).where(self._mine())).one()
        found = connection.execute(
            update(provider_token)
            .where(self._mine(), provider_token.c.version == over.version)
            .values(**columns, version=over.version + 1)
        )
        if found.rowcount:
            self._note(connection, over.version, before.secret, "refreshed", now)
        else:
            self._note(connection, over.version, columns["secret"], "superseded", now)
        standing = connection.execute(select(provider_token).where(self._mine())).one()
        return Done(self._stored(standing))

    def release(
        self, owner: str, refused: int | None, now: datetime, connection: Connection
    ) -> Done[None]:
        """Let go of the lock; `refused` is the version that the provider does not accept."""
        connection.execute(
            update(provider_token)
            .where(self._mine(), provider_token.c.refreshing_by == owner)
            .values(refreshing_until=None, refreshing_by=None)
        )
        if refused is not None:
            secret = connection.execute(
                select(provider_token.c.secret).where(self._mine())
            ).scalar_one()
            self._note(connection, refused, secret, "refused", now)
        return Done(None)

    def prune(self, before: datetime, connection: Connection) -> Done[int]:
        """Forget spent pairs older than a moment; return how many."""
        aged = delete(provider_token_history).where(
            provider_token_history.c.account == self.account,
            provider_token_history.c.at < before,
        )
        return Done(connection.execute(aged).rowcount)

    def events(self, connection: Connection) -> Sequence[tuple[int, str]]:
        """Return what happened to the account's grants, oldest first: version and event."""
        rows = connection.execute(
            select(provider_token_history.c.version, provider_token_history.c.event)
            .where(provider_token_history.c.account == self.account)
            .order_by(provider_token_history.c.id)
        )
        return [(row.version, row.event) for row in rows]

    def _mine(self) -> Any:  # noqa: ANN401 - a clause of SQLAlchemy
        return provider_token.c.account == self.account

    def _columns(self, grant: Grant, now: datetime) -> dict[str, Any]:
        pair = json.dumps({"access": grant.access, "refresh": grant.refresh})
        return {
            "secret": self.cipher.encrypt(pair.encode()),
            "access_expires_at": grant.access_expires_at,
            "refresh_expires_at": grant.refresh_expires_at,
            "refreshing_until": None,
            "refreshing_by": None,
            "updated_at": now,
        }

    def _stored(self, row: _Row) -> Stored:
        try:
            pair = json.loads(self.cipher.decrypt(row.secret))
        except InvalidToken as error:
            raise GrantUnreadable from error
        expiries = (row.access_expires_at, row.refresh_expires_at)
        return Stored(
            Grant(pair["access"], pair["refresh"], *expiries), row.version, row.updated_at
        )

    def _note(
        self, connection: Connection, version: int, secret: bytes, event: str, now: datetime
    ) -> None:
        statement = insert(connection, provider_token_history).values(
            account=self.account, version=version, secret=secret, event=event, at=now
        )
        connection.execute(statement.on_conflict_do_nothing())
