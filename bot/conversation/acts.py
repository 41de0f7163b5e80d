"""What a turn does: frozen deeds, performed in order when the plan is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.conversation.state import Memory
from bot.messages import Button, Outgoing
from bot.questions.life import State
from bot.reach.roads import Road
from knowledge.decisions import MatterKind


@dataclass(frozen=True, slots=True)
class Open:
    """Put a question on record; `media` are transcript rows that belong to it."""

    text: str
    matter: MatterKind
    agency: str
    commune: str = ""
    start: State = State.QUEUED
    answer: str = ""
    decision: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Settle:
    """The citizen took one of the choices, that entry, and got its answer."""

    question: int
    answer: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Hand a question that is on record to an agency's desk; `reason` by code."""

    question: int
    agency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Add:
    """Tie words or pictures to an open question."""

    question: int
    text: str
    media: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """The asker told where they live: the question goes to that commune's desk."""

    question: int
    agency: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Close a question at its asker's wish."""

    question: int


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open an answered question again."""

    question: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """1 satisfied, 2 acceptable, 3 not satisfied."""

    question: int
    score: int


@dataclass(frozen=True, slots=True)
class Consent:
    """A use agreed to or not, under the words of a message id."""

    question: int
    use: str
    granted: bool
    wording: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Withdraw every consent given for a question."""

    question: int


@dataclass(frozen=True, slots=True)
class NoteMinor:
    """The asker said to be younger than eighteen: nothing of theirs goes public."""


@dataclass(frozen=True, slots=True)
class ProposeAlias:
    """The citizen confirmed that these words meant this entry; somebody reviews it later."""

    entry: str
    text: str


@dataclass(frozen=True, slots=True)
class ChooseRoad:
    """The asker says how the answer is to come; a number is kept apart and hidden elsewhere."""

    question: int
    road: Road
    wording: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """The asker pressed the button of a progress message."""


@dataclass(frozen=True, slots=True)
class DropMedia:
    """Do not keep or show what these transcript rows carry: a picture of an identity paper."""

    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that needs the code and due date of the question just filed."""

    wording: str
    agency: str
    code: str = ""  # empty for a question that gets its code on opening
    buttons: tuple[Button, ...] = ()
    decision: str = "handoff"
    before: str = ""  # words that the receipt begins with


Act: TypeAlias = (
    Open
    | Settle
    | Queue
    | Add
    | Route
    | Withdraw
    | Reopen
    | Rate
    | Consent
    | TakeBack
    | NoteMinor
    | ProposeAlias
    | ChooseRoad
    | StillWaiting
    | DropMedia
)
Reply: TypeAlias = Outgoing | Receipt


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one thought: the new memory, and acts and replies in order.

    `cited` are the entries that a reply rests on: they must still be public when recorded.
    """

    memory: Memory
    deeds: tuple[Act | Reply, ...] = ()
    cited: tuple[str, ...] = ()

    @property
    def replies(self) -> tuple[Reply, ...]:
        """Return what the citizen will read."""
        return tuple(deed for deed in self.deeds if isinstance(deed, Outgoing | Receipt))

    @property
    def acts(self) -> tuple[Act, ...]:
        """Return what will be done."""
        return tuple(deed for deed in self.deeds if not isinstance(deed, Outgoing | Receipt))
