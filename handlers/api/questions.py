"""The desk by machine: /api/v1/questions."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import ColumnElement, Connection, Row

from bot.errors import BotError
from bot.moments import Clock
from bot.office.letters import DeskLetters
from bot.office.office import Deed, Office
from bot.office.trust import AsksTooMuch, UnlistedLink
from bot.officers.accounts import Officer
from bot.officers.tokens import Scope
from bot.questions import guards, repository
from bot.questions.life import Act, Bucket, NotPossible, State
from bot.questions.masking import queue_for, reads_masked, words_for
from bot.questions.notices import Refusal
from bot.questions.repository import Filters
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion
from bot.store import Store
from bot.wording import Wording
from handlers.access import officer_of
from handlers.api.questions_json import detailed, summary
from handlers.routes import Access, Handler, Route
from knowledge.text import clean

_PATH = "/api/v1/questions"
_SCOPES = frozenset({str(Scope.DESK)})

ACTS = (
    Act.CLAIM,
    Act.RELEASE,
    Act.ASK,
    Act.RESUME,
    Act.DRAFT,
    Act.APPROVE,
    Act.RETURN,
    Act.SEND,
    Act.TRANSFER,
    Act.REFUSE,
)

#: what can go wrong, as callers tell it apart
_PROBLEMS: dict[type[BotError], tuple[int, str]] = {
    NoSuchQuestion: (404, "not_found"),
    guards.NotYours: (403, "not_yours"),
    guards.HeldBy: (409, "held"),
    guards.Outdated: (409, "outdated"),
    guards.NeedsApproval: (409, "needs_approval"),
    guards.SamePerson: (409, "same_person"),
    NotPossible: (409, "not_possible"),
    guards.Incomplete: (422, "incomplete"),
    guards.UnknownAgency: (422, "unknown_agency"),
    UnlistedLink: (422, "unlisted_link"),
    AsksTooMuch: (422, "asks_too_much"),
}


class BadRequest(BotError):
    """The body must be a JSON object whose values are text, and `version` a whole number."""


class QuestionsApi:
    """Lists questions and does to them what the officer of the token may do."""

    def __init__(
        self, store: Store, clock: Clock, wording: Wording, own_hosts: Collection[str] = ()
    ) -> None:
        self._store = store
        self._wording = wording
        self._office = Office(store, clock, DeskLetters(wording), own_hosts)

    def routes(self) -> list[Route]:
        """Return the list, one question, and one route for each act."""
        return [
            self._route("GET", _PATH, self.list),
            self._route("GET", _PATH + "/{code}", self.show),
            *(self._route("POST", f"{_PATH}/{{code}}/{act}", self._doing(act)) for act in ACTS),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Return a page of questions by `agency` and `state` (a state or a bucket)."""
        state = request.query.get("state", "")
        if state and state not in {*_STATES, *Bucket}:
            told = ", ".join(sorted({*_STATES, *Bucket}))
            return _error(400, "unknown_state", f"state is one of {told}")
        number = request.query.get("page", "1")
        readable = number.isascii() and number.isdigit() and len(number) < 7
        if not (readable and int(number) > 0):
            return _error(400, "bad_page", "page is a whole number from 1")
        filters = Filters(
            agency=request.query.get("agency", ""),
            states=frozenset({State(state)}) if state in _STATES else frozenset(),
            bucket=Bucket(state) if state in set(Bucket) else None,
            search=request.query.get("q", "")[:200],
        )
        officer = officer_of(request)
        page = await self._store.read(
            lambda c: queue_for(c, officer, filters, int(number), _sight(c, officer))
        )
        return web.json_response(
            {
                "questions": [_for_reader(officer, summary(row)) for row in page.rows],
                "page": page.number,
                "pages": page.last,
                "total": page.total,
            }
        )

    async def show(self, request: web.Request) -> web.Response:
        """Return one question with its words, draft, answer and history."""
        officer, code = officer_of(request), request.match_info["code"]
        found = await self._store.read(lambda c: _look(c, officer, code))
        return web.json_response(found) if found else self._problem(NoSuchQuestion())

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        return Route(method, path, handler, Access.TOKEN, scopes=_SCOPES)

    def _doing(self, act: Act) -> Handler:
        async def do(request: web.Request) -> web.StreamResponse:
            officer = officer_of(request)
            if officer is None:
                return _error(403, "no_officer", "this token acts for no officer: it only reads")
            try:
                deed = read_deed(act, await request.read())
            except BadRequest as problem:
                return _error(400, "bad_request", str(problem))
            try:
                row = await self._office.perform(officer, request.match_info["code"], deed)
            except tuple(_PROBLEMS) as problem:
                return self._problem(problem)
            return web.json_response(summary(row))

        return do

    def _problem(self, problem: BotError) -> web.Response:
        status, error = _PROBLEMS[type(problem)]
        if isinstance(problem, guards.HeldBy):
            return _error(status, error, str(problem), holder=problem.holder)
        if isinstance(problem, NotPossible):
            message = self._wording("desk.not_possible")
            return _error(status, error, message, state=str(problem.state))
        return _error(status, error, str(problem))


#: "answered" and the like name both a state and a bucket: the bucket is meant; who rated
#: is not for officers to see
_STATES = frozenset(State) - {State.ANSWERED, State.REFUSED, State.WITHDRAWN, State.RATED}


def read_deed(act: Act, body: bytes) -> Deed:
    """Return what a request wants done; raise BadRequest for anything but an object of texts.

    >>> read_deed(Act.TRANSFER, b'{"agency": "ct-so-y-te", "reason": "x"}').to
    'ct-so-y-te'
    """
    form = _object(body)
    version = form.pop("version", None)
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise BadRequest
    if not all(isinstance(value, str) for value in form.values()):
        raise BadRequest
    form = {name: clean(value) for name, value in form.items()}
    words = form.get("text") or form.get("answer") or ""
    reason = form.get("reason", "")
    if act is Act.TRANSFER:
        words = words or reason
    if act is Act.REFUSE and reason not in set(Refusal):
        words, reason = words or reason, str(Refusal.OTHER)
    return Deed(
        act,
        text=words,
        basis=form.get("basis", ""),
        to=form.get("agency") or form.get("to") or "",
        reason=reason,
        version=version,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        form = json.loads(body or b"{}")
    except (ValueError, RecursionError) as unreadable:
        raise BadRequest from unreadable
    if not isinstance(form, dict):
        raise BadRequest
    return form


def _look(connection: Connection, officer: Officer | None, code: str) -> Mapping[str, Any] | None:
    row: Row[Any] | None = repository.by_code(connection, code, _sight(connection, officer))
    if row is None:
        return None
    events = repository.events_of(connection, row.id)
    return _for_reader(officer, detailed(row, events, guards.draft_of(connection, row.id)))


def _for_reader(officer: Officer | None, shown: dict[str, Any]) -> dict[str, Any]:
    """Leave an editor question and answer, masked; what was written on the way is not for air."""
    if not reads_masked(officer):
        return shown
    found = {**shown, "text": words_for(officer, shown["text"])}
    if answer := found.get("answer"):
        found["answer"] = {name: words_for(officer, text) for name, text in answer.items()}
    if "events" in found:
        found |= {"draft": None, "events": [], "decision": None}
    return found


def _sight(connection: Connection, officer: Officer | None) -> ColumnElement[bool]:
    return visible_to(officer, repository.denunciation_desk(connection))


def _error(status: int, error: str, message: str, **more: str) -> web.Response:
    return web.json_response({"error": error, "message": message, **more}, status=status)
