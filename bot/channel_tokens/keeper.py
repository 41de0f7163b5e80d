"""Hands out access tokens and renews them, in one place at a time.

The provider accepts a refresh token once. Two processes that renew at the same moment, or a new
pair that is used before it is stored, can lose the account's consent for good; so renewing
happens under a lock that outlives its timeouts, on what is read under that lock, and nothing of
a new pair is used before it is durable.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.channel_tokens import (
    ConsentRevoked,
    Exchange,
    Grant,
    GrantLost,
    GrantRefused,
    KeeperRules,
    NoGrant,
    RenewalUncertain,
    Stored,
)
from bot.channel_tokens.accounts import revoked_at
from bot.channel_tokens.notices import note
from bot.channel_tokens.vault import Vault
from bot.channels import ChannelUnavailable, SendError
from bot.moments import Clock
from bot.store import Done, Store, StoreUnavailable

_log = structlog.get_logger()

_LONGEST_PAUSE = 5.0


@dataclass(slots=True)
class TokenKeeper:
    """The one source of access tokens for an account in this process; `owner` names it."""

    store: Store
    vault: Vault
    exchange: Exchange
    owner: str
    clock: Clock
    rules: KeeperRules = field(default_factory=KeeperRules)
    count: Callable[[str, str], None] = lambda _name, _label: None
    _held: Stored | None = field(default=None, init=False)
    _flight: "asyncio.Task[Stored] | None" = field(default=None, init=False)
    #: a renewal that failed: of which version, what to say, and until when not to try again
    _failed: tuple[int, SendError, datetime] | None = field(default=None, init=False)
    _allowed_until: datetime | None = field(default=None, init=False)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _warned_on: date | None = field(default=None, init=False)

    async def plant(self, refresh_token: str) -> None:
        """Store the refresh token of the settings at the very first start."""
        if not refresh_token:
            return
        now = self.clock()
        grant = Grant("", refresh_token, now, now + timedelta(days=90))
        if not await self.store.write(partial(self.vault.seed, grant, now)):
            _log.warning("the refresh token of the settings is ignored: one is stored already")

    async def current(self) -> str:
        """Return an access token that has not expired, renewing it first where it must be."""
        held = await self._look()
        if self._expired(held):
            held = await self._renewed(held.version)
        self._held = held
        return held.grant.access

    async def renewed(self, rejected: str) -> str:
        """Return another token after the provider rejected one; renew where nobody has yet."""
        stored = await self._stored()
        if stored.grant.access == rejected and self._is_young(stored):
            raise GrantLost("the provider rejects a token it has just issued")
        if stored.grant.access == rejected:
            stored = await self._renewed(stored.version)
        self._held = stored
        return stored.grant.access

    async def look_ahead(self, _slot: datetime) -> None:
        """Renew what ends soon, and call out when an administrator must act."""
        try:
            stored = await self._stored()
            if stored.grant.access_expires_at - self.clock() < self.rules.ahead:
                stored = await self._renewed(stored.version)
        except SendError as error:
            _log.error("the token could not be renewed ahead of time", error=str(error))
            return
        now = self.clock()
        left = stored.grant.refresh_expires_at - now
        if left < self.rules.last_call and self._warned_on != now.date():
            self._warned_on = now.date()
            await self._alarm("refresh_token_ends_soon", days=left.days)
        await self.store.write(partial(self.vault.prune, now - self.rules.history))

    async def problem(self) -> str | None:
        """Say why nothing can be sent for long, None while all is well."""
        try:
            await self._check_permission()
            stored = await self._stored()
        except SendError as error:
            return str(error)
        if self._failed and self._failed[0] == stored.version:
            return str(self._failed[1])
        if stored.grant.refresh_expires_at <= self.clock():
            return "the refresh token has expired: an administrator must consent again"
        return None

    async def close(self) -> None:
        """Let a renewal under way end, since its pair would be lost, but not for ever."""
        flight = self._flight
        if flight is None:
            return
        _, unfinished = await asyncio.wait([flight], timeout=self.rules.farewell.total_seconds())
        if unfinished:
            await self._alarm("renewal_cut_off")
            flight.cancel()
            await asyncio.wait([flight])

    async def _look(self) -> Stored:
        """Return the grant in force; one look at the database serves all who wait for it."""
        async with self._looking:
            await self._check_permission()
            if self._held is None or self._expired(self._held):
                self._held = await self._stored()
            return self._held

    async def _stored(self) -> Stored:
        stored = await self.store.read(self.vault.read)
        if stored is None:
            raise NoGrant
        return stored

    def _expired(self, stored: Stored) -> bool:
        return not stored.grant.access or stored.grant.access_expires_at <= self.clock()

    def _is_young(self, stored: Stored) -> bool:
        return self.clock() - stored.updated_at < self.rules.young and bool(stored.grant.access)

    async def _renewed(self, version: int) -> Stored:
        """Join the renewal under way or begin one. A caller that gives up does not stop it."""
        if self._failed and self._failed[0] == version and self.clock() < self._failed[2]:
            raise self._failed[1]
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(version))
            self._flight.add_done_callback(self._landed)
        self._held = await asyncio.shield(self._flight)
        return self._held

    def _landed(self, flight: "asyncio.Task[Stored]") -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # whoever waits gets it; nobody may be waiting any more

    async def _renew(self, version: int) -> Stored:
        """Renew a version under the lock of all processes; the first to come does the work."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + self.rules.patience.total_seconds()
        while loop.time() < patience:
            body = partial(self.vault.lock, self.owner, self.clock(), self.rules.lock)
            locked = await self.store.write(body)
            if locked is not None:
                return await self._under_lock(locked, version)
            stored = await self._stored()
            if stored.version > version:
                return stored
            await asyncio.sleep(self.rules.poll_seconds)
        raise ChannelUnavailable("another process is renewing the token")

    async def _under_lock(self, locked: Stored, version: int) -> Stored:
        if locked.version > version:
            await self._release()
            return locked
        try:
            grant = await self._exchange(locked.grant.refresh)
        except GrantRefused as refusal:
            return await self._give_up(locked, refusal)
        except RenewalUncertain:
            await self._alarm("renewal_uncertain")
            error = ChannelUnavailable("no answer while renewing the token")
            raise await self._pause(locked, error) from None
        except SendError as error:
            await self._alarm("renewal_failed", error=str(error))
            await self._release()
            raise
        except BaseException:
            await self._release()
            raise
        return await self._keep(grant, locked)

    async def _exchange(self, refresh: str) -> Grant:
        """Exchange a refresh token; without an answer the same one is tried once more, because
        the first request may never have arrived."""
        try:
            return await self.exchange(refresh)
        except RenewalUncertain:
            self.count("channel_token", "tried_again")
            return await self.exchange(refresh)

    async def _keep(self, grant: Grant, over: Stored) -> Stored:
        """Keep the new pair in hand until the database takes it: it is known nowhere else."""
        pause = 0.1
        while True:
            try:
                stored = await self.store.write(partial(self.vault.keep, grant, over, self.clock()))
            except StoreUnavailable:
                await self._alarm("new_pair_not_stored_yet")
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._failed = None
                self.count("channel_token", "refreshed")
                _log.info("access token renewed")
                return stored

    async def _give_up(self, locked: Stored, refusal: GrantRefused) -> Stored:
        """Look once more whether another process has won; otherwise only a person can help."""
        stored = await self._stored()
        if refusal.spent and stored.version > locked.version:
            await self._release()
            return stored
        await self._alarm("renewal_refused", error=str(refusal))
        error = GrantLost(f"the provider refuses to renew the token: {refusal}")
        raise await self._pause(locked, error, refused=locked.version) from refusal

    async def _pause(
        self, locked: Stored, error: SendError, *, refused: int | None = None
    ) -> SendError:
        """Leave the provider alone for a while: asking again and again would change nothing."""
        self._failed = (locked.version, error, self.clock() + self.rules.pause)
        await self._release(refused)
        return error

    async def _release(self, refused: int | None = None) -> None:
        body = partial(self.vault.release, self.owner, refused, self.clock())
        await self.store.write(body)

    async def _check_permission(self) -> None:
        """Raise ConsentRevoked where the account's administrator took the permission back."""
        now = self.clock()
        if self._allowed_until is not None and now < self._allowed_until:
            return
        if await self.store.read(partial(revoked_at, account=self.vault.account)):
            raise ConsentRevoked
        self._allowed_until = now + self.rules.fresh

    async def _alarm(self, what: str, **more: object) -> None:
        """Count, log and, where the database can take it, write down what went wrong."""
        self.count("channel_token", what)
        _log.error("an administrator must look after a token", what=what, **more)
        channel = self.vault.account.partition(":")[0]

        def body(connection: Connection) -> Done[None]:
            note(connection, channel, what, more, self.clock())
            return Done(None)

        with suppress(StoreUnavailable):
            await self.store.write(body)
