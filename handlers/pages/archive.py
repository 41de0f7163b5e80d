"""The public archive of questions and answers."""

from dataclasses import dataclass

from aiohttp import web

from bot.segments.archive import PAGE_SIZE, one, published
from bot.store import Store
from handlers.rendering import Templates
from handlers.routes import Access, Route


@dataclass(frozen=True)
class Archive:
    """Lists what may be read by everybody, page by page, and shows one."""

    store: Store
    templates: Templates

    def routes(self) -> list[Route]:
        """Return the list and the single page."""
        return [
            Route("GET", "/hoi-dap", self.index, Access.PUBLIC),
            Route("GET", "/hoi-dap/{slug}", self.show, Access.PUBLIC),
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Show a page of the archive."""
        number = max(1, _digits(request.query.get("trang", "")))
        items, total = await self.store.read(lambda c: published(c, number))
        last = max(1, -(-total // PAGE_SIZE))
        if number > last:
            raise web.HTTPNotFound
        return self.templates.page(
            "archive.html", items=items, number=number, last=last, here="archive"
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show one question with its answer, under its present address."""
        slug = request.match_info["slug"]
        item_id = _digits(slug.partition("-")[0])
        item = await self.store.read(lambda c: one(c, item_id))
        if item is None:
            raise web.HTTPNotFound
        if item.slug != slug:
            raise web.HTTPMovedPermanently(f"/hoi-dap/{item.slug}")
        return self.templates.page("archived.html", item=item, here="archive")


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
