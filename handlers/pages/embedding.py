"""The chat for other sites: the page they frame, and the script that puts it there."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiohttp import web

from bot.wording import Wording
from handlers.rendering import Templates
from handlers.routes import Access, Route

_SCRIPT = Path(__file__).parent / "static" / "nhung.js"
_WORDS = "/*words*/ {}"


@dataclass(frozen=True)
class Embedding:
    """What agencies embed; no cookie of ours is read on the way."""

    templates: Templates
    wording: Wording

    def routes(self) -> list[Route]:
        """Return the framed page and its script."""
        return [
            Route("GET", "/nhung", self.page, Access.EMBEDDED),
            Route("GET", "/nhung.js", self.script, Access.EMBEDDED),
        ]

    async def page(self, _request: web.Request) -> web.StreamResponse:
        """Show the chat alone."""
        return self.templates.page("embed.html")

    async def script(self, request: web.Request) -> web.StreamResponse:
        """Return the one script that agencies name; a change of it arrives within the hour."""
        version = hashlib.sha256(self._source.encode()).hexdigest()[:16]
        headers = {
            "Cache-Control": "public, max-age=3600",
            "ETag": f'"{version}"',
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if any(tag.value == version for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(
            text=self._source, content_type="text/javascript", charset="utf-8", headers=headers
        )

    @cached_property
    def _source(self) -> str:
        words = {
            "title": self.wording("embed.title"),
            "open": self.wording("embed.open"),
            "close": self.wording("embed.close"),
        }
        source = _SCRIPT.read_text(encoding="utf-8")
        return source.replace(_WORDS, json.dumps(words, ensure_ascii=False), 1)
