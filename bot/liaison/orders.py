"""What officers may order from a messenger, and what a button of ours carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: begins what the button under a notice carries; the code of the question follows
CLAIM = "#lk:claim:"


class Doing(StrEnum):
    """What is ordered; the first two by commands of these names."""

    LINK = "lienket"
    UNLINK = "golienket"
    CLAIM = "claim"
    REMOVED = "removed"  # the bot was taken out of the group
    MOVED = "moved"  # the group has a new id


@dataclass(frozen=True, slots=True)
class Order:
    """An order: by whom, in which chat; `group` is its title, "" in a private chat."""

    channel: str
    doing: Doing
    chat: str
    sender: str
    argument: str = ""
    group: str = ""

    @classmethod
    def of(cls, channel: str, detail: Mapping[str, Any]) -> "Order | None":
        """Return the order that the detail of an event holds, None where there is none."""
        if "order" not in detail:
            return None
        told = {name: str(detail.get(name, "")) for name in ("chat", "sender", "argument", "group")}
        return cls(channel, Doing(detail["order"]), **told)
