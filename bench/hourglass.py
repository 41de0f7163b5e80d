"""The gate of a channel over a simulated clock: hours of waiting in seconds, by its own code."""

import asyncio
import selectors
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, create_engine

from bot.delivery.engine import sending_lanes
from bot.delivery.gate import Gate, Limits
from bot.delivery.pace import Rate, reserve
from bot.messages import Purpose
from bot.tables.delivery import pace

#: how long the provider takes over one request
CALL = 0.05
_NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
_NAME = "zalo"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way out: since when it waits, in seconds, and when it went."""

    receipt: bool
    ready: float
    out: float = 0.0

    @property
    def waited(self) -> float:
        """Seconds between the two."""
        return self.out - self.ready


class _Leap(selectors.DefaultSelector):
    """Never waits: where everybody sleeps, it is later at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.now += timeout
        return super().select(0)


class Hourglass(asyncio.SelectorEventLoop):
    """A loop whose clock runs only while everybody sleeps."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Return simulated seconds."""
        return self._leap.now


def let_out(letters: Sequence[Letter], rate: Rate) -> list[Letter]:
    """Return when each letter goes at a rate, one citizen each, through lane, gate and pace."""
    if not letters:
        return []
    books = create_engine("sqlite://")
    pace.create(books)
    with books.connect() as connection, asyncio.Runner(loop_factory=Hourglass) as runner:
        return runner.run(_let_out(letters, rate, connection))


async def _let_out(letters: Sequence[Letter], rate: Rate, books: Connection) -> list[Letter]:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    gone: list[Letter] = []

    def now() -> datetime:
        return _NOON + timedelta(seconds=loop.time())

    async def slot() -> float:
        return reserve(books, _NAME, rate, now()).total_seconds()

    gate = Gate(Limits().at_once, slot)
    lane = sending_lanes([_NAME], now)[_NAME]

    async def send(number: int) -> None:
        letter = letters[number]
        async with gate.turn(Purpose.RECEIPT if letter.receipt else Purpose.AUTOMATIC):
            gone.append(Letter(letter.receipt, letter.ready, loop.time()))
            await asyncio.sleep(CALL)
        if len(gone) == len(letters):
            done.set()

    await lane.start(send)
    for number, letter in enumerate(letters):
        loop.call_at(letter.ready, partial(lane.wake, number, urgent=letter.receipt))
    await done.wait()
    await lane.stop(0)
    return gone


def most_within(seconds: float, letters: Sequence[Letter]) -> int:
    """Return how many letters at most went in any stretch of so many seconds."""
    times = sorted(letter.out for letter in letters)
    most = first = 0
    for last, moment in enumerate(times):
        while times[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def late_receipts(letters: Sequence[Letter], margin: float) -> int:
    """Count receipts that an answer got past by more than `margin` seconds although it was ready
    only after them."""
    answers = [letter for letter in letters if not letter.receipt]
    return sum(
        any(each.ready < other.ready and other.out + margin < each.out for other in answers)
        for each in letters
        if each.receipt
    )


def early_receipts(letters: Sequence[Letter]) -> int:
    """Count receipts that went before an answer which had been ready before them."""
    answers = [letter for letter in letters if not letter.receipt]
    return sum(
        any(answer.ready < each.ready and each.out < answer.out for answer in answers)
        for each in letters
        if each.receipt
    )
