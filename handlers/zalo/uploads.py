"""Pictures and documents of ours at Zalo: uploaded when first needed, anew before they expire."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from bot.channels import MessageRefused
from bot.moments import Clock
from handlers.zalo.client import ZaloApi
from handlers.zalo.payloads import part, word
from handlers.zalo.requests import UPLOAD

#: Zalo forgets an upload after seven days
_LASTS = timedelta(days=6)
_LARGEST_IMAGE, _LARGEST_FILE = 1 << 20, 5 << 20
_SIDE = 1600
_ID = re.compile(r"[A-Za-z0-9_-]{1,43}")
#: by how they begin; Zalo goes by the ending of the name
_ENDINGS = {b"%PDF": "pdf", b"PK\x03\x04": "docx", b"\xd0\xcf\x11\xe0": "doc"}

ReadFile = Callable[[str], bytes]


def files_in(folder: Path) -> ReadFile:
    """Return what reads a kept file by its id; raises MessageRefused where there is none."""

    def read(file_id: str) -> bytes:
        if not _ID.fullmatch(file_id):
            raise MessageRefused("no file has this id")
        try:
            return (folder / file_id).read_bytes()
        except OSError as error:
            raise MessageRefused("the file is gone") from error

    return read


@dataclass(slots=True)
class Uploads:
    """Puts Zalo's own id where a body names a file of ours."""

    api: ZaloApi
    read: ReadFile
    clock: Clock
    _known: dict[str, tuple[str, datetime]] = field(default_factory=dict, init=False)

    async def resolved(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body that Zalo can read; raise MessageRefused for what it would not take."""
        attachment = part(body["message"], "attachment")
        payload = part(attachment, "payload")
        message = body["message"]
        if str(payload.get("token", "")).startswith(UPLOAD):
            token = await self._reference(payload["token"], self._document)
            message = {**message, "attachment": {**attachment, "payload": {"token": token}}}
        elif elements := [e for e in payload.get("elements", ()) if _is_ours(e)]:
            reference = await self._reference(elements[0]["attachment_id"], self._picture)
            shown = [{**elements[0], "attachment_id": reference}]
            payload = {**payload, "elements": shown}
            message = {**message, "attachment": {**attachment, "payload": payload}}
        return {**body, "message": message}

    def forget(self, body: Mapping[str, Any]) -> None:
        """Upload anew what a body names: Zalo has forgotten it."""
        named = str(part(body["message"], "attachment"))
        self._known = {url: kept for url, kept in self._known.items() if url not in named}

    async def _reference(self, url: str, upload: Callable[[bytes], Any]) -> str:
        known, until = self._known.get(url, ("", self.clock()))
        if known and self.clock() < until:
            return known
        data = await asyncio.to_thread(self.read, url.removeprefix(UPLOAD))
        reference: str = await upload(data)
        self._known[url] = (reference, self.clock() + _LASTS)
        return reference

    async def _picture(self, data: bytes) -> str:
        if len(data) > _LARGEST_IMAGE or not data.startswith((b"\xff\xd8", b"\x89PNG")):
            data = await asyncio.to_thread(_smaller, data)
        name = "anh.png" if data.startswith(b"\x89PNG") else "anh.jpg"
        answer = await self.api.upload("image", name, data)
        return word(part(answer, "data").get("attachment_id"))

    async def _document(self, data: bytes) -> str:
        ending = next((end for begins, end in _ENDINGS.items() if data.startswith(begins)), "")
        if not ending or len(data) > _LARGEST_FILE:
            raise MessageRefused("Zalo takes PDF and Word documents of at most 5 MB")
        answer = await self.api.upload("file", f"tep.{ending}", data)
        return word(part(answer, "data").get("token"))


def _is_ours(element: Mapping[str, Any]) -> bool:
    return str(element.get("attachment_id", "")).startswith(UPLOAD)


def _smaller(data: bytes) -> bytes:
    """Return a picture as a JPEG that Zalo takes."""
    try:
        with Image.open(BytesIO(data)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise MessageRefused("the picture cannot be read") from error
    for quality in (85, 70, 50):
        picture.thumbnail((_SIDE, _SIDE))
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= _LARGEST_IMAGE:
            return out.getvalue()
    raise MessageRefused("the picture is too large for Zalo")
