"""What understanding a message yields."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge.entries import Facet

#: topic of choices that were all named in one message
SEVERAL = "several"


class DecisionKind(StrEnum):
    """What to do with a message."""

    ANSWER = "answer"  # one entry, sure
    CHOICES = "choices"  # two to four entries, best first
    HANDOFF = "handoff"  # to an agency's queue
    SMALLTALK = "smalltalk"  # a short polite reply, no ticket
    EMERGENCY = "emergency"  # a number first


class MatterKind(StrEnum):
    """What the citizen brings, as the law tells it apart."""

    QUESTION = "question"
    FEEDBACK = "feedback"  # phản ánh, kiến nghị
    COMPLAINT = "complaint"  # khiếu nại
    DENUNCIATION = "denunciation"  # tố cáo


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of matching one message (contract: `python -m bot match`).

    `entries` and `codes` are best first, up to ten, whatever the kind. `topic` refines small
    talk and emergencies ("greeting", "thanks", "abuse", "spam", "injection", "chatter",
    "fire", "crime", "medical", "drowning", "suicide", "child"). `reason` is what a
    coordinator can read. `standalone` is false for a fragment without content that should
    wait for the rest of the thought. `offered` is how many of the first entries are worth
    putting to the citizen as choices (0: nothing is offered).
    """

    kind: DecisionKind
    entries: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    facet: Facet | None = None
    agency: str | None = None
    commune: str | None = None
    matter: MatterKind = MatterKind.QUESTION
    confidence: float = 0.0
    topic: str = ""
    reason: str = ""
    standalone: bool = True
    version: str = ""
    offered: int = 0
