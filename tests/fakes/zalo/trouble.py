"""What can go wrong on the way, by switch: one trouble for one request."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

#: longer than any caller of a test waits
FOREVER = 3600.0


class Kind(StrEnum):
    """Troubles `before` happen instead of the work, those `after` once it is done."""

    DELAY = "delay"  # value: seconds, then all is well
    SILENCE_BEFORE = "silence_before"
    SILENCE_AFTER = "silence_after"
    STATUS = "status"  # value: the HTTP status, with a gateway's page
    STATUS_AFTER = "status_after"
    HTML = "html"  # a gateway's page with status 200
    CODE = "code"  # value: an error code in the API's own shape
    MALFORMED_AFTER = "malformed_after"  # half a JSON answer
    NO_CODE = "no_code"  # an error body without a number
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    SLOW_BODY_AFTER = "slow_body_after"  # headers at once, the body never


PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble and its measure."""

    kind: Kind
    value: float = 0.0

    @property
    def is_after(self) -> bool:
        """Whether the work is done all the same."""
        return self.kind.endswith("_after") or self.kind is Kind.DELAY

    async def happen(self, request: web.Request) -> web.StreamResponse | None:
        """Answer as the trouble has it; None to go on as if nothing were."""
        if self.kind is Kind.DELAY:
            await asyncio.sleep(self.value)
            return None
        if self.kind in (Kind.SILENCE_BEFORE, Kind.SILENCE_AFTER):
            await asyncio.sleep(FOREVER)
        if self.kind in (Kind.CUT_BEFORE, Kind.CUT_AFTER) and request.transport:
            request.transport.abort()
        if self.kind is Kind.SLOW_BODY_AFTER:
            return await _never_ending(request)
        return self._answer()

    def _answer(self) -> web.Response:
        match self.kind:
            case Kind.STATUS | Kind.STATUS_AFTER:
                return web.Response(status=int(self.value), text=PAGE, content_type="text/html")
            case Kind.CODE:
                return web.json_response({"error": int(self.value), "message": "as switched"})
            case Kind.MALFORMED_AFTER:
                return web.Response(text='{"data":{"message_id":"34', content_type="text/plain")
            case Kind.NO_CODE:
                return web.json_response({"error_name": "Invalid refresh token."})
        return web.Response(text=PAGE, content_type="text/html")


async def _never_ending(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/json"})
    await response.prepare(request)
    await response.write(b'{"data":')
    await asyncio.sleep(FOREVER)
    return response


@dataclass(slots=True)
class Troubles:
    """Troubles to come, in order, by route: "send", "token", "conversation"."""

    queues: dict[str, deque[Trouble]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, route: str, kind: Kind, value: float = 0.0, times: int = 1) -> None:
        """Let the next requests of a route go wrong."""
        self.queues[route].extend([Trouble(kind, value)] * times)

    def take(self, route: str) -> Trouble | None:
        """Return the trouble of this request."""
        return self.queues[route].popleft() if self.queues[route] else None
