"""The machine API as OpenAPI, for programs that read before they call."""

from functools import cached_property
from pathlib import Path

import yaml
from aiohttp import web

from handlers.routes import Access, Route

_DESCRIPTION = Path(__file__).with_name("openapi.yaml")


class Description:
    """Serves the description; a test holds it to the routes there are."""

    def routes(self) -> list[Route]:
        """Return its one route."""
        return [Route("GET", "/api/v1/openapi.json", self.show, Access.PUBLIC)]

    async def show(self, _request: web.Request) -> web.StreamResponse:
        """Return the description."""
        return web.json_response(self._document, headers={"Cache-Control": "max-age=3600"})

    @cached_property
    def _document(self) -> object:
        return yaml.safe_load(_DESCRIPTION.read_text(encoding="utf-8"))
