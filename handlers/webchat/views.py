"""The web chat's HTTP contract."""

import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from aiohttp import web

from bot.delivery.inbox import Accepted, UnknownConversation, accept, open_conversation
from bot.delivery.inbox import find_conversation as find
from bot.messages import Incoming
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.store import Done, Store
from handlers.routes import Access, Route
from handlers.web import CLIENT_ADDRESS
from handlers.webchat.channel import NAME, WebChat, address_of
from handlers.webchat.limits import Allowance, RateLimit
from handlers.webchat.lines import label_of, read_lines
from handlers.webchat.requests import BadRequest, Post, TooLong, read_post
from handlers.webchat.stream import Streams

log = structlog.get_logger()

#: a conversation nobody used for so long is gone
IDLE = timedelta(days=30)
_TOKEN_BYTES = 24  # 192 bits; the contract asks for 128


def _messages() -> RateLimit:
    return RateLimit(Allowance(burst=20, per_second=0.5))


def _conversations() -> RateLimit:
    return RateLimit(Allowance(burst=60, per_second=1.0))


@dataclass(frozen=True)
class WebChatApi:
    """Opens conversations, takes messages, shows what was said."""

    store: Store
    channel: WebChat
    streams: Streams
    clock: Clock
    metrics: Metrics
    messages: RateLimit = field(default_factory=_messages)
    conversations: RateLimit = field(default_factory=_conversations)

    def routes(self) -> list[Route]:
        """Return the chat's routes."""
        access = Access.CONVERSATION
        return [
            Route("POST", "/api/v1/conversations", self.open, Access.PUBLIC),
            Route("POST", "/api/v1/chat", self.post, access),
            Route("GET", "/api/v1/chat/{conversation}", self.show, access),
            Route("GET", "/api/v1/chat/{conversation}/events", self.listen, access),
        ]

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open a conversation; its token is told once."""
        self._pace(self.conversations, request[CLIENT_ADDRESS])
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self.clock()
        await self.store.write(
            lambda c: Done(open_conversation(c, NAME, address_of(token), now, now + IDLE))
        )
        self.metrics.count("conversation_opened", NAME)
        return _json({"conversation": token}, status=201)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a message; 202 means it is kept."""
        try:
            post = read_post(await request.read())
        except BadRequest as error:
            return _json({"error": 400, "message": str(error)}, status=400)
        except TooLong:
            raise web.HTTPRequestEntityTooLarge(0, 0) from None
        address = address_of(post.conversation)
        self._pace(self.messages, address)
        accepted = await self._accept(post, address)
        if accepted.conflict:
            raise web.HTTPConflict
        self.metrics.count("accepted", "repeat" if accepted.duplicate else NAME)
        return _json({"seq": accepted.seq, "duplicate": accepted.duplicate}, status=202)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Return what was said after a seq."""
        conversation_id = await self._known(request)
        after = _number(request.query.get("after"))
        lines = await self.store.read(lambda c: read_lines(c, conversation_id, after))
        return _json({"messages": lines, "next": lines[-1]["seq"] if lines else after})

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Stream what is said, from `Last-Event-ID` or `after` on."""
        conversation_id = await self._known(request)
        if self.streams.is_full(conversation_id):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "15"})
        last = request.headers.get("Last-Event-ID") or request.query.get("after")
        return await self.streams.serve(request, conversation_id, _number(last))

    async def _accept(self, post: Post, address: str) -> Accepted:
        now = self.clock()
        if post.payload:
            label = await self.store.read(lambda c: label_of(c, address, post.payload))
            post = replace(post, text=label)
        raw = post.to_raw(address, now)
        incoming: Incoming = self.channel.parse(raw)[0]
        try:
            return await self.store.write(lambda c: accept(c, incoming, raw, now, idle=IDLE))
        except UnknownConversation:
            raise web.HTTPNotFound from None

    async def _known(self, request: web.Request) -> int:
        address = address_of(request.match_info["conversation"])
        now = self.clock()
        row = await self.store.read(lambda c: find(c, NAME, address, now))
        if row is None:
            raise web.HTTPNotFound
        return int(row["id"])

    def _pace(self, limit: RateLimit, key: str) -> None:
        wait = limit.wait(key, time.monotonic())
        if wait:
            self.metrics.count("slowed", NAME)
            log.warning("caller slowed down", channel=NAME)
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})


def _number(text: str | None) -> int:
    """Read a seq; anything else starts from the beginning."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _json(body: object, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
