"""One question: the citizen's words, its history, and what may be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.delivery.by_hand import quiet_until
from bot.errors import BotError
from bot.moments import Clock
from bot.office.doubts import Doubt
from bot.office.lessons import can_teach
from bot.office.office import Deed, Office
from bot.officers import Role, accounts
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.privacy import redact
from bot.questions import files, guards, limits, repository
from bot.questions.checklist import check_answer
from bot.questions.life import Act, NotPossible, State, possible
from bot.questions.masking import words_for
from bot.questions.notices import Refusal
from bot.questions.repository import Dossier
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion
from bot.reach.overview import Reach, reach_of
from bot.store import Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.barring import barred_until
from handlers.console.calls import number_to_call, reach_sentences
from handlers.console.dialogue import Said, dialogue_lines
from handlers.console.history import Line, history_lines
from handlers.console.queue import READERS
from handlers.console.rendering import Pages
from handlers.console.trace import trace_sentences
from handlers.forms import read_form
from handlers.routes import Access, Handler, Route
from knowledge.decisions import MatterKind
from knowledge.entries import Entry

#: the address of each act below the question's
SLUGS = {
    Act.CLAIM: "nhan",
    Act.RELEASE: "tra-lai-hang",
    Act.ASK: "hoi-them",
    Act.RESUME: "khong-cho",
    Act.DRAFT: "soan",
    Act.APPROVE: "duyet",
    Act.RETURN: "yeu-cau-sua",
    Act.SEND: "gui",
    Act.TRANSFER: "chuyen",
    Act.REFUSE: "khong-giai-quyet",
    Act.MERGE: "gop",
    Act.NOTE: "ghi-chu",
    Act.RECLASSIFY: "phan-loai",
    Act.CORRECT: "dinh-chinh",
}

_PAGE = "/can-bo/cau-hoi/{code}"
_CONFLICTS = (NotPossible, guards.Outdated, guards.HeldBy)


@dataclass(frozen=True, slots=True)
class View:
    """Everything the question page shows."""

    dossier: Dossier
    lines: Sequence[Line]
    dialogue: Sequence[Said]
    entries: Sequence[Entry]
    draft: Row[Any] | None
    drafter: str | None
    drafter_name: str
    by_officer: bool
    can_teach: bool
    two_persons: bool
    consents: Sequence[Row[Any]]
    reach: Reach
    #: until when a coordinator keeps new questions of this sender away
    barred_until: datetime | None
    #: an officer writes by hand in the provider's application; the assistant keeps quiet
    quiet_until: datetime | None


class QuestionPages:
    """The page of a question and the forms on it."""

    def __init__(
        self, store: Store, clock: Clock, office: Office, pages: Pages, wording: Wording
    ) -> None:
        self._store = store
        self._clock = clock
        self._office = office
        self._pages = pages
        self._wording = wording

    def routes(self) -> list[Route]:
        """Return the page, the agency picker and one route for each act."""
        forms = [
            Route("POST", f"{_PAGE}/{slug}", self._doing(act), Access.SESSION, guards.ROLES[act])
            for act, slug in SLUGS.items()
        ]
        doubt = _PAGE + "/tin/{message:[0-9]{1,15}}"
        picker = f"{_PAGE}/{SLUGS[Act.TRANSFER]}"
        movers = guards.ROLES[Act.TRANSFER]
        return [
            Route("GET", _PAGE, self.show, Access.SESSION, READERS),
            Route("GET", picker, self.pick_agency, Access.SESSION, movers),
            Route("POST", f"{doubt}/da-den", self._settling(True), Access.SESSION, OF_AN_AGENCY),
            Route("POST", f"{doubt}/gui-lai", self._settling(False), Access.SESSION, OF_AN_AGENCY),
            *forms,
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show the question; another agency's question is as unknown as none."""
        return await self._page(request)

    async def pick_agency(self, request: web.Request) -> web.Response:
        """Show the agencies of today, narrowed down by a search without tone marks."""
        view = await self._view(request)
        search = request.query.get("tim", "")
        today = limits.calendar_for_all().local(self._clock()).date()
        agencies = await self._store.read(lambda c: repository.agencies_on(c, today, search))
        return self._pages.render(
            request,
            "transfer.html",
            here="queue",
            question=view.dossier.question,
            search=search,
            agencies=[a for a in agencies if a.code != view.dossier.question.agency],
            error="",
        )

    def _doing(self, act: Act) -> Handler:
        async def do(request: web.Request) -> web.StreamResponse:
            form = await read_form(request)
            code, deed = request.match_info["code"], _deed(act, form)
            unread = act is Act.DRAFT and deed.then_send and _unread_checks(form)
            if unread:
                deed = replace(deed, then_send=False)
            try:
                await self._office.perform(request[SESSION].officer, code, deed)
            except NoSuchQuestion as unknown:
                raise web.HTTPNotFound from unknown
            except guards.NotYours as denied:
                raise web.HTTPForbidden from denied
            except BotError as problem:
                if not _is_second_click(problem, act, request[SESSION].officer):
                    return await self._page(request, problem, form)
            done = "look#check" if unread else _done(deed)
            raise web.HTTPSeeOther(await self._next(request, code, done))

        return do

    def _settling(self, arrived: bool) -> Handler:
        async def settle(request: web.Request) -> web.StreamResponse:
            code, doubt = (
                request.match_info["code"],
                Doubt(int(request.match_info["message"]), arrived),
            )
            try:
                await self._office.settle_doubt(request[SESSION].officer, code, doubt)
            except NoSuchQuestion as unknown:
                raise web.HTTPNotFound from unknown
            raise web.HTTPSeeOther(f"{_PAGE.format(code=code)}?xong=doubt")

        return settle

    async def _next(self, request: web.Request, code: str, done: str) -> str:
        """Return the question's page, or the queue once it is out of the officer's sight."""
        officer = request[SESSION].officer
        seen = await self._store.read(lambda c: _find(c, officer, code) is not None)
        where = _PAGE.format(code=code) if seen else "/can-bo/cau-hoi"
        return f"{where}?xong={done}"

    async def _view(self, request: web.Request) -> View:
        officer, code = request[SESSION].officer, request.match_info["code"]
        view = await self._store.read(lambda c: _look(c, officer, code, self._wording))
        if view is None:
            raise web.HTTPNotFound
        return view

    async def _page(
        self,
        request: web.Request,
        problem: BotError | None = None,
        form: Mapping[str, str] | None = None,
    ) -> web.Response:
        view = await self._view(request)
        officer = request[SESSION].officer
        kept = form or {}
        draft_text = kept.get("text") if "basis" in kept else (view.draft and view.draft.text)
        draft_basis = kept.get("basis") or (view.draft and view.draft.basis)
        return self._pages.render(
            request,
            "question.html",
            _status(problem),
            here="queue",
            view=view,
            question=view.dossier.question,
            words=words_for(officer, view.dossier.question.text),
            answer=words_for(officer, view.dossier.question.answer),
            acts=_acts_for(officer, view),
            approving=_approving(officer, view),
            may_approve=may_approve(officer, view),
            slugs=SLUGS,
            draft_text=draft_text or "",
            draft_basis=draft_basis or "",
            checks=check_answer(draft_text, draft_basis or "") if draft_text else [],
            kept=kept,
            problem=self._explain(problem),
            tried=request.path.rsplit("/", 1)[-1] if problem else "",
            title=redact(view.dossier.question.text or "").text if view.can_teach else "",
            done=request.query.get("xong", ""),
            is_quiet=view.quiet_until is not None and view.quiet_until > self._clock(),
            trace=trace_sentences(
                view.dossier.question.due_trace, limits.calendar_for_all(), self._wording
            ),
            reach=reach_sentences(view.reach, self._pages.moment, self._clock(), self._wording),
            number=number_to_call(view.reach) if officer.role in OF_AN_AGENCY else "",
            refusals=list(Refusal),
            kinds=list(MatterKind),
        )

    def _explain(self, problem: BotError | None) -> str:
        if isinstance(problem, NotPossible):
            return self._wording("desk.not_possible")
        return str(problem) if problem else ""


