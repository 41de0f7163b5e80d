"""The only door to the database: all writes through `write`, all reads through `read`.

Bodies are plain functions over a SQLAlchemy Connection. They never match, hash passwords,
render or call out, and never commit: the store does, and fires the wakes after the commit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from sqlalchemy import Connection

from bot.errors import BotError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wake:
    """Somebody should look at a conversation: its inbox ("decide") or its outbox ("send")."""

    conversation_id: int
    at: datetime | None = None  # None means now


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a write body returns: its value, and whom to wake once it is durable."""

    value: T
    wakes: tuple[Wake, ...] = ()


class JointBody(Generic[T]):
    """A body that a store may run together with others of its kind that wait beside it."""

    __slots__ = ()

    #: whether somebody waits for it on the line; where not, SQLite runs it alone
    urgent: ClassVar[bool] = True

    def __call__(self, connection: Connection) -> Done[T]:
        """Run alone."""
        raise NotImplementedError

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Done[T]]:
        """Do for all of them what they would do one after the other, in fewer statements.

        Where that is not possible it raises whatever it likes: nothing of it is kept then, and
        they are run one after the other.
        """
        raise NotImplementedError


class JointLook(Generic[T]):
    """A body that reads, and that a store may run together with others of its kind."""

    __slots__ = ()

    def __call__(self, connection: Connection) -> T:
        """Run alone."""
        raise NotImplementedError

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[T]:
        """Return what each would, in fewer statements, or raise whatever it likes."""
        raise NotImplementedError


class NotTogether(BotError):
    """One of these bodies must be run by itself."""


class Store(Protocol):
    """Durable state. A body that raises changes nothing; its neighbours are unaffected."""

    async def write(self, body: Callable[[Connection], Done[T]]) -> T:
        """Run `body` in a transaction, return its value after the commit.

        It may be run more than once before it is kept: what it changes is in the database only.
        Raises StoreUnavailable when the database cannot take writes now.
        """

    async def read(self, body: Callable[[Connection], T]) -> T:
        """Run `body` on a read-only snapshot."""

    async def close(self) -> None:
        """Finish what was accepted and let go of the database."""


class StoreUnavailable(BotError):
    """The database cannot take this now (full, locked or gone); nothing was changed."""


def ignore_wake(_wake: Wake) -> None:
    """Commands have nobody to wake: the service sweeps what is open."""
