"""Every table of the service; importing this package completes the metadata."""

from bot.tables import (
    broadcasts,
    channels,
    delivery,
    desk,
    directory,
    knowledge,
    learning,
    liaison,
    media,
    nodes,
    operations,
    polling,
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
    "liaison",
    "media",
    "metadata",
    "nodes",
    "operations",
    "polling",
    "reach",
    "segments",
]