def _is_second_click(problem: BotError, act: Act, officer: Officer) -> bool:
    """Whether an officer claims what he has claimed a moment ago."""
    return (
        act is Act.CLAIM and isinstance(problem, guards.HeldBy) and problem.holder_id == officer.id
    )


def _look(connection: Connection, officer: Officer, code: str, wording: Wording) -> View | None:
    row = _find(connection, officer, code)
    if row is None:
        return None
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    dossier = repository.with_history(connection, row.id, seen_by)
    if dossier is None:
        return None
    names = accounts.names_by_actor(connection)
    codes = {code for e in dossier.events for code in _agencies_in(e.detail)}
    agencies = repository.agency_names(connection, codes)
    drafter = guards.drafter_of(connection, row.id)
    works_here = officer.role is not Role.EDITOR
    of_agency = officer.role in OF_AN_AGENCY
    readable = files.kept_ids(connection, row.id) if of_agency else frozenset()
    return View(
        dossier=dossier if works_here else _as_published(dossier),
        lines=history_lines(dossier.events, names, agencies, wording) if works_here else (),
        dialogue=dialogue_lines(dossier.messages, readable, dossier.packed) if works_here else (),
        entries=repository.entries_of(connection, row.decision.get("entries", [])[:4]),
        draft=guards.draft_of(connection, row.id) if works_here else None,
        drafter=drafter,
        drafter_name=names.get(drafter or "", ""),
        can_teach=works_here and can_teach(connection, row),
        by_officer=any(event.act == Act.SEND for event in dossier.events),
        two_persons=guards.needs_two_persons(connection, row),
        consents=repository.consents_of(connection, row.id),
        quiet_until=quiet_until(connection, row.conversation_id),
        reach=reach_of(connection, row),
        barred_until=barred_until(connection, row.conversation_id) if works_here else None,
    )


