"""Files of citizens: examined, kept outside the web root, told to the conversation."""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import BodyPartReader, web

from bot.delivery.inbox import Accepted
from bot.media.content import MAX_FILE, IdentityPaper, NotTaken, Upload, examine
from bot.media.folder import Folder
from bot.store import StoreUnavailable
from handlers.callers import caller_of
from handlers.routes import Access, Route
from handlers.webchat.reception import Reception
from handlers.webchat.requests import BadRequest, Post, read_word
from knowledge.text import clean

log = structlog.get_logger()

_MOST_BODIES = 8
_MAX_NAME = 120
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
        return [Route("POST", path, self.post, Access.CONVERSATION)]

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
    size = MAX_FILE if request.content_length is None else request.content_length
    if size > MAX_FILE + 64 * 1024:
        raise web.HTTPRequestEntityTooLarge(MAX_FILE, size)
    return size


async def _read(request: web.Request) -> Sent:
    if request.content_type != "multipart/form-data":
        content = await _limited(request.content.iter_chunked(65536), MAX_FILE)
        client_id = request.query.get("client_id", "")
        return Sent(content, client_id=client_id and read_word(client_id))
    return await _read_form(request)


async def _read_form(request: web.Request) -> Sent:
    content, name, client_id = b"", "", ""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise BadRequest
            if part.name == "file":
                name = part.filename or ""
                content = await _limited(_chunks(part), MAX_FILE)
            elif part.name == "client_id":
                client_id = read_word((await _limited(_chunks(part), 400)).decode(errors="replace"))
    except (ValueError, LookupError, RuntimeError) as error:  # what aiohttp says of odd parts
        raise BadRequest from error
    return Sent(content, name, client_id)


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(65536):
        yield chunk


async def _limited(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """Collect what comes, but never more than `most` bytes."""
    collected = bytearray()
    async for chunk in chunks:
        collected += chunk
        if len(collected) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(collected))
    return bytes(collected)


def _name_of(token: str, client_id: str, content: bytes) -> str:
    """Return a name nobody can guess without the token; a repeat gets the same, once."""
    digest = hashlib.sha256(f"{token}\n{client_id}\n".encode() + hashlib.sha256(content).digest())
    return urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _shown_name(name: str, upload: Upload) -> str:
    """Return a file's own name without folders and unseen characters, with its true ending."""
    last = clean(name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    stem = last.rsplit(".", 1)[0][:_MAX_NAME] or "tep"
    return stem + upload.extension
