"""Citizens' files for the officers who work on the question, and for nobody else."""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.media.content import endings
from bot.media.folder import Folder
from bot.media.identity_papers import drop_file
from bot.messages import Outgoing
from bot.moments import Clock
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.files import kept_file
from bot.questions.life import Act
from bot.questions.sight import visible_to
from bot.questions.steps import Step, lock, take
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.routes import Access, Route

_ENDINGS = endings()


@dataclass(frozen=True)
class CitizensFiles:
    """Serves what citizens sent, to save and never to show inside a page of ours."""

    store: Store
    folder: Folder
    told: Outgoing
    clock: Clock

    def routes(self) -> list[Route]:
        """Return the one way to a file, and the way to be rid of it: through its question."""
        path = "/can-bo/cau-hoi/{code}/tep/{file:[A-Za-z0-9_-]+}"
        identity = f"{path}/giay-to-tuy-than"
        return [
            Route("GET", path, self.send, Access.SESSION, OF_AN_AGENCY),
            Route("POST", identity, self.destroy, Access.SESSION, OF_AN_AGENCY),
        ]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Send the file under a name of ours: a citizen's may tell who they are."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        file_id = request.match_info["file"]
        row = await self.store.read(lambda c: _find(c, officer, code, file_id))
        if row is None or not (self.folder.path / row.id).is_file():
            raise web.HTTPNotFound
        name = f"dan-hoi-{row.id[:6]}{_ENDINGS.get(row.media_type, '')}"
        headers = {
            "Content-Type": row.media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return web.FileResponse(self.folder.path / row.id, headers=headers)

    async def destroy(self, request: web.Request) -> web.StreamResponse:
        """Destroy a picture of an identity paper at once, and tell its sender."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        file_id, now = request.match_info["file"], self.clock()

        def body(connection: Connection) -> Done[bool]:
            row = _find(connection, officer, code, file_id)
            if row is None:
                return Done(False)
            wakes = drop_file(connection, row, self.told, now)
            step = Step(Act.NOTE, f"officer:{officer.id}", now, {"message": "identity"})
            take(connection, lock(connection, row.question_id), step)
            return Done(True, wakes)

        if not await self.store.write(body):
            raise web.HTTPNotFound
        await asyncio.to_thread(self.folder.remove, file_id)
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}?xong=identity")


def _find(connection: Connection, officer: Officer, code: str, file_id: str) -> Row[Any] | None:
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    question = repository.by_code(connection, code, seen_by)
    return kept_file(connection, question.id, file_id) if question else None
