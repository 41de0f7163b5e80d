"""What every dispatcher promises; another adapter adds a line to `ADAPTERS`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.delivery.backoff import Backoff
from bot.delivery.dispatcher import Dispatcher, EmbeddedDispatcher
from bot.delivery.shared import SharedDispatcher
from bot.moments import utc_now
from bot.store import Wake

SOON = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=1), attempts=0)


@asynccontextmanager
async def embedded(concurrency: int, _request: pytest.FixtureRequest) -> AsyncIterator[Dispatcher]:
    yield EmbeddedDispatcher(concurrency, retry=SOON)


@asynccontextmanager
async def shared(concurrency: int, request: pytest.FixtureRequest) -> AsyncIterator[Dispatcher]:
    url = request.getfixturevalue("postgres_url")
    dispatcher = SharedDispatcher(url, concurrency=concurrency, retry=SOON)
    await dispatcher.open()
    yield dispatcher
    await dispatcher.close()


Adapter = Callable[[int, pytest.FixtureRequest], AbstractAsyncContextManager[Dispatcher]]
ADAPTERS = [pytest.param(embedded, id="embedded"), pytest.param(shared, id="shared")]


class Job:
    """Records its runs; each waits until it is let go."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.running: set[int] = set()
        self.go = asyncio.Event()
        self.changed = asyncio.Condition()
        self.answers: dict[int, list[datetime | Exception | None]] = {}

    async def __call__(self, conversation_id: int) -> datetime | None:
        assert conversation_id not in self.running, "twice at once"
        self.running.add(conversation_id)
        self.begun.append(conversation_id)
        await self._tell()
        await self.go.wait()
        self.running.discard(conversation_id)
        self.ended.append(conversation_id)
        await self._tell()
        answer = self.answers.get(conversation_id) or [None]
        last = answer.pop(0)
        if isinstance(last, Exception):
            raise last
        return last

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(condition)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


@pytest.fixture
def job() -> Job:
    return Job()


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    adapter: Adapter = request.param
    return adapter


@pytest.fixture
async def dispatcher(
    adapter: Adapter, request: pytest.FixtureRequest, job: Job
) -> AsyncIterator[Dispatcher]:
    async with adapter(8, request) as dispatcher:
        yield dispatcher
        job.go.set()
        await dispatcher.stop(5)


async def test_a_wake_before_the_start_is_not_lost(dispatcher: Dispatcher, job: Job) -> None:
    dispatcher.wake(1)
    job.go.set()
    await dispatcher.start(job)
    await job.until(lambda: job.ended == [1])


async def test_conversations_run_side_by_side(dispatcher: Dispatcher, job: Job) -> None:
    await dispatcher.start(job)
    for conversation_id in (1, 2, 3):
        dispatcher.wake(conversation_id)
    await job.until(lambda: job.running == {1, 2, 3})


async def test_wakes_during_a_run_make_one_more_run(dispatcher: Dispatcher, job: Job) -> None:
    await dispatcher.start(job)
    dispatcher.wake(1)
    await job.until(lambda: job.begun == [1])
    for _ in range(5):
        dispatcher.wake(1)
    job.go.set()
    await job.until(lambda: job.ended == [1, 1])
    dispatcher.wake(2)
    await job.until(lambda: job.ended == [1, 1, 2])


async def test_no_more_than_allowed_run_and_none_is_forgotten(
    adapter: Adapter, request: pytest.FixtureRequest, job: Job
) -> None:
    async with adapter(2, request) as dispatcher:
        await dispatcher.start(job)
        for conversation_id in range(6):
            dispatcher.wake(conversation_id)
        await job.until(lambda: len(job.begun) == 2)
        await asyncio.sleep(0.01)
        assert len(job.running) == 2
        job.go.set()
        await job.until(lambda: sorted(job.ended) == list(range(6)))
        await dispatcher.stop(5)


async def test_a_wake_for_later_comes(dispatcher: Dispatcher, job: Job) -> None:
    job.go.set()
    await dispatcher.start(job)
    dispatcher.wake(1, utc_now() + timedelta(milliseconds=20))
    assert job.begun == []
    await job.until(lambda: job.ended == [1])


async def test_the_earliest_of_several_moments_counts(dispatcher: Dispatcher, job: Job) -> None:
    job.go.set()
    await dispatcher.start(job)
    dispatcher.wake(1, utc_now() + timedelta(hours=1))
    dispatcher.wake(1, utc_now() + timedelta(milliseconds=5))
    dispatcher.wake(1, utc_now() + timedelta(hours=1))
    await job.until(lambda: job.ended == [1])


async def test_a_job_says_when_to_come_back(dispatcher: Dispatcher, job: Job) -> None:
    job.go.set()
    job.answers[1] = [utc_now(), utc_now() + timedelta(milliseconds=5), None]
    await dispatcher.start(job)
    dispatcher.wake(1)
    await job.until(lambda: job.ended == [1, 1, 1])


async def test_a_job_that_raises_is_run_again_and_others_go_on(
    dispatcher: Dispatcher, job: Job
) -> None:
    job.go.set()
    job.answers[1] = [LookupError(), LookupError(), None]
    await dispatcher.start(job)
    dispatcher.wake(1)
    dispatcher.wake(2)
    await job.until(lambda: sorted(job.ended) == [1, 1, 1, 2])


async def test_stopping_lets_what_runs_end_and_begins_nothing(
    dispatcher: Dispatcher, job: Job
) -> None:
    await dispatcher.start(job)
    dispatcher.wake(1)
    await job.until(lambda: job.begun == [1])
    stopping = asyncio.ensure_future(dispatcher.stop(5))
    await asyncio.sleep(0)
    dispatcher.wake(1)
    dispatcher.wake(2)
    job.go.set()
    await stopping
    assert (job.begun, job.ended) == ([1], [1])


async def test_stopping_cancels_what_outlasts_the_grace(dispatcher: Dispatcher, job: Job) -> None:
    await dispatcher.start(job)
    dispatcher.wake(1)
    await job.until(lambda: job.begun == [1])
    await dispatcher.stop(0.01)
    assert job.ended == []


async def test_urgent_ones_run_before_whoever_is_ready(job: Job) -> None:
    lane = EmbeddedDispatcher(1, retry=SOON)
    await lane.start(job)
    lane.wake(1)
    for conversation_id, urgent in ((2, False), (3, False), (4, True), (3, True), (3, False)):
        lane.wake(conversation_id, urgent=urgent)
    job.go.set()
    await job.until(lambda: len(job.ended) == 4)
    await lane.stop(1)
    assert (job.begun, lane.busy()) == ([1, 4, 3, 2], 0)


async def test_what_was_just_written_runs_before_what_a_sweep_found(job: Job) -> None:
    lane = EmbeddedDispatcher(1, retry=SOON)
    await lane.start(job)
    lane.wake(1)
    lane.wake(2)
    lane.committed(Wake(3))
    job.go.set()
    await job.until(lambda: len(job.ended) == 3)
    await lane.stop(1)
    assert job.begun == [1, 3, 2]


async def test_it_knows_whom_it_needs_no_wake_for(job: Job) -> None:
    lane = EmbeddedDispatcher(1, retry=SOON)
    await lane.start(job)
    lane.wake(1)
    lane.wake(2)
    lane.wake(3, urgent=True)
    lane.wake(4, utc_now() + timedelta(hours=1))
    assert [lane.knows(id_) for id_ in (1, 2, 3, 4, 5)] == [True] * 4 + [False]
    job.go.set()
    await job.until(lambda: len(job.ended) == 3)
    await lane.stop(1)
    assert not any(map(lane.knows, (1, 2, 3)))
