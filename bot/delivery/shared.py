"""A dispatcher for several nodes on one PostgreSQL: procrastinate hands out the conversations.

A conversation is a lock: one job of it runs at a time, wherever that is. What we add are the
answers to the traps that were measured (docs/decisions/0011): no queueing lock, a run that
lost its node raises instead of ending well, and jobs of dead nodes are put back by `rescue`.
"""

import asyncio
import select
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Connection
from sqlalchemy.util import await_only

from bot.delivery.backoff import Backoff
from bot.delivery.dispatcher import Job as Work
from bot.delivery.timers import Timers
from bot.errors import BotError
from bot.moments import Clock, utc_now
from bot.store import Wake
from bot.store.engines import LINE

_log = structlog.get_logger()

_QUEUE = "conversations"
#: procrastinate takes the higher one first: what was just written before what a sweep found
_FRESH, _FOUND = 1, 0
_WAITING = (
    "SELECT lock, max(priority) AS priority FROM procrastinate_jobs"
    " WHERE status = 'todo' AND lock = ANY(%(locks)s) GROUP BY lock"
)


class GivenUp(BotError):
    """The other nodes take this one for dead: its jobs are theirs."""


class _Again(BaseRetryStrategy):
    """Whatever ends a run otherwise than well leaves the job to be run again, by any node."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        """Return when: a node without its lease must not take the job again and again."""
        return RetryDecision(retry_in={"seconds": 1 if isinstance(exception, GivenUp) else 0})


@dataclass(frozen=True, slots=True)
class Tempo:
    """How often a worker shows that it lives and looks for jobs nobody announced, and after how
    many seconds without a sign of life its jobs are put back."""

    heartbeat: float = 0.75
    stalled: float = 4.0
    polling: float = 0.2
    connections: int = 6


@dataclass(slots=True)
class _Running:
    """The runs of this process: procrastinate's job of each, and who was woken meanwhile."""

    jobs: set[int] = field(default_factory=set)
    conversations: Counter[int] = field(default_factory=Counter)
    again: set[int] = field(default_factory=set)


