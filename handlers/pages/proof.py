"""Proof towards Zalo that the domain is ours, as the developers' console asks for it.

Zalo accepts a tag in the home page's head or a file at the root; both are offered for each code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from handlers.routes import Access, Handler, Route


@dataclass(frozen=True)
class DomainProof:
    """The files `zalo_verifier<CODE>.html` for the configured codes, and for no others."""

    codes: Sequence[str]

    def routes(self) -> list[Route]:
        """Return a route for each code."""
        return [
            Route("GET", f"/zalo_verifier{code}.html", self._answer(code), Access.PUBLIC)
            for code in self.codes
        ]

    @staticmethod
    def _answer(code: str) -> Handler:
        tag = f'<meta name="zalo-platform-site-verification" content="{code}">'
        page = f"<!doctype html><html><head>{tag}</head><body>{code}</body></html>"

        async def show(_request: web.Request) -> web.StreamResponse:
            return web.Response(text=page, content_type="text/html")

        return show
