"""Uploads as Zalo takes them: one part named `file`, by kind, size and ending; for a week."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from aiohttp import web

from tests.fakes.zalo.world import Clock

_LASTS = timedelta(days=7)
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Kind:
    endings: tuple[str, ...]
    begins: tuple[bytes, ...]
    largest: int
    named: str


_KINDS = {
    "image": _Kind((".jpg", ".jpeg", ".png"), (b"\xff\xd8", b"\x89PNG"), _MB, "attachment_id"),
    "file": _Kind((".pdf", ".doc", ".docx", ".csv"), (b"",), 5 * _MB, "token"),
}


@dataclass(slots=True)
class Uploads:
    """What was uploaded, and until when it is known."""

    clock: Clock
    known: dict[str, datetime] = field(default_factory=dict)
    calls: int = 0

    async def take(self, request: web.Request) -> tuple[int, dict[str, Any]]:
        """Keep an upload; return the error code and what is answered."""
        self.calls += 1
        kind = _KINDS[request.match_info["kind"]]
        if request.content_type != "multipart/form-data":
            return -201, {}
        part = await (await request.multipart()).next()
        name = getattr(part, "filename", None) or ""
        if part is None or getattr(part, "name", "") != "file":
            return -201, {}
        data = bytes(await part.read())  # type: ignore[union-attr]
        if PurePath(name).suffix.lower() not in kind.endings or not data.startswith(kind.begins):
            return -201, {}
        if len(data) > kind.largest:
            return -210, {}
        reference = secrets.token_hex(12)
        self.known[reference] = self.clock.now() + _LASTS
        return 0, {kind.named: reference}

    def problem(self, reference: object) -> int:
        """Return the code for using an upload, 0 where it may be used."""
        until = self.known.get(str(reference))
        if until is None:
            return -201
        return -100 if self.clock.now() >= until else 0


def attachment_problem(attachment: Any, uploads: Uploads) -> int:  # noqa: ANN401
    """Return the code for an attachment; /cs knows templates and files only."""
    if attachment is None:
        return 0
    payload = attachment.get("payload", {})
    if attachment.get("type") == "file":
        return uploads.problem(payload.get("token"))
    if attachment.get("type") != "template":
        return -201
    if "template_type" not in payload:
        return _buttons_problem(payload.get("buttons", []))
    elements = payload.get("elements", [])
    if len(elements) != 1 or payload.get("buttons"):
        return -201
    return _element_problem(payload["template_type"], elements[0], uploads)


def _element_problem(kind: str, element: dict[str, Any], uploads: Uploads) -> int:
    if kind == "request_user_info":
        return 0 if all(element.get(n) for n in ("title", "subtitle", "image_url")) else -201
    if kind != "media" or element.get("media_type") not in ("image", "gif", "sticker"):
        return -233
    if str(element.get("url", "")).startswith("https://"):
        return 0
    return uploads.problem(element.get("attachment_id"))


def _buttons_problem(buttons: list[dict[str, Any]]) -> int:
    return -201 if len(buttons) > 5 or not all(map(_is_button, buttons)) else 0


_BUTTONS = {
    "oa.open.url": lambda payload: str(payload.get("url", "")).startswith("http"),
    "oa.open.phone": lambda payload: str(payload.get("phone_code", "")).isdigit(),
    "oa.query.show": lambda payload: isinstance(payload, str) and 0 < len(payload) <= 1000,
    "oa.query.hide": lambda payload: isinstance(payload, str) and 0 < len(payload) <= 1000,
}


def _is_button(button: dict[str, Any]) -> bool:
    title, check = button.get("title"), _BUTTONS.get(button.get("type", ""))
    return bool(title) and len(str(title)) <= 100 and bool(check and check(button.get("payload")))
