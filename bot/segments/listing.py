"""The segment as a value: its items in order, as programs and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice reads aloud."""

    voice: str  # "mc" or "agency"
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answer: masked, edited, approved by an editor."""

    id: int
    order: int
    question: str
    answer: str
    agency: str
    askers: int
    seconds: int
    basis: str
    signer: str
    answered_on: date
    spoken: tuple[Line, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the contract's shape of an item."""
        return {
            "id": self.id,
            "order": self.order,
            "question": self.question,
            "answer": self.answer,
            "agency": self.agency,
            "askers": self.askers,
            "seconds": self.seconds,
            "basis": self.basis,
            "signer": self.signer,
            "answered_on": self.answered_on.isoformat(),
            "spoken": [{"voice": line.voice, "text": line.text} for line in self.spoken],
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """A month's list; `status` is open, locked, published or aired."""

    month: str
    air_date: date
    theme: str
    status: str
    items: Sequence[Item] = field(default_factory=tuple)

    @property
    def seconds(self) -> int:
        """Return the speaking time of all items."""
        return sum(item.seconds for item in self.items)

    @property
    def published(self) -> bool:
        """Whether everybody may see the list."""
        return self.status in {"published", "aired"}

    def as_json(self) -> dict[str, Any]:
        """Return the contract's segment JSON."""
        return {
            "month": self.month,
            "air_date": self.air_date.isoformat(),
            "theme": self.theme,
            "status": self.status,
            "seconds": self.seconds,
            "items": [item.as_json() for item in self.items],
        }
