"""Files of knowledge: brought, previewed, imported while the officer watches or goes on."""

from typing import Any

from aiohttp import web

from bot.catalogue.kinds import Kind, template
from bot.catalogue.uploads import NoSuchFile, Upload, Uploads
from bot.officers import Role
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.background import Background
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route
from handlers.web import MAX_BODY
from knowledge.lint import reasons
from knowledge.text import clean

PAGE = "/can-bo/kien-thuc/nhap"
_KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN})
_LONGEST = 300


class Imports:
    """The pages of imports."""

    def __init__(
        self, uploads: Uploads, pages: Pages, wording: Wording, background: Background
    ) -> None:
        self._uploads = uploads
        self._pages = pages
        self._wording = wording
        self._background = background

    def routes(self) -> list[Route]:
        """Return the form with what came last, empty tables, and the page of a file."""
        one = PAGE + r"/{file:[\w-]{22}}"
        return [
            Route("GET", PAGE, self.show, Access.SESSION, _KEEPERS),
            Route("POST", PAGE, self.take, Access.SESSION, _KEEPERS, body=MAX_BODY),
            Route("GET", PAGE + "/mau/{kind:[a-z]+}.csv", self.empty, Access.SESSION, _KEEPERS),
            Route("GET", one, self.preview, Access.SESSION, _KEEPERS),
            Route("POST", one, self.decide, Access.SESSION, _KEEPERS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return await self._form(request)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Keep the file and begin to read it."""
        fields = await request.post()
        file, kind = fields.get("file"), str(fields.get("kind", ""))
        if not isinstance(file, web.FileField) or not (data := file.file.read()):
            return await self._form(request, self._wording("import.no_file"))
        upload = Upload(
            name=clean(file.filename).strip() or "tep",
            data=data,
            actor=request[SESSION].officer.actor,
            kind=Kind(kind) if kind in set(Kind) else None,
            source=clean(str(fields.get("source", "")))[:_LONGEST].strip(),
            complete=fields.get("complete") == "yes",
        )
        file_id = await self._uploads.take(upload)
        self._background.start("read a file", self._uploads.read(file_id))
        raise web.HTTPSeeOther(f"{PAGE}/{file_id}")

    async def empty(self, request: web.Request) -> web.Response:
        """Return an empty table of a kind, as a spreadsheet opens it."""
        kind = request.match_info["kind"]
        if kind not in set(Kind):
            raise web.HTTPNotFound
        shown = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
        return web.Response(text=template(Kind(kind)), content_type="text/csv", headers=shown)

    async def preview(self, request: web.Request) -> web.Response:
        """Show what a file holds and would change, or how far its import is."""
        try:
            row = await self._uploads.get(request.match_info["file"])
        except NoSuchFile as gone:
            raise web.HTTPNotFound from gone
        return self._pages.render(
            request,
            "import.html",
            here="lessons",
            tab="imports",
            row=row,
            found=row.preview,
            working=row.state in {"reading", "importing"},
            dead=self._uploads.is_dead(row),
            told=self._told,
            field=self._field,
            reasons=reasons(),
        )

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """Import the file, or throw it away."""
        file_id, form = request.match_info["file"], await read_form(request)
        if form.get("decision") == "import":
            if await self._uploads.confirm(file_id):
                self._background.start("import a file", self._uploads.bring_in(file_id))
            raise web.HTTPSeeOther(f"{PAGE}/{file_id}")
        await self._uploads.forget(file_id)
        raise web.HTTPSeeOther(PAGE)

    async def _form(self, request: web.Request, problem: str = "") -> web.Response:
        return self._pages.render(
            request,
            "imports.html",
            status=400 if problem else 200,
            here="lessons",
            tab="imports",
            kinds=list(Kind),
            latest=await self._uploads.latest(),
            problem=problem,
        )

    def _told(self, error: dict[str, Any]) -> str:
        """Return a fault in words for an officer."""
        message_id = f"import.fault.{error['fault'].lower()}"
        if message_id not in self._wording:
            return str(error["why"])
        return self._wording(message_id, **error["values"])

    def _field(self, name: str) -> str:
        """Return a field's name in words, the name itself for one without."""
        message_id = f"import.field.{name}"
        return self._wording(message_id) if message_id in self._wording else name
