"""One question: the citizen's words, its history, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.errors import BotError
from bot.moments import Clock
from bot.office.doubts import Doubt
from bot.office.office import Deed, Office
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.privacy import redact
from bot.questions import guards, limits, repository
from bot.questions.checklist import check_answer
from bot.questions.life import Act, NotPossible
from bot.questions.masking import words_for
from bot.questions.notices import Refusal
from bot.questions.steps import NoSuchQuestion
from bot.store import Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.calls import number_to_call, reach_sentences
from handlers.console.queue import READERS
from handlers.console.rendering import Pages
from handlers.console.trace import trace_sentences
from handlers.console.view import View, acts_for, find, is_approving, look, may_approve
from handlers.forms import read_form
from handlers.routes import Access, Handler, Route
from knowledge.decisions import MatterKind

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
            code = request.match_info["code"]
            doubt = Doubt(int(request.match_info["message"]), arrived)
            try:
                await self._office.settle_doubt(request[SESSION].officer, code, doubt)
            except NoSuchQuestion as unknown:
                raise web.HTTPNotFound from unknown
            raise web.HTTPSeeOther(f"{_PAGE.format(code=code)}?xong=doubt")

        return settle

    async def _next(self, request: web.Request, code: str, done: str) -> str:
        """Return the question's page, or the queue once it is out of the officer's sight."""
        officer = request[SESSION].officer
        seen = await self._store.read(lambda c: find(c, officer, code) is not None)
        where = _PAGE.format(code=code) if seen else "/can-bo/cau-hoi"
        return f"{where}?xong={done}"

    async def _view(self, request: web.Request) -> View:
        officer, code = request[SESSION].officer, request.match_info["code"]
        view = await self._store.read(lambda c: look(c, officer, code, self._wording))
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
            acts=acts_for(officer, view),
            approving=is_approving(officer, view),
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
