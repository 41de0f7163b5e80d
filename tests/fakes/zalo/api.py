"""The API as Zalo serves it: every refusal is HTTP 200 with a number."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.zalo.articles import Articles
from tests.fakes.zalo.media import Uploads, attachment_problem
from tests.fakes.zalo.trouble import Troubles
from tests.fakes.zalo.world import Chats, Tokens

_LONGEST_TEXT = 2000
Delivered = Callable[[str, str, str], None]
Work = Callable[[web.Request], Awaitable[web.Response]]
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """Serves sending and history. `delivered` is told user, message id and text."""

    def __init__(
        self, tokens: Tokens, chats: Chats, troubles: Troubles, delivered: Delivered
    ) -> None:
        self._tokens = tokens
        self._chats = chats
        self._troubles = troubles
        self._delivered = delivered
        self.articles = Articles(chats.clock, chats)
        self.uploads = Uploads(chats.clock)
        self.per_minute = 2000
        self._minute = (0, 0)
        self.requests: list[Any] = []
        #: how many requests were refused at the door, by code: the token, or -32 for the rate
        self.refused: Counter[int] = Counter()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/v3.0/oa/message/cs", self._route("send", self.send))
        app.router.add_get("/v2.0/oa/conversation", self._route("conversation", self.conversation))
        app.router.add_post("/v3.0/oa/quota/message", self._route("quota", self.quota))
        app.router.add_get("/v2.0/oa/getoa", self._route("getoa", self.account))
        app.router.add_get("/v2.0/oa/listrecentchat", self._route("recent", self.recent))
        app.router.add_post("/v2.0/oa/message", self._route("old_message", self.old_message))
        upload = "/v2.0/oa/upload/{kind:image|file}"
        app.router.add_post(upload, self._route("upload", self.upload))
        article = "/v2.0/article/{act:create|verify|update}"
        app.router.add_post(article, self._route("article", self.article))
        for dead in ("/v2.0/oa/getprofile", "/v2.0/oa/getfollowers"):
            app.router.add_route("*", dead, self._route("dead", self.dead))

    def _route(
        self, name: str, work: Work
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            trouble = self._troubles.take(name)
            if trouble and not trouble.is_after and (answer := await trouble.happen(request)):
                return answer
            code = self._tokens.problem(request.headers.get("access_token")) or self._over_rate()
            if code:
                self.refused[code] += 1
            answer = refuse(code) if code else await work(request)
            answer.headers["X-RateLimit-Limit"] = str(self.per_minute)
            answer.headers["X-RateLimit-Remain"] = str(max(0, self.per_minute - self._minute[1]))
            if trouble and trouble.is_after:
                return await trouble.happen(request) or answer
            return answer

        return serve

    async def send(self, request: web.Request) -> web.Response:
        """Deliver a consultation message, or say by number why not."""
        body = await request.json()
        self.requests.append(body)
        return self._deliver(body.get("recipient", {}).get("user_id"), body.get("message", {}))

    def _deliver(self, user: Any, message: dict[str, Any]) -> web.Response:  # noqa: ANN401
        if code := self._problem(user, message):
            return refuse(code)
        message_id = self._chats.deliver(user, message)
        self._delivered(user, message_id, message.get("text", ""))
        quota = (
            {"quota_type": "reply"} if self._chats.is_free(user) else {"quota_type": "sub_quota"}
        )
        sent_time = str(int(self._chats.clock.now().timestamp() * 1000))
        data = {"message_id": message_id, "user_id": user, "sent_time": sent_time, "quota": quota}
        return _json({"data": data, "error": 0, "message": "Success"})

    async def conversation(self, request: web.Request) -> web.Response:
        """Return the newest messages of one user, newest first."""
        asked = json.loads(request.query.get("data", "{}"))
        offset, count = int(asked.get("offset", 0)), int(asked.get("count", 10))
        if count > 10:
            return refuse(-210)
        items = list(reversed(self._chats.history[asked.get("user_id", "")]))
        shown = [{k: v for k, v in item.items() if k != "buttons"} for item in items]
        return _json({"data": shown[offset : offset + count], "error": 0, "message": "Success"})

    async def recent(self, request: web.Request) -> web.Response:
        """Return the newest message of every chat, the one last used first."""
        asked = json.loads(request.query.get("data", "{}"))
        offset, count = int(asked.get("offset", 0)), int(asked.get("count", 10))
        if count > 10:
            return refuse(-210)
        last = [items[-1] for items in self._chats.history.values() if items]
        shown = sorted(last, key=lambda item: -item["time"])[offset : offset + count]
        return _json({"data": shown, "error": 0, "message": "Success"})

    async def old_message(self, request: web.Request) -> web.Response:
        """Serve what has stayed on the old path: broadcasts, reactions, anonymous chats."""
        body = await request.json()
        to = body.get("recipient", {})
        if "target" in to:
            return _outcome(self.articles.broadcast(body))
        if "sender_action" in body:
            return _outcome((0, {}))
        if to.get("anonymous_id") and to.get("conversation_id"):
            return self._deliver(
                f"anon:{to['anonymous_id']}:{to['conversation_id']}", body.get("message", {})
            )
        return refuse(-240)

    async def upload(self, request: web.Request) -> web.Response:
        """Keep a picture or a document for a week."""
        return _outcome(await self.uploads.take(request))

    async def article(self, request: web.Request) -> web.Response:
        """Make, look after or change an article."""
        act = getattr(self.articles, request.match_info["act"])
        return _outcome(act(await request.json()))

    async def quota(self, request: web.Request) -> web.Response:
        """Return when a user last wrote."""
        last = self._chats.wrote_at.get((await request.json()).get("user_id", ""))
        data = {"last_interaction": str(int(last.timestamp() * 1000)) if last else ""}
        return _json({"data": data, "error": 0, "message": "Success"})

    async def account(self, _request: web.Request) -> web.Response:
        """Return the account's card."""
        data = {
            "oa_id": self._tokens.account.oa_id, "name": "Dân hỏi (thử)", "is_verified": True,
            "num_follower": len(self.articles.followers), "package_name": "Toàn diện",
            "package_valid_through_date": "01/06/2027",
        }  # fmt: skip
        return _json({"data": data, "error": 0, "message": "Success"})

    async def dead(self, _request: web.Request) -> web.Response:
        """Old paths are shut."""
        return refuse(-240)

    def _problem(self, user: Any, message: dict[str, Any]) -> int:  # noqa: ANN401
        if not isinstance(user, str) or not user:
            return -201
        text = message.get("text", "")
        if not isinstance(text, str) or (not text and "attachment" not in message):
            return -201
        if len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
            return -210
        quote = message.get("quote_message_id")
        if quote is not None and not self._chats.knows(user, quote):
            return -201
        return attachment_problem(
            message.get("attachment"), self.uploads
        ) or self._chats.window_problem(user)

    def _over_rate(self) -> int:
        minute = int(self._chats.clock.now().timestamp() // 60)
        used = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, used)
        return -32 if used > self.per_minute else 0


def refuse(code: int) -> web.Response:
    """Answer with an error code, the way the API does."""
    return _json({"error": code, "message": f"fake error {code}"})


def _json(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, content_type="text/json")


def _outcome(outcome: tuple[int, dict[str, Any]]) -> web.Response:
    code, data = outcome
    return refuse(code) if code else _json({"data": data, "error": 0, "message": "Success"})
