"""Whether the process lives, whether it can serve, and what it counts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.operations.metrics import Metrics
from handlers.routes import Access, Route

#: a check that takes longer than this has failed, whatever it would have said
_PATIENCE_SECONDS = 2.0

#: a check returns None when all is well, else what is wrong, in a few words without secrets
Check = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True)
class Health:
    """Liveness, readiness by named checks, and the measures of this process."""

    checks: Mapping[str, Check]
    metrics: Metrics
    refresh: Callable[[], Awaitable[None]]

    def routes(self) -> list[Route]:
        """Return the operators' routes."""
        return [
            Route("GET", "/healthz", self.live, Access.PUBLIC),
            Route("GET", "/readyz", self.ready, Access.PUBLIC),
            Route(
                "GET", "/metrics", self.show_metrics, Access.LOCAL, scopes=frozenset({"metrics"})
            ),
        ]

    async def live(self, _request: web.Request) -> web.StreamResponse:
        """Say that the event loop turns."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.StreamResponse:
        """Run every check; 503 when one fails."""
        names = list(self.checks)
        verdicts = await asyncio.gather(*(self._verdict(self.checks[name]) for name in names))
        found = {name: verdict or "ok" for name, verdict in zip(names, verdicts, strict=True)}
        well = not any(verdicts)
        body = {"status": "ok" if well else "not ready", "checks": found}
        return web.json_response(body, status=200 if well else 503)

    async def show_metrics(self, _request: web.Request) -> web.StreamResponse:
        """Return the Prometheus exposition."""
        await self.refresh()
        return web.Response(
            body=self.metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _verdict(self, check: Check) -> str | None:
        try:
            return await asyncio.wait_for(check(), _PATIENCE_SECONDS)
        except TimeoutError:
            return "no answer in time"
        except Exception as error:  # noqa: BLE001 - any failure of a check is its verdict
            return type(error).__name__
