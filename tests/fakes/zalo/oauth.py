"""OAuth v4 as Zalo serves it: form in, errors with HTTP 200 and empty tokens."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.zalo.trouble import Troubles
from tests.fakes.zalo.world import CODE_LASTS, Tokens


class OAuth:
    """Serves consent and tokens."""

    def __init__(self, tokens: Tokens, troubles: Troubles) -> None:
        self._tokens = tokens
        self._troubles = troubles

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/v4/oa/permission", self.consent)
        app.router.add_post("/v4/oa/access_token", self.token)

    async def consent(self, request: web.Request) -> web.StreamResponse:
        """Consent at once, as an administrator would after reading."""
        query = request.query
        if query.get("app_id") != self._tokens.account.app_id:
            return _error(-14002, "Invalid appId")
        code = secrets.token_urlsafe(24)
        until = self._tokens.clock.now() + CODE_LASTS
        self._tokens.codes[code] = (query.get("code_challenge", ""), until)
        back = {"code": code, "oa_id": self._tokens.account.oa_id}
        if "state" in query:
            back["state"] = query["state"]
        raise web.HTTPFound(f"{query['redirect_uri']}?{urlencode(back)}")

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Exchange a code or a refresh token; either is spent by it."""
        self._tokens.calls += 1
        trouble = self._troubles.take("token")
        if trouble and not trouble.is_after and (answer := await trouble.happen(request)):
            return answer
        answer = await self._exchange(request)
        if trouble and trouble.is_after:
            return await trouble.happen(request) or answer
        return answer

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        account = self._tokens.account
        form = await request.post()
        if request.content_type != "application/x-www-form-urlencoded":
            return _error(-14002, "Invalid appId")
        if form.get("app_id") != account.app_id:
            return _error(-14002, "Invalid appId")
        if not hmac.compare_digest(request.headers.get("secret_key", ""), account.app_secret):
            return _error(-14004, "Invalid secret key")
        match form.get("grant_type"):
            case "refresh_token":
                return self._renew(str(form.get("refresh_token", "")))
            case "authorization_code":
                return self._redeem(str(form.get("code", "")), str(form.get("code_verifier", "")))
        return _error(-14018, "Invalid grant type")

    def _renew(self, refresh: str) -> web.Response:
        if refresh not in self._tokens.refresh:
            return _error(-14014, "Invalid refresh token.")
        self._tokens.refresh.remove(refresh)
        return web.json_response(self._tokens.issue(), content_type="text/json")

    def _redeem(self, code: str, verifier: str) -> web.Response:
        challenge, until = self._tokens.codes.pop(code, ("", self._tokens.clock.now()))
        digest = hashlib.sha256(verifier.encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self._tokens.clock.now() >= until or proof != challenge:
            return _error(-14005, "Invalid authorization code")
        return web.json_response(self._tokens.issue(), content_type="text/json")


def _error(code: int, name: str) -> web.Response:
    body = {
        "error": code, "error_name": name, "error_reason": "", "message": "",
        "access_token": "", "refresh_token": "",
    }  # fmt: skip
    return web.json_response(body, content_type="text/json")
