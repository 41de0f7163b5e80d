"""Carries approved broadcasts on, a step at a time; each step is durable before the next begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.broadcast import Article, Press, State, repository
from bot.broadcast.composing import still_stands
from bot.broadcast.hours import next_allowed
from bot.channels import MessageRefused, OutcomeUnknown, SendError
from bot.clock import WorkCalendar
from bot.moments import Clock
from bot.segments.months import Month, Schedule
from bot.segments.repository import listing, schedule_of
from bot.store import Done, Store
from bot.wording import Wording

_log = structlog.get_logger()

#: whoever began a step has died when it takes longer
_LEASE = timedelta(minutes=5)
_POLL = timedelta(seconds=15)
_MOST_ATTEMPTS = 60
_RETRY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Runner:
    """Works through what was approved."""

    store: Store
    press: Press
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    count: Callable[[str, str], None] = lambda _name, _label: None

    async def on_time(self, _slot: datetime) -> None:
        """Carry on whatever is due."""
        now = self.clock()
        for row in await self.store.read(partial(repository.due, channel=self.press.name, now=now)):
            await self._carry_on(row)

    async def _carry_on(self, row: Row[Any]) -> None:
        match State(row.state):
            case State.APPROVED:
                await self._create(row)
            case State.PROCESSING:
                await self._look_after(row)
            case State.READY:
                await self._send(row)
            case State.CREATING:  # whoever made it has died; a hidden one too many harms nobody
                await self._step(row, state=State.APPROVED, next_at=self.clock())
            case State.SENDING:  # nobody can tell whether it went out
                await self._step(row, state=State.UNKNOWN, reason="interrupted")

    async def _create(self, row: Row[Any]) -> None:
        if not await self._stands(row):
            return
        begun = await self._step(row, state=State.CREATING, next_at=self.clock() + _LEASE)
        if begun is None:
            return
        try:
            token = await self.press.create(Article.from_json(begun.article))
        except SendError as error:
            await self._fail(begun, error, State.APPROVED)
        else:
            at = self.clock() + _POLL
            await self._step(begun, state=State.PROCESSING, article_token=token, next_at=at)

    async def _look_after(self, row: Row[Any]) -> None:
        try:
            article_id = await self.press.finished(row.article_token)
        except SendError as error:
            await self._fail(row, error, State.PROCESSING)
            return
        if article_id is None:
            await self._again(row, State.PROCESSING, self.clock() + _POLL, "being made")
            return
        at = next_allowed(self.clock(), self.calendar.zone)
        await self._step(row, state=State.READY, article_id=article_id, next_at=at, attempts=0)

    async def _send(self, row: Row[Any]) -> None:
        """Show the article, say durably that it is going out, send it: a failure in between is
        never repeated by a machine."""
        allowed = next_allowed(self.clock(), self.calendar.zone)
        if allowed > self.clock():
            await self._step(row, next_at=allowed)
            return
        if not await self._stands(row):
            return
        try:
            await self.press.show(Article.from_json(row.article), row.article_id)
        except SendError as error:
            await self._fail(row, error, State.READY)
            return
        begun = await self._step(
            row, state=State.SENDING, sent_at=self.clock(), next_at=self.clock() + _LEASE
        )
        if begun is not None:
            await self._broadcast(begun)

    async def _broadcast(self, row: Row[Any]) -> None:
        try:
            message_id = await self.press.broadcast(row.article_id)
        except OutcomeUnknown as error:
            await self._step(row, state=State.UNKNOWN, reason=str(error))
        except SendError as error:
            await self._fail(row, error, State.READY)
        else:
            await self._step(row, state=State.SENT, message_id=message_id)
            _log.info("broadcast sent", month=row.month)

    async def _stands(self, row: Row[Any]) -> bool:
        """Whether what was approved may still be said; otherwise it goes back to be prepared."""
        found = await self.store.read(partial(self._list, Month.read(row.month)))
        if still_stands(Article.from_json(row.article), found, self.wording):
            return True
        await self._step(row, state=State.DRAFT, reason="changed", approved_by=None)
        return False

    def _list(self, month: Month, connection: Connection) -> Any:  # noqa: ANN401
        schedule = schedule_of(connection, Schedule(self.calendar, {}))
        return listing(connection, month, schedule)

    async def _fail(self, row: Row[Any], error: SendError, state: State) -> None:
        """Try again later what may help, give up what would not."""
        _log.warning("a broadcast is held up", month=row.month, error=type(error).__name__)
        if isinstance(error, MessageRefused):
            await self._step(row, state=State.FAILED, reason=str(error))
            return
        wait = max(_RETRY, timedelta(seconds=error.retry_after or 0))
        await self._again(row, state, self.clock() + wait, str(error))

    async def _again(self, row: Row[Any], state: State, at: datetime, reason: str) -> None:
        attempts = row.attempts + 1
        if attempts >= _MOST_ATTEMPTS:
            await self._step(row, state=State.FAILED, reason=reason)
            return
        await self._step(row, state=state, next_at=at, attempts=attempts, reason=reason)

    async def _step(self, row: Row[Any], **values: object) -> Row[Any] | None:
        now = self.clock()
        if "state" in values:
            self.count("broadcast", str(values["state"]))
        return await self.store.write(lambda c: Done(repository.step(c, row, now, **values)))
