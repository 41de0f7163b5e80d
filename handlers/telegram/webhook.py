"""`POST /webhooks/telegram`: acknowledged when durable; deciding comes later.

Telegram repeats what was not answered with 2xx.
"""

import hmac

import structlog
from aiohttp import web

from bot.channels import UnreadablePayload
from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash
from bot.operations.metrics import Metrics
from bot.store import StoreUnavailable
from handlers.bodies import read_body
from handlers.routes import Access, Route
from handlers.telegram.acknowledging import Courtesies
from handlers.telegram.channel import read_record
from handlers.telegram.reception import Reception
from handlers.telegram.updates import NAME

_log = structlog.get_logger()

PATH = "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1024 * 1024


class TelegramWebhook:
    """The edge towards Telegram."""

    def __init__(
        self,
        reception: Reception,
        courtesies: Courtesies,
        secret: str,
        metrics: Metrics,
        crash: CrashPoints | None = None,
    ) -> None:
        self._reception = reception
        self._courtesies = courtesies
        self._secret = secret.encode()
        self._metrics = metrics
        self._crash = crash or NoCrash()

    def routes(self) -> list[Route]:
        """Return the webhook's one route."""
        return [Route("POST", PATH, self.receive, Access.PROVIDER, body=MAX_BODY)]

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 for what is durable or needs no keeping."""
        shown = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, self._secret):
            return self._answer(401, "wrong_secret")
        raw = await read_body(request, MAX_BODY)
        if raw is None:
            return self._answer(413, "too_large")
        try:
            record = read_record(raw)
        except UnreadablePayload:
            return self._answer(400, "not_json")
        try:
            taken = await self._reception.take([(record, raw)])
        except StoreUnavailable:
            return self._answer(503, "unavailable")
        self._crash.reached(CrashPoint.AFTER_ACCEPT_COMMIT)
        self._courtesies.show(taken.presses)
        return web.Response()

    def _answer(self, status: int, why: str) -> web.Response:
        """Answer what was not taken, with a count and a line in the log."""
        self._metrics.count("webhook", f"telegram_{why}")
        _log.warning("webhook request not taken", channel=NAME, why=why, status=status)
        headers = {"Retry-After": "5"} if status == 503 else None
        return web.Response(status=status, headers=headers)
