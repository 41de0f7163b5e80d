"""What goes wrong while citizens write, and what the table of the guide calls it."""

import asyncio
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from tests.fakes.zalo.trouble import Kind
from tests.faults.fleet import Fault, Fleet

#: longer than the others wait before they take a node for dead
PAST_THE_LEASE = 8.0

_FILLINGS = 20


async def killed(nodes: Fleet) -> None:
    """Kill a process. Its neighbour goes on; alone, it is started again at once."""
    first, begun = nodes.members[0], monotonic()
    await nodes.kill(first)
    if nodes.site.nodes == 1:
        await nodes.start(first)
    await nodes.all_served(begun)
    if nodes.site.nodes > 1:
        await nodes.start(first)


async def frozen(nodes: Fleet) -> None:
    """Stop a process past its lease and let it go on as if nothing were."""
    nodes.members[0].tell(signal.SIGSTOP)
    served = asyncio.create_task(nodes.all_served())
    await asyncio.sleep(PAST_THE_LEASE)
    nodes.members[0].tell(signal.SIGCONT)
    await served
    await asyncio.sleep(2)


async def cut_off(nodes: Fleet) -> None:
    """Keep everybody from the database again and again."""
    await nodes.site.cut_off(5)
    await nodes.all_served()


async def started_anew(nodes: Fleet) -> None:
    """Let the database's server die and come back."""
    begun = monotonic()
    await nodes.site.start_anew()
    await nodes.all_served(begun)


async def filled(nodes: Fleet) -> None:
    """Fill the disk of the database until nothing is taken any more, then make room.

    Where the last messages were just taken everybody waits for an answer that finds no room,
    and nobody writes what could be refused: so it ends by itself too.
    """
    before = nodes.refused
    for _ in range(_FILLINGS):
        await asyncio.to_thread(nodes.site.fill)
        await asyncio.sleep(0.5)
        if nodes.refused > before:
            break
    await asyncio.sleep(3)
    await nodes.site.make_room()
    await nodes.all_served()


async def troubled(nodes: Fleet) -> None:
    """Delay, drop and cut what passes between us and the provider, in both directions."""
    nodes.deaf = True
    for _ in range(4):
        for kind, value in (
            (Kind.DELAY, 1.0),
            (Kind.CUT_BEFORE, 0),
            (Kind.CUT_AFTER, 0),
            (Kind.STATUS, 503),
            (Kind.MALFORMED_AFTER, 0),
        ):
            nodes.zalo.troubles.add("send", kind, value)
        await asyncio.sleep(1)
    await nodes.all_served()
    nodes.deaf = False


async def misled(nodes: Fleet) -> None:
    """Step the clock of a machine by minutes, forward and back."""
    for off in (300.0, -300.0, 0.0):
        nodes.members[0].steps.write_text(str(off))
        await asyncio.sleep(2)
    await nodes.all_served()


@dataclass(frozen=True, slots=True)
class Calamity:
    """A fault as it befalls each engine; an engine that cannot meet it is left out. `limit` is
    the seconds in which the other node has to take over."""

    befall: Fault
    titles: Mapping[str, str]
    limit: float | None = None


_SQLITE, _POSTGRES = "SQLite", "PostgreSQL"
CALAMITIES = (
    Calamity(
        killed,
        {_SQLITE: "the service killed (-9), started again", _POSTGRES: "a node killed (-9)"},
        limit=10,
    ),
    Calamity(
        frozen,
        {_SQLITE: "the service frozen for 8 s", _POSTGRES: "a node frozen for 8 s, past its lease"},
        limit=10,
    ),
    Calamity(
        cut_off,
        {
            _SQLITE: "the file held by another process for 5 s",
            _POSTGRES: "all lines to the database cut, five times",
        },
    ),
    Calamity(started_anew, {_POSTGRES: "the database's server killed, started again"}),
    Calamity(filled, {_SQLITE: "the disk full", _POSTGRES: "the disk full"}),
    Calamity(
        troubled,
        dict.fromkeys(
            (_SQLITE, _POSTGRES), "requests and answers of the provider delayed, dropped, cut"
        ),
    ),
    Calamity(
        misled,
        {
            _SQLITE: "the machine's clock stepped by ±300 s",
            _POSTGRES: "a node's clock stepped by ±300 s",
        },
    ),
)
