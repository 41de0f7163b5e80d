"""What a trial of a channel found, by comparing three books: acknowledged, recorded, shown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.delivery.backlog import backlog
from bot.messages import Outgoing
from bot.questions.history import verify
from bot.tables.delivery import conversation, inbox, message, outbox
from handlers.zalo.requests import bodies

#: the parts in which a message to an address is shown
Texts = Callable[[str, Outgoing], tuple[str, ...]]


@dataclass
class Tally:
    """The result for one kind of fault; lost, doubled and disordered name citizens."""

    kills: int = 0
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    unknown: int = 0
    doubtful: int = 0
    recovery: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing happened that the ledger does not list."""
        return not (self.lost or self.doubled or self.disordered)


@dataclass(frozen=True, slots=True)
class Intended:
    """A recorded message as the channel should show it; a long one has several parts."""

    texts: tuple[str, ...]
    state: str
    doubts: int


def at_zalo(address: str, message: Outgoing) -> tuple[str, ...]:
    """Return the parts in which Zalo shows a message."""
    return tuple(body["message"]["text"] for body in bodies(address, message))


def intended(connection: Connection, shown_as: Texts = at_zalo) -> Mapping[str, Sequence[Intended]]:
    """Return what the ledger meant to say to each citizen, in order."""
    statement = select(
        conversation.c.address, message.c.body, outbox.c.state, outbox.c.doubts
    ).select_from(outbox.join(message, message.c.id == outbox.c.message_id).join(
        conversation, conversation.c.id == outbox.c.conversation_id
    ))  # fmt: skip
    found: defaultdict[str, list[Intended]] = defaultdict(list)
    for row in connection.execute(statement.order_by(outbox.c.id)):
        texts = shown_as(row.address, Outgoing.from_json(row.body))
        found[row.address].append(Intended(texts, row.state, row.doubts))
    return found


def accepted(connection: Connection) -> Mapping[str, int]:
    """Return how many messages of each citizen were kept and decided."""
    statement = (
        select(conversation.c.address)
        .join(inbox, inbox.c.conversation_id == conversation.c.id)
        .where(inbox.c.state == "decided")
    )
    return Counter(connection.execute(statement).scalars())


def compare(tally: Tally, citizen: str, meant: Sequence[Intended], seen: Sequence[str]) -> None:
    """Enter what one citizen saw against what was meant for them."""
    certain = [text for each in meant if each.state != "unknown" for text in each.texts]
    allowed = Counter(text for each in meant for text in each.texts * (1 + each.doubts))
    shown = Counter(seen)
    tally.unknown += sum(each.state == "unknown" for each in meant)
    tally.doubtful += sum(each.doubts > 0 for each in meant)
    if Counter(certain) - shown:
        tally.lost.append(citizen)
    if shown - allowed:
        tally.doubled.append(citizen)
    if not _in_order(certain, seen):
        tally.disordered.append(citizen)


def check_conservation(connection: Connection, acknowledged: int) -> None:
    """Everything that came in has one end, nothing is under way, every chain holds."""
    states = Counter(connection.execute(select(inbox.c.state)).scalars())
    assert set(states) <= {"decided", "noted"}, states
    assert states["decided"] == acknowledged
    ends = set(connection.execute(select(outbox.c.state)).scalars())
    assert ends <= {"sent", "unknown"}, ends
    left = backlog(connection)
    assert (left.undecided, left.unsent) == (0, 0)
    assert verify(connection, ZoneInfo("Asia/Ho_Chi_Minh")) == []


def table(tallies: Mapping[str, Tally]) -> str:
    """Return the tallies as a Markdown table."""
    head = "kills messages lost doubled disordered unknown doubtful recovery".split()
    rows = [f"| fault | {' | '.join(head)} s |", "|---" * (len(head) + 1) + "|"]
    for fault, found in tallies.items():
        figures = (
            found.kills, found.messages, len(found.lost), len(found.doubled),
            len(found.disordered), found.unknown, found.doubtful, f"{found.recovery:.1f}",
        )  # fmt: skip
        rows.append(f"| {fault} | {' | '.join(map(str, figures))} |")
    return "\n".join(rows)


def _in_order(wanted: Iterable[str], seen: Sequence[str]) -> bool:
    rest = iter(seen)
    return all(any(text == shown for shown in rest) for text in wanted)
