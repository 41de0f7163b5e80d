"""Template messages as Zalo serves them, by telephone number and by user id."""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from tests.fakes.zalo.trouble import Troubles
from tests.fakes.zalo.world import Chats, Tokens

PHONE, USER = "/message/template", "/v3.0/oa/message/template"
_NUMBER = re.compile(r"84\d{9,10}")
_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_NIGHT = (22, 6)


@dataclass
class Templates:
    """Serves both calls on one port; errors of the telephone call have a range of their own."""

    tokens: Tokens
    chats: Chats
    troubles: Troubles
    #: approved templates and the names that their data must have
    by_phone: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"200001": frozenset({"ma_cau_hoi"})}
    )
    by_user: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"300001": frozenset({"ma_cau_hoi"})}
    )
    #: telephone number or user id → error code with which it is refused
    refused: dict[str, int] = field(default_factory=dict)
    daily: int = 500
    #: what was delivered: {"to", "template_id", "template_data", "at"}
    sent: list[dict[str, Any]] = field(default_factory=list)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post(PHONE, self.phone)
        app.router.add_post(USER, self.user)

    async def phone(self, request: web.Request) -> web.StreamResponse:
        """Send to a number, whatever the window."""
        return await self._serve(request, "phone", self.by_phone)

    async def user(self, request: web.Request) -> web.StreamResponse:
        """Send to somebody who knows the account, whatever the window."""
        return await self._serve(request, "user_id", self.by_user)

    async def _serve(
        self, request: web.Request, name: str, templates: dict[str, frozenset[str]]
    ) -> web.StreamResponse:
        trouble = self.troubles.take("template")
        if trouble and not trouble.is_after and (answer := await trouble.happen(request)):
            return answer
        answer = self._answer(request, await request.json(), name, templates)
        if trouble and trouble.is_after:
            return await trouble.happen(request) or answer
        return answer

    def _answer(
        self,
        request: web.Request,
        body: dict[str, Any],
        name: str,
        templates: dict[str, frozenset[str]],
    ) -> web.Response:
        token = self.tokens.problem(request.headers.get("access_token"))
        to = str(body.get(name, ""))
        code = (-124 if token and name == "phone" else token) or self._problem(body, to, templates)
        if not code and name == "phone" and not _NUMBER.fullmatch(to):
            code = -108
        if code:
            return _json({"error": code, "message": f"fake error {code}"})
        now = self.chats.clock.now()
        self.sent.append({"to": to, **body, "at": now})
        data = {
            "msg_id": secrets.token_hex(10),
            "sent_time": str(int(now.timestamp() * 1000)),
            "sending_mode": "1",
            "quota": {
                "dailyQuota": str(self.daily),
                "remainingQuota": str(self.daily - len(self.sent)),
            },
        }
        return _json({"error": 0, "message": "Success", "data": data})

    def _problem(self, body: dict[str, Any], to: str, templates: dict[str, frozenset[str]]) -> int:
        names = templates.get(str(body.get("template_id", "")))
        if names is None or set(body.get("template_data", {})) != names:
            return -131
        if len(str(body.get("tracking_id", ""))) > 48:
            return -201
        if not _NIGHT[1] <= self.chats.clock.now().astimezone(_HANOI).hour < _NIGHT[0]:
            return -133
        if len(self.sent) >= self.daily:
            return -144
        return self.refused.get(to, 0)


def _json(body: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(body), content_type="text/json")
