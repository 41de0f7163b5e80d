"""The port through which a channel's files are fetched, and the ways in which that may fail."""

from typing import Protocol

from bot.errors import BotError
from bot.messages import Attachment


class MediaSource(Protocol):
    """Fetches what a message of one channel refers to."""

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Return the bytes, at most so many; raise one of the MediaFailure family.

        Any other failure counts as MediaUnavailable.
        """


class MediaFailure(BotError):
    """A file could not be fetched."""


class MediaUnavailable(MediaFailure):
    """The provider does not answer now: to be tried again."""


class MediaGone(MediaFailure):
    """The provider has the file no longer."""


class MediaTooLarge(MediaFailure):
    """The file is larger than what is kept."""


class MediaRefused(MediaFailure):
    """The address is none that files are fetched from."""
