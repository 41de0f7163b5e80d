"""Every table of the service; importing this package completes the metadata."""

from bot.tables import (
    broadcasts,
    channels,
    delivery,
    desk,
    directory,
    knowledge,
    learning,
    operations,
    reach,
    segments,
)
from bot.tables.base import metadata

__all__ = [
    "broadcasts",
    "channels",
    "delivery",
    "desk",
    "directory",
    "knowledge",
    "learning",
    "metadata",
    "operations",
    "reach",
    "segments",
]
