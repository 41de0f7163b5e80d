"""How updates get out: a queue, asked for by one program at a time or posted to a webhook."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.telegram.world import Clock, Refusal

_DEFAULT = frozenset({"message", "edited_message", "channel_post", "edited_channel_post",
                      "callback_query", "my_chat_member"})  # fmt: skip
_LADDER = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0, 60.0, 60.0, 60.0)


@dataclass(slots=True)
class Updates:
    """The queue of one bot. `scale` is how much faster than life failed posts are repeated."""

    clock: Clock
    http: ClientSession
    url: str = ""
    secret: str = ""
    allowed: frozenset[str] = _DEFAULT
    scale: float = 100.0
    copies: int = 1
    #: while a list, updates wait in it for `release`
    held: list[dict[str, Any]] | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    #: status of every post, in order
    answers: list[int] = field(default_factory=list)
    last_error: str = ""
    _last: int = 900_000_000
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _asking: "asyncio.Future[None] | None" = None
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def add(self, kind: str, content: dict[str, Any]) -> dict[str, Any] | None:
        """Queue an update, unless its kind is not wanted."""
        if kind not in self.allowed:
            return None
        self._last += 1
        update = {"update_id": self._last, kind: content}
        if self.held is not None:
            self.held.append(update)
            return update
        self._queue(update)
        return update

    async def release(self) -> None:
        """Let out what was held, newest first."""
        updates, self.held = self.held or [], None
        for update in reversed(updates):
            self._queue(update)
            await self.settled()

    def hook(self, url: str, secret: str, allowed: frozenset[str] | None) -> None:
        """Post updates from now on, what waits included; "" stops posting."""
        self.url, self.secret = url, secret
        if allowed is not None:
            self.allowed = allowed or _DEFAULT
        if url:
            for update in self.pending:
                self._post_soon(update)

    async def ask(
        self, offset: int | None, limit: int, patience: float, allowed: frozenset[str] | None
    ) -> list[dict[str, Any]]:
        """Return what is queued from `offset` on; what is before it is forgotten."""
        if self.url:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; "
                               "use deleteWebhook to delete the webhook first")  # fmt: skip
        if self._asking is not None and not self._asking.done():
            self._asking.set_exception(
                Refusal(409, "Conflict: terminated by other getUpdates request; make sure that "
                             "only one bot instance is running")
            )  # fmt: skip
        if allowed is not None:
            self.allowed = allowed or _DEFAULT
        if offset is not None:
            self.pending = [u for u in self.pending if u["update_id"] >= offset]
        if not self.pending and patience:
            await self._wait(patience)
        return self.pending[: max(1, min(100, limit))]

    async def settled(self) -> None:
        """Wait until everything posted has its answer."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """Drop what is still to be posted."""
        for task in self._tasks:
            task.cancel()

    def _queue(self, update: dict[str, Any]) -> None:
        self.pending.append(update)
        self._news.set()
        if self.url:
            for _ in range(self.copies):
                self._post_soon(update)

    async def _wait(self, patience: float) -> None:
        self._news.clear()
        self._asking = asking = asyncio.get_running_loop().create_future()
        news = asyncio.create_task(self._news.wait())
        await asyncio.wait({news, asking}, timeout=patience, return_when="FIRST_COMPLETED")
        news.cancel()
        if asking.done():
            asking.result()
        asking.cancel()

    def _post_soon(self, update: dict[str, Any]) -> None:
        task = asyncio.create_task(self._post(update))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, update: dict[str, Any]) -> None:
        """Post until somebody answers 2xx, or the webhook is taken away."""
        for pause in _LADDER:
            if not self.url:
                return
            status = await self.attempt(update)
            if 200 <= status <= 299:
                self.pending = [u for u in self.pending if u is not update]
                return
            self.last_error = f"Wrong response from the webhook: {status}"
            await asyncio.sleep(pause / self.scale)

    async def attempt(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Post once and return the status, 0 where none came."""
        header = self.secret if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": header} if header else {}
        try:
            timeout = ClientTimeout(total=10)
            async with self.http.post(
                self.url, json=update, headers=headers, timeout=timeout
            ) as got:
                status = got.status
        except (ClientError, TimeoutError, OSError):
            status = 0
        self.answers.append(status)
        return status
