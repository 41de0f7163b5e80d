"""Style sheets, scripts and pictures: read once, addressed by their content."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from handlers.routes import Access, Route

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
#: an address with the content's hash never changes its content
_FOR_EVER = "public, max-age=31536000, immutable"
_ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: {path}\n" for path in ("/api/", "/can-bo", "/hoi$", "/nhung", "/tra-cuu", "/vi-sao")
)


@dataclass(frozen=True, slots=True)
class File:
    """A static file in memory, plain and compressed."""

    plain: bytes
    compressed: bytes
    media_type: str
    version: str


class Static:
    """Serves the files of one folder, and no others."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files: Mapping[str, File] = {
            path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in _TYPES
        }

    def routes(self) -> list[Route]:
        """Return the routes of what never depends on the caller."""
        return [
            Route("GET", "/static/{name}", self.serve, Access.PUBLIC),
            Route("GET", "/favicon.ico", self.icon, Access.PUBLIC),
            Route("GET", "/robots.txt", self.robots, Access.PUBLIC),
        ]

    def address(self, name: str) -> str:
        """Return where a file is found; a changed file is found elsewhere."""
        return f"/static/{name}?v={self._files[name].version}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Return a file; without the right version in the address it is to be asked for again."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        current = request.query.get("v") == file.version
        headers = {
            "Cache-Control": _FOR_EVER if current else "no-cache",
            "ETag": f'"{file.version}"',
            "Vary": "Accept-Encoding",
        }
        if any(tag.value == file.version for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        body = file.plain
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", file.compressed
        charset = None if file.media_type.startswith("image/") else "utf-8"
        return web.Response(
            body=body, content_type=file.media_type, charset=charset, headers=headers
        )

    async def icon(self, _request: web.Request) -> web.StreamResponse:
        """Show browsers that ask for the old address where the mark is."""
        raise web.HTTPPermanentRedirect(self.address("mark.svg"))

    async def robots(self, _request: web.Request) -> web.StreamResponse:
        """Keep search engines away from what concerns single citizens."""
        return web.Response(text=_ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


def _read(path: Path) -> File:
    plain = path.read_bytes()
    version = hashlib.sha256(plain).hexdigest()[:12]
    return File(plain, gzip.compress(plain, mtime=0), _TYPES[path.suffix], version)
