"""The life of a question: which act leads from which state to which, and nothing else."""

from collections.abc import Iterable
from enum import StrEnum

from bot.errors import BotError


class State(StrEnum):
    """Where a question stands. Being sealed from publication is a mark beside the state."""

    RECEIVED = "received"
    AUTO_ANSWERED = "auto_answered"
    CHOOSING = "choosing"  # the citizen was offered choices
    QUEUED = "queued"
    CLAIMED = "claimed"
    DRAFTED = "drafted"
    APPROVED = "approved"
    WAITING = "waiting"  # for the citizen; the clock pauses
    TRANSFERRED = "transferred"  # in the queue of another agency than the first
    MERGED = "merged"  # waits for the answer to the question it was merged into
    ANSWERED = "answered"
    RATED = "rated"
    REOPENED = "reopened"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Bucket(StrEnum):
    """The conservation law: each question is in exactly one of these."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Act(StrEnum):
    """What can happen to a question; the names of its events."""

    RECEIVE = "receive"
    SETTLE = "settle"  # the assistant's own answer, or a choice made
    QUEUE = "queue"  # "none of these", "not right", choices left unanswered, a merge undone
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    RATE = "rate"
    REOPEN = "reopen"
    CLAIM = "claim"
    RELEASE = "release"
    ASK = "ask"
    RESUME = "resume"  # the officer waits for the citizen no longer
    DRAFT = "draft"
    APPROVE = "approve"
    RETURN = "return"  # the leader sends a draft back
    SEND = "send"
    TRANSFER = "transfer"
    REFUSE = "refuse"
    MERGE = "merge"
    NOTE = "note"
    RECLASSIFY = "reclassify"
    CORRECT = "correct"  # an answer that was given is put right
    CONSENT = "consent"
    REVOKE = "revoke"
    RECLOCK = "reclock"
    ERASE = "erase"


class NotPossible(BotError):
    """This cannot be done to a question in its present state."""

    def __init__(self, act: Act, state: State) -> None:
        super().__init__(f"{act} is not possible when {state}")
        self.act = act
        self.state = state


#: states in which a question may be born
BIRTHS = frozenset({State.RECEIVED, State.AUTO_ANSWERED, State.CHOOSING, State.QUEUED})

#: free to be claimed by an officer of the agency
CLAIMABLE = frozenset({State.QUEUED, State.TRANSFERRED, State.REOPENED})

#: held by one officer
HELD = frozenset({State.CLAIMED, State.DRAFTED, State.APPROVED, State.WAITING})

_SETTLED = frozenset({State.AUTO_ANSWERED, State.ANSWERED, State.RATED})
_UNDECIDED = frozenset({State.RECEIVED, State.CHOOSING})
_AT_DESK = CLAIMABLE | HELD

#: acts that leave the state as it is
_STILL = frozenset({Act.NOTE, Act.RECLASSIFY, Act.CONSENT, Act.REVOKE, Act.RECLOCK, Act.ERASE})

_BUCKETS = {
    **dict.fromkeys(_SETTLED, Bucket.ANSWERED),
    State.REFUSED: Bucket.REFUSED,
    State.WITHDRAWN: Bucket.WITHDRAWN,
}


def _moves(act: Act, sources: Iterable[State], target: State) -> dict[tuple[Act, State], State]:
    return {(act, source): target for source in sources}


_TRANSITIONS: dict[tuple[Act, State], State] = {
    **_moves(Act.SETTLE, _UNDECIDED, State.AUTO_ANSWERED),
    **_moves(Act.QUEUE, _UNDECIDED | {State.AUTO_ANSWERED, State.MERGED}, State.QUEUED),
    **{(Act.SUPPLEMENT, state): state for state in _UNDECIDED | _AT_DESK | {State.MERGED}},
    (Act.SUPPLEMENT, State.WAITING): State.CLAIMED,
    # an approved or drafted answer no longer fits once the citizen has added something
    (Act.SUPPLEMENT, State.APPROVED): State.DRAFTED,
    **_moves(Act.WITHDRAW, _UNDECIDED | _AT_DESK | {State.MERGED}, State.WITHDRAWN),
    **_moves(Act.RATE, _SETTLED, State.RATED),
    **_moves(Act.REOPEN, _SETTLED | {State.REFUSED}, State.REOPENED),
    **_moves(Act.CLAIM, CLAIMABLE, State.CLAIMED),
    **_moves(Act.RELEASE, HELD - {State.WAITING}, State.QUEUED),
    **_moves(Act.ASK, {State.CLAIMED, State.DRAFTED, State.WAITING}, State.WAITING),
    **_moves(Act.RESUME, {State.WAITING}, State.CLAIMED),
    **_moves(Act.DRAFT, HELD - {State.WAITING}, State.DRAFTED),
    (Act.DRAFT, State.WAITING): State.WAITING,
    **_moves(Act.APPROVE, {State.DRAFTED}, State.APPROVED),
    **_moves(Act.RETURN, {State.DRAFTED, State.APPROVED}, State.CLAIMED),
    **_moves(Act.SEND, {State.DRAFTED, State.APPROVED, State.MERGED}, State.ANSWERED),
    **_moves(Act.TRANSFER, _AT_DESK, State.TRANSFERRED),
    (Act.TRANSFER, State.MERGED): State.MERGED,
    **_moves(Act.REFUSE, _AT_DESK | {State.MERGED}, State.REFUSED),
    **_moves(Act.MERGE, _AT_DESK | {State.MERGED}, State.MERGED),
    **{(Act.CORRECT, state): state for state in (State.ANSWERED, State.RATED)},
    **{(act, state): state for act in _STILL for state in State},
}


def bucket(state: State) -> Bucket:
    """Return the bucket of a state; what is in no other is open."""
    return _BUCKETS.get(state, Bucket.OPEN)


def after(state: State, act: Act) -> State:
    """Return the state an act leads to; raise NotPossible where it does not apply."""
    try:
        return _TRANSITIONS[act, state]
    except KeyError:
        raise NotPossible(act, state) from None


def possible(state: State) -> frozenset[Act]:
    """Return the acts that apply to a state."""
    return frozenset(act for act, source in _TRANSITIONS if source == state)
