"""The citizen asked for it: all that a conversation left here is erased."""

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from bot.moments import Clock
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.erasure import erase_citizen
from bot.questions.sight import visible_to
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.forms import read_form
from handlers.routes import Access, Route

#: how a request for erasure is marked where it was filed
MARK = "erase"


#: such requests are filed for the coordinators, who may hand them on
_ERASING = OF_AN_AGENCY | {Role.COORDINATOR}


@dataclass(frozen=True)
class Erasure:
    """Does what a request for erasure asks, once somebody has looked at it."""

    store: Store
    clock: Clock

    def routes(self) -> list[Route]:
        """Return the form's target."""
        path = "/can-bo/cau-hoi/{code}/xoa-du-lieu"
        return [Route("POST", path, self.erase, Access.SESSION, _ERASING)]

    async def erase(self, request: web.Request) -> web.StreamResponse:
        """Erase, where the question is such a request and the box was ticked."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        form = await read_form(request)
        if form.get("sure") != "1":
            raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}")
        now = self.clock()

        def body(connection: Connection) -> Done[bool]:
            conversation_id = _asking(connection, officer, code)
            if conversation_id is None:
                return Done(False)
            erase_citizen(connection, conversation_id, f"officer:{officer.id}", now)
            return Done(True)

        if not await self.store.write(body):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}?xong=erased")


def _asking(connection: Connection, officer: Officer, code: str) -> int | None:
    """Return the conversation whose erasure a question asks for; None for any other question."""
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    row = repository.by_code(connection, code, seen_by)
    if row is None or row.decision.get("mark") != MARK:
        return None
    return int(row.conversation_id)
