"""`POST /webhooks/zalo`: what is answered, in which order it is checked, and nothing else.

Zalo waits two seconds. A request is acknowledged when it is durable; deciding comes later.
"""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from bot.channels import UnreadablePayload
from bot.delivery import quarantine
from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.store import Store, StoreUnavailable
from handlers.bodies import read_body
from handlers.routes import Access, Route
from handlers.zalo.channel import NAME
from handlers.zalo.payloads import read_record
from handlers.zalo.reception import Reception
from handlers.zalo.signature import HEADER, Seal, Verdict
from knowledge.text import clean

_log = structlog.get_logger()

PATH = "/webhooks/zalo"
#: events have a few thousand bytes; a stranger's megabyte takes its time before it is refused
MAX_BODY = 256 * 1024
#: the only headers worth keeping with a request that could not be verified
_KEPT_HEADERS = (HEADER, "X-ZEvent-Server", "num_retry")
#: how long a full quarantine is taken to be full without looking
_FULL_SECONDS = 5.0


class ZaloWebhook:
    """The edge towards Zalo."""

    def __init__(
        self,
        reception: Reception,
        seal: Seal,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        *,
        crash: CrashPoints | None = None,
    ) -> None:
        self._reception = reception
        self._seal = seal
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._crash = crash or NoCrash()
        self._full_until = 0.0

    def routes(self) -> list[Route]:
        """Return the webhook's one route."""
        return [Route("POST", PATH, self.receive, Access.PROVIDER, body=MAX_BODY)]

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 for what is durable or needs no keeping."""
        raw = await read_body(request, MAX_BODY)
        if raw is None:
            return self._answer(413, "too_large")
        try:
            record = read_record(raw) if raw.strip() else {}
        except UnreadablePayload:
            return self._answer(400, "not_json")
        if not record:
            return self._answer(200, "probe")
        verdict = self._seal.judge(raw, record, request.headers.get(HEADER))
        try:
            if verdict is not Verdict.VALID:
                return await self._put_away(raw, request.headers, verdict)
            return await self._take(raw)
        except StoreUnavailable:
            return self._answer(503, "unavailable")

    async def _take(self, raw: bytes) -> web.Response:
        await self._reception.take(raw)
        self._crash.reached(CrashPoint.AFTER_ACCEPT_COMMIT)
        return web.Response()

    async def _put_away(
        self, raw: bytes, headers: Mapping[str, str], verdict: Verdict
    ) -> web.Response:
        """Keep what might be real, while there is room: a wrong secret must lose nothing."""
        kept = {name: clean(headers[name][:200]) for name in _KEPT_HEADERS if name in headers}
        if time.monotonic() >= self._full_until:
            body = partial(quarantine.put_away, NAME, raw, kept, verdict.value, self._clock())
            if await self._store.write(body):
                return self._answer(200, verdict.value)
            self._full_until = time.monotonic() + _FULL_SECONDS
        return self._answer(401, "quarantine_full")

    def _answer(self, status: int, why: str) -> web.Response:
        """Answer what was not taken, with a count and a line in the log."""
        self._metrics.count("webhook", f"zalo_{why}")
        line: dict[str, Any] = {"channel": NAME, "why": why, "status": status}
        if why == "probe":
            _log.info("webhook probed", **line)
        elif status in (400, 413):
            _log.warning("webhook request refused", **line)
        else:
            _log.error("webhook request not taken: check the OA secret and the database", **line)
        headers = {"Retry-After": "5"} if status == 503 else None
        return web.Response(status=status, headers=headers)
