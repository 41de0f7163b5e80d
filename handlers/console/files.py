"""Citizens' files for the officers who work on the question, and for nobody else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.media.content import endings
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.files import kept_file
from bot.questions.sight import visible_to
from bot.store import Store
from handlers.access import SESSION
from handlers.routes import Access, Route

_ENDINGS = endings()


@dataclass(frozen=True)
class CitizensFiles:
    """Serves what citizens sent, to save and never to show inside a page of ours."""

    store: Store
    folder: Path

    def routes(self) -> list[Route]:
        """Return the one way to a file: through the question it belongs to."""
        path = "/can-bo/cau-hoi/{code}/tep/{file:[A-Za-z0-9_-]+}"
        return [Route("GET", path, self.send, Access.SESSION, OF_AN_AGENCY)]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Send the file under a name of ours: a citizen's may tell who they are."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        file_id = request.match_info["file"]
        row = await self.store.read(lambda c: _find(c, officer, code, file_id))
        if row is None or not (self.folder / row.id).is_file():
            raise web.HTTPNotFound
        name = f"dan-hoi-{row.id[:6]}{_ENDINGS.get(row.media_type, '')}"
        headers = {
            "Content-Type": row.media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return web.FileResponse(self.folder / row.id, headers=headers)


def _find(connection: Connection, officer: Officer, code: str, file_id: str) -> Row[Any] | None:
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    question = repository.by_code(connection, code, seen_by)
    return kept_file(connection, question.id, file_id) if question else None
