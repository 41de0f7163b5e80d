"""Files of citizens: examined, kept outside the web root, told to the conversation."""

import asyncio
import hashlib
import os
import secrets
import shutil
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from aiohttp import BodyPartReader, web

from bot.delivery.inbox import Accepted
from bot.store import StoreUnavailable
from handlers.callers import caller_of
from handlers.routes import Access, Route
from handlers.webchat.reception import Reception
from handlers.webchat.requests import BadRequest, Post, read_word
from handlers.webchat.uploads import MAX_FILE, NotTaken, Upload, examine
from knowledge.text import clean

log = structlog.get_logger()

_MOST_BODIES = 8
_MAX_NAME = 120
#: a slow line brings a file in this time; who takes longer holds a place that others need
_PATIENCE_SECONDS = 120.0
#: what the machine keeps for everything that matters more than files
FREE_FLOOR = 500 * 1024 * 1024


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
    folder: Path
    free_floor: int = FREE_FLOOR
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
        accepted = await self._keep(token, sent, upload)
        body = {"seq": accepted.seq, "duplicate": accepted.duplicate}
        return web.json_response(body, status=202, headers={"Cache-Control": "no-store"})

    async def _receive(self, request: web.Request) -> tuple[Sent, Upload]:
        try:
            async with asyncio.timeout(self.patience):
                sent = await _read(request)
            async with self._drawing:
                return sent, await asyncio.to_thread(examine, sent.content)
        except BadRequest as error:
            raise web.HTTPBadRequest from error
        except NotTaken as error:
            raise web.HTTPUnsupportedMediaType from error
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(headers={"Connection": "close"}) from error

    def _check_room(self) -> None:
        there = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        if shutil.disk_usage(there).free < self.free_floor:
            log.error("no file taken: the disk is almost full")
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "600"})

    async def _keep(self, token: str, sent: Sent, upload: Upload) -> Accepted:
        client_id = sent.client_id or secrets.token_urlsafe(16)
        file_id = _name_of(token, client_id, sent.content)
        path = self.folder / file_id
        is_new = await asyncio.to_thread(_write, path, upload.content)
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
                await asyncio.to_thread(path.unlink, missing_ok=True)
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


def _write(path: Path, content: bytes) -> bool:
    """Write a file durably before anything speaks of it; tell whether it is new."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)
    return True


def _shown_name(name: str, upload: Upload) -> str:
    """Return a file's own name without folders and unseen characters, with its true ending."""
    last = clean(name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    stem = last.rsplit(".", 1)[0][:_MAX_NAME] or "tep"
    return stem + upload.extension
