"""Files of citizens: examined, kept outside the web root, told to the conversation."""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from bot.delivery.inbox import Accepted
from bot.media.content import MAX_FILE, IdentityPaper, NotTaken, Upload, examine
from bot.media.folder import Folder
from bot.store import StoreUnavailable
from handlers.callers import caller_of
from handlers.routes import Access, Route
from handlers.webchat.forms import FORM, Part, read_parts
from handlers.webchat.reception import Reception
from handlers.webchat.requests import BadRequest, Post, read_word
from knowledge.text import clean

log = structlog.get_logger()

_MOST_BODIES = 8
_MAX_NAME = 120
#: a file with its form around it
_MOST_BYTES = MAX_FILE + 64 * 1024
#: a slow line brings a file in this time; who takes longer holds a place that others need
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a page sent it."""

    content: bytes
    name: str = ""
    client_id: str = ""


@dataclass(frozen=True)
class Files:
    """Takes files: a few bodies at once, and pictures, which fill the memory, one by one."""

    reception: Reception
    folder: Folder
    patience: float = _PATIENCE_SECONDS
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_BODIES))
    _drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> list[Route]:
        """Return the upload route."""
        path = "/api/v1/chat/{conversation}/files"
        return [Route("POST", path, self.post, Access.CONVERSATION, body=_MOST_BYTES)]

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a file as a form's part "file" or as the whole body; 202 means it is kept."""
        token = request.match_info["conversation"]
        if await self.reception.find(token) is None:
            raise web.HTTPNotFound
        caller = caller_of(request)
        self.reception.pace(token, caller)
        self.reception.pace_bytes(caller, _announced(request))
        self._check_room()
        async with self._turns:
            sent, upload = await self._receive(request)
        if upload is None:
            accepted = await self._tell_dropped(token, sent)
        else:
            accepted = await self._keep(token, sent, upload)
        body = {"seq": accepted.seq, "duplicate": accepted.duplicate}
        return web.json_response(body, status=202, headers={"Cache-Control": "no-store"})

    async def _receive(self, request: web.Request) -> tuple[Sent, Upload | None]:
        """Read a file; there is nothing to keep of one that shows an identity paper."""
        try:
            async with asyncio.timeout(self.patience):
                sent = await _read(request)
            async with self._drawing:
                try:
                    return sent, await asyncio.to_thread(examine, sent.content)
                except IdentityPaper:
                    return sent, None
        except BadRequest as error:
            raise web.HTTPBadRequest from error
        except NotTaken as error:
            raise web.HTTPUnsupportedMediaType from error
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(headers={"Connection": "close"}) from error

    async def _tell_dropped(self, token: str, sent: Sent) -> Accepted:
        """Accept the message without its picture: the conversation says why."""
        client_id = sent.client_id or secrets.token_urlsafe(16)
        return await self.reception.take(Post(token, client_id), dropped=True)

    def _check_room(self) -> None:
        if not self.folder.has_room():
            log.error("no file taken: the disk is almost full")
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "600"})

    async def _keep(self, token: str, sent: Sent, upload: Upload) -> Accepted:
        client_id = sent.client_id or secrets.token_urlsafe(16)
        file_id = _name_of(token, client_id, sent.content)
        is_new = await asyncio.to_thread(self.folder.keep, file_id, upload.content)
        file: dict[str, Any] = {
            "id": file_id,
            "kind": str(upload.kind),
            "name": _shown_name(sent.name, upload),
            "media_type": upload.media_type,
            "size": len(upload.content),
            "digest": hashlib.sha256(upload.content).hexdigest(),
        }
        try:
            return await self.reception.take(Post(token, client_id), file)
        except (web.HTTPException, StoreUnavailable):  # nothing was recorded
            if is_new:
                await asyncio.to_thread(self.folder.remove, file_id)
            raise


def _announced(request: web.Request) -> int:
    """Return how many bytes come; a body that does not say counts as the largest."""
    return MAX_FILE if request.content_length is None else request.content_length


async def _read(request: web.Request) -> Sent:
    body = await request.read()
    sent = _of_form(body, request) if request.content_type == FORM else _of_body(body, request)
    if len(sent.content) > MAX_FILE:
        raise web.HTTPRequestEntityTooLarge(MAX_FILE, len(sent.content))
    return sent


def _of_body(body: bytes, request: web.Request) -> Sent:
    client_id = request.query.get("client_id", "")
    return Sent(body, client_id=client_id and read_word(client_id))


def _of_form(body: bytes, request: web.Request) -> Sent:
    parts = read_parts(body, request.headers["Content-Type"])
    file, client_id = parts.get("file", Part(b"")), parts.get("client_id")
    told = read_word(client_id.content.decode(errors="replace")) if client_id else ""
    return Sent(file.content, file.file_name, told)


def _name_of(token: str, client_id: str, content: bytes) -> str:
    """Return a name nobody can guess without the token; a repeat gets the same, once."""
    digest = hashlib.sha256(f"{token}\n{client_id}\n".encode() + hashlib.sha256(content).digest())
    return urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _shown_name(name: str, upload: Upload) -> str:
    """Return a file's own name without folders and unseen characters, with its true ending."""
    last = clean(name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    stem = last.rsplit(".", 1)[0][:_MAX_NAME] or "tep"
    return stem + upload.extension