def _as_published(dossier: Dossier) -> Dossier:
    """Leave an editor question and answer: dialogue and inner history are not for air."""
    return replace(dossier, events=(), messages=(), merged=(), earlier=())


def _find(connection: Connection, officer: Officer, code: str) -> Row[Any] | None:
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    return repository.by_code(connection, code, seen_by)


def _agencies_in(detail: Mapping[str, Any]) -> list[str]:
    return [detail[key] for key in ("agency", "from", "to") if key in detail]


def _deed(act: Act, form: Mapping[str, str]) -> Deed:
    version = form.get("version", "")
    return Deed(
        act,
        text=form.get("text", ""),
        basis=form.get("basis", ""),
        to=form.get("to", ""),
        into=form.get("into", ""),
        reason=form.get("reason", ""),
        kind=form.get("kind", ""),
        version=int(version) if _is_number(version) else None,
        then_send=form.get("then") == "send",
    )


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10


def _unread_checks(form: Mapping[str, str]) -> bool:
    """Whether something in the answer deserves a look that the officer has not yet seen."""
    checks = check_answer(form.get("text", ""), form.get("basis", ""))
    return not {c.name for c in checks if not c.passed} <= set(form.get("seen", "").split())


def _done(deed: Deed) -> str:
    return str(Act.SEND if deed.then_send else deed.act)


def _status(problem: BotError | None) -> int:
    if problem is None:
        return 200
    return 409 if isinstance(problem, _CONFLICTS) else 422


def _acts_for(officer: Officer, view: View) -> frozenset[str]:
    """Return the acts to offer: those of the role that fit the state and the holder."""
    question = view.dossier.question
    state = State(question.state)
    fitting = {act for act in possible(state) if officer.role in guards.ROLES.get(act, ())}
    if question.bucket != "open":
        fitting &= {Act.NOTE, Act.RECLASSIFY, Act.CORRECT}
    if state is State.MERGED:
        fitting &= {Act.NOTE, Act.REFUSE}
    if view.two_persons and state is not State.APPROVED:
        fitting -= {Act.SEND}
    if view.two_persons and officer.role is Role.OFFICER:
        fitting -= {Act.REFUSE, Act.CORRECT}
    return frozenset(str(a) for a in fitting if guards.is_free_for(officer, question, a))


def _approving(officer: Officer, view: View) -> bool:
    """Whether to offer the draft for approval; where one person is enough, not one's own."""
    own = view.drafter == officer.actor
    offered = Act.APPROVE in possible(State(view.dossier.question.state))
    return officer.role is Role.LEADER and offered and (view.two_persons or not own)


def may_approve(officer: Officer, view: View) -> bool:
    """Whether the leader looking on is another person than the drafter, where it matters."""
    own = view.drafter == officer.actor
    return officer.role is Role.LEADER and not (view.two_persons and own)
