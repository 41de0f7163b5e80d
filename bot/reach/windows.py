"""How long after a citizen's last interaction a channel lets us write. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.messages import IncomingKind

#: what opens a window anew: messages of all sorts, calls, following the account. Receipts never
#: do; a reaction is not on Zalo's list, so it is not relied on
OPENING = frozenset(
    {
        IncomingKind.TEXT,
        IncomingKind.BUTTON,
        IncomingKind.ATTACHMENT,
        IncomingKind.STICKER,
        IncomingKind.CALL,
        IncomingKind.OPENED,
    }
)
#: a window that ends sooner than this is worth a word, while it can still be said
ENDING = timedelta(hours=36)
#: after so many words without an echo we keep quiet
MOST_UNANSWERED = 2
DAY_BEGINS, DAY_ENDS = time(7), time(20)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a channel allows: messages free of charge for a while, then charged, then none."""

    free: timedelta
    possible: timedelta


#: channels that are not named here let us write at any time
RULES = {"zalo": Rule(timedelta(hours=48), timedelta(days=7))}


@dataclass(frozen=True, slots=True)
class Window:
    """The window that a citizen's last interaction opened, both ends included."""

    free_until: datetime
    possible_until: datetime

    def is_free(self, now: datetime) -> bool:
        """Whether writing now costs nothing."""
        return now <= self.free_until

    def is_open(self, now: datetime) -> bool:
        """Whether one may write now."""
        return now <= self.possible_until

    def is_ending(self, now: datetime) -> bool:
        """Whether it is open and ends within 36 hours."""
        return self.is_open(now) and self.possible_until - now <= ENDING


def has_window(channel: str) -> bool:
    """Whether a channel closes by itself."""
    return channel in RULES


def window(channel: str, opened_at: datetime | None) -> Window | None:
    """Return the window of a citizen, None where the channel has none or nobody knows it.

    `opened_at` is the last interaction of a kind in OPENING; for a citizen who never had one it
    is None, and then only the channel itself can say whether it lets us write.
    """
    rule = RULES.get(channel)
    if rule is None or opened_at is None:
        return None
    return Window(opened_at + rule.free, opened_at + rule.possible)


def is_closed(channel: str, opened_at: datetime | None, now: datetime) -> bool:
    """Whether we know that the channel would turn a message away."""
    found = window(channel, opened_at)
    return found is not None and not found.is_open(now)


def opens(kind: IncomingKind, at: datetime, now: datetime) -> datetime | None:
    """Return from when an event's window counts, None for an event that opens none.

    The provider counts from when it happened, which may be long before it reached us.
    """
    return min(at, now) if kind in OPENING else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A progress message: the end of the window it was sent in, and what came of it.

    `echoed_at` is the first sign of life after it; `confirmed` means that its own button was
    pressed, however late.
    """

    window_ended: datetime
    echoed_at: datetime | None = None
    confirmed: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the citizen answered, or wrote anything while it mattered."""
        in_time = self.echoed_at is not None and self.echoed_at <= self.window_ended
        return self.confirmed or in_time


def unanswered(asked: Sequence[Asked]) -> int:
    """Return how many of the latest progress messages, oldest first, nobody answered."""
    count = 0
    for each in reversed(asked):
        if each.is_answered:
            break
        count += 1
    return count


def may_ask(found: Window, asked: Sequence[Asked], local_now: datetime) -> bool:
    """Whether a progress message is due: by day, at the window's end, once, not in vain."""
    if not found.is_ending(local_now) or not is_daytime(local_now):
        return False
    if asked and asked[-1].window_ended >= found.possible_until:
        return False
    return unanswered(asked) < MOST_UNANSWERED


def is_daytime(local: datetime) -> bool:
    """Whether a telephone may ring at this moment of the local clock."""
    return DAY_BEGINS <= local.time() < DAY_ENDS


def day_ends(local: datetime) -> datetime:
    """Return when this local day becomes too late to write of one's own accord."""
    return datetime.combine(local.date(), DAY_ENDS, local.tzinfo)
