"""The web chat's HTTP contract."""

from aiohttp import web

from handlers.callers import caller_of
from handlers.routes import Access, Route
from handlers.webchat.lines import read_lines
from handlers.webchat.reception import Reception
from handlers.webchat.requests import BadRequest, TooLong, read_post
from handlers.webchat.stream import Streams


class WebChatApi:
    """Opens conversations, takes messages, shows what was said."""

    def __init__(self, reception: Reception, streams: Streams) -> None:
        self.reception = reception
        self.streams = streams
        self._store = reception.store

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
        token = await self.reception.open(caller_of(request))
        return _json({"conversation": token}, status=201)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a message; 202 means it is kept."""
        try:
            post = read_post(await request.read())
        except BadRequest as error:
            return _json({"error": 400, "message": str(error)}, status=400)
        except TooLong:
            raise web.HTTPRequestEntityTooLarge(0, 0) from None
        self.reception.pace(post.conversation, caller_of(request), post.text)
        accepted = await self.reception.take(post)
        return _json({"seq": accepted.seq, "duplicate": accepted.duplicate}, status=202)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Return what was said after a seq."""
        self.reception.pace_reading(caller_of(request))
        conversation_id = await self._known(request)
        after = _number(request.query.get("after"))
        lines = await self._store.read(lambda c: read_lines(c, conversation_id, after))
        return _json({"messages": lines, "next": lines[-1]["seq"] if lines else after})

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Stream what is said, from `Last-Event-ID` or `after` on."""
        conversation_id = await self._known(request)
        if self.streams.is_full(conversation_id, caller_of(request)):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "15"})
        last = request.headers.get("Last-Event-ID") or request.query.get("after")
        return await self.streams.serve(request, conversation_id, _number(last))

    async def _known(self, request: web.Request) -> int:
        found = await self.reception.find(request.match_info["conversation"])
        if found is None:
            raise web.HTTPNotFound
        return found


def _number(text: str | None) -> int:
    """Read a seq; anything else starts from the beginning."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _json(body: object, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
