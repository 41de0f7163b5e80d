"""Access to a provider's account: a pair of tokens, of which one renews both, once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels import ChannelMisconfigured
from bot.errors import BotError


@dataclass(frozen=True, slots=True)
class Grant:
    """A pair of tokens and how long each is good. Its text shows neither."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A grant as it lies in the store; each new pair has the next version."""

    grant: Grant
    version: int
    updated_at: datetime


#: exchanges a refresh token for a new grant; the token is spent even where no answer comes
Exchange = Callable[[str], Awaitable[Grant]]


@dataclass(frozen=True, slots=True)
class KeeperRules:
    """When to renew. `lock` outlives both tries of a renewal with all their timeouts."""

    ahead: timedelta = timedelta(hours=6)
    lock: timedelta = timedelta(seconds=60)
    #: how long a process waits for another that is renewing
    patience: timedelta = timedelta(seconds=20)
    #: a token this young is not renewed because somebody did not like it
    young: timedelta = timedelta(minutes=1)
    #: no further try for so long after the provider said no
    pause: timedelta = timedelta(minutes=10)
    #: an administrator must consent again before this runs out
    last_call: timedelta = timedelta(days=14)
    #: how long stopping waits for a renewal under way
    farewell: timedelta = timedelta(seconds=3)
    poll_seconds: float = 0.25
    #: spent pairs are kept so long, to find out what happened to a consent
    history: timedelta = timedelta(days=30)
    #: how old the knowledge may be that nobody took the permission back
    fresh: timedelta = timedelta(seconds=5)


class GrantRefused(BotError):
    """The provider does not accept the refresh token, or refuses to renew for another reason."""

    def __init__(self, message: str | None = None, *, spent: bool = False) -> None:
        super().__init__(message)
        self.spent = spent  # the token was invalid or used already: another may have renewed it


class RenewalUncertain(BotError):
    """No answer came: the pair may have been renewed or not."""


class NoGrant(ChannelMisconfigured):
    """No token is stored: set the refresh token for the first start, or grant consent."""


class GrantLost(ChannelMisconfigured):
    """The provider refuses our refresh token: an administrator must grant consent again."""


class GrantUnreadable(ChannelMisconfigured):
    """The stored token cannot be decrypted: DANHOI_SECRET_KEY lacks the key it was written with."""


class ConsentRevoked(ChannelMisconfigured):
    """The account's administrator took our permission back: consent must be granted again."""