class SharedDispatcher:
    """Runs a job for every conversation that is woken, on whichever node is free.

    `announce` belongs into the transaction that gives reason to wake, `committed` after it.
    `holds` says whether the other nodes still take this one for alive.
    """

    def __init__(
        self,
        url: str,
        holds: Callable[[], bool] = lambda: True,
        *,
        concurrency: int = 16,
        clock: Clock = utc_now,
        retry: Backoff | None = None,
        tempo: Tempo | None = None,
    ) -> None:
        self._holds = holds
        self._concurrency = concurrency
        self._clock = clock
        self._retry = retry or Backoff(timedelta(seconds=1), timedelta(minutes=1), attempts=0)
        self._tempo = tempo or Tempo()
        self._app = App(connector=_connector(url, self._tempo))
        self._app.task(name="conversation", queue=_QUEUE, pass_context=True, retry=_Again())(
            self._run
        )
        self._work: Work | None = None
        self._worker: Worker | None = None
        self._working: asyncio.Task[None] | None = None
        self._rescuing: asyncio.Task[None] | None = None
        self._putting: asyncio.Task[None] | None = None
        self._running = _Running()
        self._left: Counter[int] = Counter()
        self._due: dict[int, int] = {}
        self._suspects: frozenset[int] = frozenset()
        self._failures: Counter[int] = Counter()
        self._timers = Timers(partial(self.wake, priority=_FRESH), clock)

    async def open(self) -> None:
        """Connect; from now on conversations can be woken."""
        await self._app.open_async()

    async def close(self) -> None:
        """Let go of the connections."""
        self._timers.clear()
        if self._putting is not None:
            await asyncio.wait([self._putting], timeout=1.0)
        await self._app.close_async()

    def announce(self, connection: Connection, wakes: Sequence[Wake]) -> None:
        """Put jobs into a transaction, except for conversations that run here and now: these
        are looked at once more by the same run (see `committed`)."""
        now = [wake.conversation_id for wake in wakes if wake.at is None]
        mine = [each for each in now if self._running.conversations[each]]
        self._left.update(mine)
        others = [each for each in dict.fromkeys(now) if each not in mine]
        if others:
            jobs = dict.fromkeys(others, _FRESH)
            await_only(self._defer(jobs, connection.connection.driver_connection))

    def committed(self, wake: Wake) -> None:
        """Go on after the commit with what `announce` left to us."""
        if wake.at is not None:
            self.wake(wake.conversation_id, wake.at)
        elif self._left[wake.conversation_id]:
            self._left.subtract([wake.conversation_id])
            self._left += Counter()  # forget who has nothing left
            self.wake(wake.conversation_id, priority=_FRESH)

    def wake(
        self, conversation_id: int, at: datetime | None = None, *, priority: int = _FOUND
    ) -> None:
        """Run the job now, or at a moment; the earliest of several moments counts."""
        if self._timers.set(conversation_id, at):
            return
        if self._running.conversations[conversation_id]:
            self._running.again.add(conversation_id)
            return
        self._due[conversation_id] = max(priority, self._due.get(conversation_id, _FOUND))
        if self._putting is None or self._putting.done():
            self._putting = asyncio.create_task(self._put())

    async def start(self, job: Work) -> None:
        """Begin to work, also on what was woken before."""
        self._work = job
        self._working = asyncio.create_task(self._work_for_ever())
        self._rescuing = asyncio.create_task(self._rescue_for_ever())

    async def stop(self, grace: float) -> None:
        """Take on nothing more, give what runs `grace` seconds to end, then put it back."""
        self._work = None
        if self._working is None or self._rescuing is None:
            return
        self._rescuing.cancel()
        await asyncio.wait([self._rescuing])
        if self._worker is not None:
            self._worker.shutdown_graceful_timeout = grace
            self._worker.stop()  # type: ignore[no-untyped-call]
        _, late = await asyncio.wait([self._working], timeout=grace + 2)
        for task in late:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await self._working

    async def rescue(self) -> int:
        """Put back the jobs of workers that are gone, and those of ours that nobody runs:
        their end could not be written down. Return how many."""
        manager = self._app.job_manager
        stalled = await manager.get_stalled_jobs(
            queue=_QUEUE, seconds_since_heartbeat=self._tempo.stalled
        )
        lost = [*stalled, *await self._forgotten()]
        for job in lost:
            with suppress(ConnectorException):  # another node was faster
                await manager.retry_job(job)
        return len(lost)

    async def _rescue_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._tempo.heartbeat)
            try:
                rescued = await self.rescue()
            except ConnectorException:
                continue
            if rescued:
                _log.warning("jobs put back", jobs=rescued)

    async def _forgotten(self) -> Collection[Job]:
        """Return jobs that are said to run here and were not twice in a row."""
        worker_id = self._worker.worker_id if self._worker else None
        if worker_id is None:
            return ()
        jobs = await self._app.job_manager.list_jobs_async(status="doing", worker_id=worker_id)
        idle = {job.id: job for job in jobs if job.id not in self._running.jobs}
        suspects, self._suspects = self._suspects, frozenset(key for key in idle if key)
        return [idle[key] for key in suspects & self._suspects]

    async def _run(self, context: JobContext, conversation_id: int) -> None:
        """Work on a conversation until nothing more wakes it."""
        running, job_id = self._running, context.job.id or 0
        running.jobs.add(job_id)
        running.conversations[conversation_id] += 1
        try:
            while True:
                running.again.discard(conversation_id)
                await self._work_once(conversation_id)
                if conversation_id not in running.again:
                    break
        finally:
            running.jobs.discard(job_id)
            running.conversations[conversation_id] -= 1
            if not running.conversations[conversation_id]:
                del running.conversations[conversation_id]

    async def _work_once(self, conversation_id: int) -> None:
        if self._work is None or not self._holds():
            raise GivenUp
        try:
            again = await self._work(conversation_id)
            del self._failures[conversation_id]
        except Exception as error:  # noqa: BLE001 - one conversation must not stop the others
            again = self._after_failure(conversation_id, error)
        if not self._holds():  # what ended well may have been another's: let them look again
            raise GivenUp
        if again is not None:
            self.wake(conversation_id, again)

    def _after_failure(self, conversation_id: int, error: Exception) -> datetime:
        self._failures[conversation_id] += 1
        _log.warning("job failed", conversation=conversation_id, error=type(error).__name__)
        return self._clock() + self._retry.delay(self._failures[conversation_id])

    async def _work_for_ever(self) -> None:
        """Run procrastinate's worker, and a new one whenever the database ended the last."""
        while self._work is not None:
            self._worker = Worker(
                self._app,
                queues=[_QUEUE],
                concurrency=self._concurrency,
                install_signal_handlers=False,
                delete_jobs=DeleteJobCondition.ALWAYS,
                fetch_job_polling_interval=self._tempo.polling,
                abort_job_polling_interval=3600.0,
                update_heartbeat_interval=self._tempo.heartbeat,
                stalled_worker_timeout=self._tempo.stalled,
            )
            with suppress(ConnectorException, psycopg.Error, OSError):
                await self._worker.run()  # type: ignore[no-untyped-call]
            if self._work is not None:
                _log.warning("the queue broke off and is taken up again")
                await asyncio.sleep(0.5)

    async def _put(self) -> None:
        """Put jobs for what is due, except where one waits already: that one will see it all."""
        while self._due:
            due, self._due = self._due, {}
            try:
                locks = [str(each) for each in due]
                rows = await self._app.connector.execute_query_all_async(_WAITING, locks=locks)
                waiting = {int(row["lock"]): row["priority"] for row in rows}
                await self._defer(
                    {key: wanted for key, wanted in due.items() if waiting.get(key, -1) < wanted}
                )
            except ConnectorException:  # the sweeper will find them again
                _log.warning("wakes put off: the database is unavailable", conversations=len(due))

    async def _defer(self, priorities: Mapping[int, int], connection: object = None) -> None:
        jobs = [
            Job(
                id=None,
                queue=_QUEUE,
                priority=priority,
                lock=str(each),
                queueing_lock=None,
                task_name="conversation",
                task_kwargs={"conversation_id": each},
            )
            for each, priority in priorities.items()
        ]
        if jobs:
            await self._app.job_manager.batch_defer_jobs_async(jobs, connection=connection)


def _connector(url: str, tempo: Tempo) -> PsycopgConnector:
    return PsycopgConnector(
        conninfo=url,
        kwargs={**LINE, "application_name": "danhoi jobs"},
        configure=_prepare,
        pool_factory=_pool,
        min_size=1,
        max_size=tempo.connections,
        timeout=2.0,
    )


async def _prepare(connection: "psycopg.AsyncConnection[object]") -> None:
    """Let a worker take and end jobs without waiting for the disk: a job that comes back after the
    server broke down costs a look. Those in the transactions of the store are as durable as it."""
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit = off")


def _pool(**given: Any) -> "AsyncConnectionPool[Any]":  # noqa: ANN401 - of procrastinate
    return AsyncConnectionPool(**{**given, "check": _ask_who_spoke})


async def _ask_who_spoke(connection: "psycopg.AsyncConnection[object]") -> None:
    """Look whether a line still holds. A server that closes one says so: while there is nothing
    to hear, asking costs a way there and back for nothing."""
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    if heard.poll(0):
        await AsyncConnectionPool.check_connection(connection)
