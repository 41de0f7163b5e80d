"""A coordinator's word on a sender who abuses the programme: nothing new of theirs for a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import Connection, insert, select, update

from bot.moments import Clock
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import repository
from bot.store import Done, Store
from bot.tables.delivery import conversation
from bot.tables.desk import audit
from handlers.access import SESSION
from handlers.forms import read_form
from handlers.routes import Access, Route

#: what may be chosen, in days; 0 takes a bar away
DAYS = (7, 30, 180, 0)
_MOST_REASON = 300


@dataclass(frozen=True)
class Barring:
    """Bars a sender and takes the bar away again; either stands in the audit with its reason.

    Who is barred is still answered by the assistant, and told at once where life is in danger;
    a denunciation is taken from everybody.
    """

    store: Store
    clock: Clock

    def routes(self) -> list[Route]:
        """Return the form's target."""
        path = "/can-bo/cau-hoi/{code}/nguoi-gui"
        roles = frozenset({Role.COORDINATOR})
        return [Route("POST", path, self.decide, Access.SESSION, roles)]

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """Bar the asker of a question for so many days, or no longer."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        form = await read_form(request)
        days, reason = form.get("days", ""), form.get("reason", "").strip()[:_MOST_REASON]
        if days not in map(str, DAYS) or not reason:
            raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}?xong=incomplete")
        now = self.clock()
        until = now + timedelta(days=int(days)) if int(days) else None
        if not await self.store.write(lambda c: Done(_bar(c, officer, code, until, reason, now))):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}?xong={'barred' if until else 'unbarred'}")


def barred_until(connection: Connection, conversation_id: int) -> datetime | None:
    """Return until when a sender is barred, None for everybody else."""
    wanted = select(conversation.c.barred_until).where(conversation.c.id == conversation_id)
    return connection.execute(wanted).scalar_one_or_none()


def _bar(
    connection: Connection,
    officer: Officer,
    code: str,
    until: datetime | None,
    reason: str,
    now: datetime,
) -> bool:
    row = repository.by_code(connection, code)
    if row is None:
        return False
    sender = conversation.c.id == row.conversation_id
    connection.execute(update(conversation).where(sender).values(barred_until=until))
    detail = {"until": until and until.isoformat(), "reason": reason}
    entry = {"at": now, "actor": officer.actor, "act": "sender.bar", "subject": row.code}
    connection.execute(insert(audit).values(**entry, detail=detail))
    return True
