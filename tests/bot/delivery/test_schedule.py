"""Scheduled work: once per period, whatever the number of processes, and nothing owed is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, delete, insert

from bot.delivery.schedule import GivenUp, Periodic, Schedule, daily, every
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import slot
from bot.tables.nodes import node
from tests.bot.delivery.samples import NOW, Ticker, rows

pytestmark = pytest.mark.engines

T = TypeVar("T")

HOUR = timedelta(hours=1)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Work:
    """Records the slots it was run for, failing as told."""

    def __init__(self, failures: int = 0) -> None:
        self.done: list[datetime] = []
        self.failures = failures

    async def __call__(self, moment: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise LookupError
        self.done.append(moment)


def schedule(
    store: Store,
    clock: Ticker,
    job: Callable[[datetime], Coroutine[None, None, None]],
    owner: str = "a",
    catch_up: bool = True,
) -> Schedule:
    periodic = Periodic("hourly", every(HOUR), job, catch_up=catch_up)
    return Schedule(store, [periodic], owner, clock)


async def join(store: Store, *owners: str) -> None:
    living = [{"owner": owner, "beats": 0, "joined_at": NOW} for owner in owners]
    await store.write(lambda c: Done(c.execute(insert(node), living).rowcount))


async def bury(store: Store, owner: str) -> None:
    await store.write(lambda c: Done(c.execute(delete(node).where(node.c.owner == owner)).rowcount))


async def until(holds: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    async with asyncio.timeout(5):
        while not holds():
            meanwhile()
            await asyncio.sleep(0.01)


async def test_the_first_sight_of_a_schedule_owes_nothing(store: Store) -> None:
    clock, work = Ticker(), Work()
    await schedule(store, clock, work).tick()
    assert work.done == []
    clock.advance(hours=1)
    await schedule(store, clock, work).tick()
    assert work.done == [NOW + HOUR]


@pytest.mark.parametrize(
    ("catch_up", "slots"),
    [
        pytest.param(True, [1, 2, 3], id="every slot is owed"),
        pytest.param(False, [3], id="only the last is owed"),
    ],
)
async def test_slots_missed_while_the_service_was_down(
    store: Store, catch_up: bool, slots: list[int]
) -> None:
    clock, work = Ticker(), Work()
    await schedule(store, clock, work, catch_up=catch_up).tick()
    clock.advance(hours=3, minutes=20)
    await schedule(store, clock, work, catch_up=catch_up).tick()
    assert work.done == [NOW + n * HOUR for n in slots]


async def test_several_processes_run_a_slot_once(store: Store) -> None:
    clock, work = Ticker(), Work()
    await join(store, *"abcd")
    nodes = [schedule(store, clock, work, owner) for owner in "abcd"]
    await nodes[0].tick()
    clock.advance(hours=5)
    await asyncio.gather(*(node.tick() for node in nodes))
    assert sorted(work.done) == [NOW + n * HOUR for n in range(1, 6)]


async def test_a_failed_slot_is_tried_again_and_then_left_to_a_person(store: Store) -> None:
    clock, work = Ticker(), Work(failures=100)
    for _ in range(12):
        await schedule(store, clock, work).tick()
        clock.advance(minutes=10)
    found = (await store.read(lambda connection: rows(connection, slot)))[-1]
    assert (found["state"], found["reason"], found["attempts"]) == ("failed", "LookupError", 5)


async def test_a_failed_slot_that_works_later_is_done(store: Store) -> None:
    clock, work = Ticker(), Work()
    one = schedule(store, clock, work)
    await one.tick()
    clock.advance(hours=1)
    work.failures = 1
    for _ in range(3):
        await one.tick()
        clock.advance(minutes=2)
    assert work.done == [NOW + HOUR]


async def die(_moment: datetime) -> None:
    raise asyncio.CancelledError


async def left_behind(store: Store, clock: Ticker) -> None:
    """Let "dead" begin a slot and end it never."""
    dead = schedule(store, clock, die, "dead")
    await dead.tick()
    clock.advance(hours=1)
    with pytest.raises(asyncio.CancelledError):
        await dead.tick()


async def test_a_slot_is_its_runners_as_long_as_that_lives(store: Store) -> None:
    clock, work = Ticker(), Work()
    heir = schedule(store, clock, work, "heir")
    await join(store, "dead", "heir")
    await left_behind(store, clock)
    clock.advance(minutes=50)
    await heir.tick()
    assert work.done == []
    await bury(store, "dead")
    await heir.tick()
    assert work.done == [NOW + HOUR]


async def test_a_service_that_is_alone_goes_on_where_it_died(store: Store) -> None:
    clock, work = Ticker(), Work()
    await left_behind(store, clock)
    heir = schedule(store, clock, work, "heir")
    await heir.start()
    await until(lambda: bool(work.done))
    await heir.stop()
    assert work.done == [NOW + HOUR]


async def test_who_is_taken_for_dead_breaks_off_and_goes_on_when_it_is_back(store: Store) -> None:
    async def drag(_moment: datetime) -> None:
        slow.holds = lambda: False
        await asyncio.Event().wait()

    clock, work = Ticker(), Work()
    slow = schedule(store, clock, drag)
    await slow.tick()
    clock.advance(hours=1)
    with pytest.raises(GivenUp):
        await slow.tick()
    await schedule(store, clock, work).tick()
    assert work.done == [NOW + HOUR]


async def test_what_was_done_while_the_database_went_away_is_not_done_again(store: Store) -> None:
    class Away:
        """A store that cannot be written to once, at the end of a job."""

        read = store.read

        async def write(self, body: Callable[[Connection], Done[T]]) -> T:
            if work.done and not refused:
                refused.append(NOW)
                raise StoreUnavailable
            return await store.write(body)

    clock, work, refused = Ticker(), Work(), list[datetime]()
    one = schedule(cast(Store, Away()), clock, work)
    one.tick_every = 0.001
    await one.tick()
    clock.advance(hours=1)
    await one.tick()
    await one.tick()
    assert (work.done, refused) == ([NOW + HOUR], [NOW])


async def test_a_long_job_holds_up_no_other_schedule(store: Store) -> None:
    async def drag(_moment: datetime) -> None:
        await asyncio.Event().wait()

    clock, work = Ticker(), Work()
    both = [Periodic("long", every(HOUR), drag), Periodic("short", every(HOUR), work)]
    one = Schedule(store, both, "a", clock, tick_every=0.001)
    await one.start()
    await until(lambda: bool(work.done), lambda: clock.advance(hours=1))
    seen = len(work.done)
    await until(lambda: len(work.done) > seen, lambda: clock.advance(hours=1))
    await one.stop()


def test_a_daily_slot_is_at_local_time() -> None:
    slots = daily(time(7, 0), HANOI)
    found = slots(datetime(2026, 11, 20, 0, 0, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
    assert found == [
        datetime(2026, 11, 21, 7, 0, tzinfo=HANOI),
        datetime(2026, 11, 22, 7, tzinfo=HANOI),
    ]


def test_slots_of_a_period_do_not_depend_on_how_often_one_looks() -> None:
    slots = every(timedelta(minutes=7))
    whole = slots(NOW, NOW + 5 * HOUR)
    parts = [m for n in range(5) for m in slots(NOW + n * HOUR, NOW + (n + 1) * HOUR)]
    assert whole == parts
