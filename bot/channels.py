"""The port every channel implements, and the ways in which sending can fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.errors import BotError
from bot.messages import Incoming, Outgoing


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel accepted a message; `message_ids` are the provider's, one per part."""

    message_ids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One outbox row on its way to a citizen."""

    outbox_id: int
    conversation_id: int
    address: str
    message: Outgoing


class Channel(Protocol):
    """A way to and from citizens. Everything a channel knows stays behind these names."""

    name: str

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the events of one provider request, empty for what is knowingly ignored.

        Raises UnreadablePayload for bytes the channel cannot recognise.
        """

    async def send(self, delivery: Delivery) -> Sent:
        """Send one message, or raise one of the SendError family."""


class UnreadablePayload(BotError):
    """The provider's request could not be read."""


class SendError(BotError):
    """A message could not be delivered."""

    retryable = False
    retry_after: float | None = None  # seconds, where the provider says so


class ChannelUnavailable(SendError):
    """The provider refused the connection or answered 5xx before taking the message."""

    retryable = True


class RateLimited(SendError):
    """The provider asks to slow down, `everywhere` or only where the message was for."""

    retryable = True

    def __init__(
        self, retry_after: float, message: str | None = None, *, everywhere: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.everywhere = everywhere


class OutcomeUnknown(SendError):
    """The request went out and no answer came: the message may have arrived or not."""


class WindowClosed(SendError):
    """The channel lets nobody write until the citizen writes again."""


class Lapsed(SendError):
    """The message is older than it may be."""


class RecipientGone(SendError):
    """The citizen has blocked or left the channel."""


class MessageRefused(SendError):
    """The provider refused this message; sending it again would fail again."""


class ChannelMisconfigured(SendError):
    """The provider rejects our account, token or permission: an administrator must act."""
