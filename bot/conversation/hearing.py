"""A turn's events cut into thoughts: what belongs together is understood together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.cues import Cue, command_in, cue_in, names_identity_paper
from bot.conversation.facets import asked_facet
from bot.conversation.payloads import is_payload
from bot.conversation.words import bare, is_no, is_yes, number_in
from bot.delivery.turns import Pending
from bot.messages import IDENTITY_PAPER, Attachment, IncomingKind
from bot.questions.codes import find_code
from knowledge.decisions import Decision, DecisionKind

#: more texts than this in one turn are read as one thought
MOST_APART = 12
LONGEST = 8000
#: as many as are offered
MOST_CHOICES = 4
_ADDITION_WORDS = 5
_OF_NO_USE = frozenset(
    {
        IncomingKind.LEFT,
        IncomingKind.DELIVERED,
        IncomingKind.SEEN,
        IncomingKind.ECHO,
        IncomingKind.OTHER,
    }
)

#: cues of a thought that may have more parts
_PIECES = (None, Cue.OPENER, Cue.INTRODUCED, Cue.PLACE, Cue.AND_THEN, Cue.NUISANCE)

Understand = Callable[[str], Decision]


@dataclass(frozen=True, slots=True)
class Thought:
    """Consecutive events that mean one thing. `through` is the last one's place in the inbox."""

    kind: IncomingKind
    text: str
    pending: tuple[Pending, ...]

    @property
    def through(self) -> int:
        """Return the seq of the last event."""
        return self.pending[-1].seq

    @property
    def last_at(self) -> datetime:
        """Return when the last event came in."""
        return max(item.received_at for item in self.pending)

    @property
    def payload(self) -> str:
        """Return the payload of a button, pressed or arrived as text."""
        pressed = self.pending[-1].event.payload
        return next((text for text in (pressed, self.text) if is_payload(text)), "")

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Return everything attached."""
        return tuple(a for item in self.pending for a in item.event.attachments)

    @property
    def is_of_an_album(self) -> bool:
        """Whether the channel says that its pictures come in a row."""
        return any(item.event.detail.get("album") for item in self.pending)

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Return the transcript rows of the events."""
        return tuple(item.message_id for item in self.pending if item.message_id)

    @property
    def quotes(self) -> tuple[str, ...]:
        """Return the provider's ids of the messages that are quoted or reacted to."""
        return tuple(ref for item in self.pending for ref in item.event.refers_to)


def thoughts(pending: Sequence[Pending], understand: Understand) -> list[Thought]:
    """Cut a turn into thoughts, in order.

    `understand` decides a text by itself, outside any conversation. Pictures that come in a
    row are one thought; so are a fragment and what completes it.
    """
    found: list[Thought] = []
    flood = sum(item.event.kind is IncomingKind.TEXT for item in pending) > MOST_APART
    for item in pending:
        if item.event.kind in _OF_NO_USE:
            continue
        if found and (flood or _belongs(found[-1], item, understand)) and _joinable(found, item):
            found[-1] = _joined(found[-1], item)
        else:
            found.append(Thought(_kind(item), _text(item)[:LONGEST], (item,)))
    return found


def is_order(text: str) -> bool:
    """Whether a text answers or orders something by itself, so that it is never half a thought."""
    return bool(
        is_payload(text)
        or number_in(text) is not None
        or is_yes(text)
        or is_no(text)
        or command_in(text)
        or find_code(text)
        or cue_in(text) not in _PIECES
        or not bare(text)
    )


def _kind(item: Pending) -> IncomingKind:
    if is_payload(item.event.payload):
        return IncomingKind.BUTTON
    return IncomingKind.TEXT if item.event.payload else item.event.kind


def _text(item: Pending) -> str:
    """Return the words of an event; a visible payload reads as the citizen would say it."""
    return item.event.text or ("" if is_payload(item.event.payload) else item.event.payload)


def _joinable(found: Sequence[Thought], item: Pending) -> bool:
    return found[-1].kind is _kind(item) and found[-1].kind in (
        IncomingKind.TEXT,
        IncomingKind.ATTACHMENT,
        IncomingKind.STICKER,
        IncomingKind.REACTION,
    )


def _belongs(before: Thought, item: Pending, understand: Understand) -> bool:
    if before.kind is not IncomingKind.TEXT:
        return True
    text = _text(item)
    if item.event.refers_to or is_order(before.text):
        return False
    if cue_in(text) is Cue.PLACE:
        return True
    if is_order(text):
        return False
    first, second = understand(before.text), understand(text)
    if DecisionKind.EMERGENCY in (first.kind, second.kind):
        return False
    if asked_facet(text) or _goes_on(before.text, first, text, second, understand):
        return True
    if is_fragment(before.text, first) or is_fragment(text, second):
        return True
    is_short = len(bare(text).split()) <= _ADDITION_WORDS
    return is_short and second.kind is DecisionKind.HANDOFF


def _goes_on(
    said: str, first: Decision, text: str, second: Decision, understand: Understand
) -> bool:
    """Whether an unsure text still means the matter before it, when both are read as one."""
    if not first.entries or second.kind is not DecisionKind.CHOICES:
        return False
    joint = understand(f"{said}\n{text}").entries[:1]
    return bool(joint) and joint[0] in first.entries[:MOST_CHOICES]


def _joined(before: Thought, item: Pending) -> Thought:
    text = "\n".join(part for part in (before.text, _text(item)) if part)
    return Thought(before.kind, text[:LONGEST], (*before.pending, item))


def is_fragment(text: str, decision: Decision) -> bool:
    """Whether a text may be a piece of a thought: without a matter of its own, and short.

    "cho hỏi chút" may be understood as chatter and still begin a question.
    """
    if not decision.standalone or cue_in(text) in (Cue.OPENER, Cue.INTRODUCED):
        return True
    is_idle = decision.kind is DecisionKind.SMALLTALK and decision.topic in ("chatter", "greeting")
    return is_idle and len(bare(text).split()) <= _ADDITION_WORDS


def may_wait(thought: Thought, decision: Decision | None) -> bool:
    """Whether the thought could be the beginning of one, or more pictures of its album may come."""
    if thought.is_of_an_album:
        return decision is None or decision.kind is not DecisionKind.EMERGENCY
    is_plain = thought.kind is IncomingKind.TEXT and not is_order(thought.text)
    return is_plain and decision is not None and is_fragment(thought.text, decision)


def shows_identity_paper(thought: Thought) -> bool:
    """Whether a picture was seen to show an identity paper, or its own words say so."""
    is_seen = any(each.url == IDENTITY_PAPER for each in thought.attachments)
    return is_seen or names_identity_paper(thought.text)
