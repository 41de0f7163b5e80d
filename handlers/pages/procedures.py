"""Procedures and public lines as pages, and how a question is understood."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from aiohttp import web

from handlers.access import check_origin
from handlers.callers import caller_of
from handlers.forms import read_form
from handlers.grounds import readable
from handlers.pages.knowledge import Library
from handlers.rendering import Templates
from handlers.routes import Access, Route
from handlers.webchat.limits import Allowance, RateLimit
from knowledge.entries import Entry, EntryKind, Facet
from knowledge.text import clean

_MOST_FOUND = 20
_LONGEST_SEARCH = 200
_LONGEST_TRIAL = 1000
#: what people ask first stands first
_ORDER = (
    Facet.DOCUMENTS,
    Facet.PLACE,
    Facet.TIME,
    Facet.FEE,
    Facet.STEPS,
    Facet.CONDITIONS,
    Facet.FORM,
    Facet.RESULT,
    Facet.ONLINE,
)
#: a page about a procedure owes an answer to these, if only that nobody has confirmed it
_OWED = frozenset({Facet.DOCUMENTS, Facet.PLACE, Facet.TIME, Facet.FEE})


def _trials() -> RateLimit:
    return RateLimit(Allowance(burst=20, per_second=0.5))


@dataclass(frozen=True, slots=True)
class Shown:
    """One facet on the page; text only where it is sound."""

    facet: Facet
    text: str
    source: str
    checked_on: date | None


@dataclass(frozen=True)
class Procedures:
    """Pages of public knowledge; nothing a citizen types here is kept."""

    library: Library
    templates: Templates
    own_host: str
    trials: RateLimit = field(default_factory=_trials)

    def routes(self) -> list[Route]:
        """Return search, procedure, hotlines and the page that explains decisions."""
        return [
            Route("GET", "/thu-tuc", self.search, Access.PUBLIC),
            Route("GET", "/thu-tuc/{code}", self.show, Access.PUBLIC),
            Route("GET", "/duong-day-nong", self.hotlines, Access.PUBLIC),
            Route("GET", "/vi-sao", self.wonder, Access.PUBLIC),
            Route("POST", "/vi-sao", self.explain, Access.PUBLIC),
        ]

    async def search(self, request: web.Request) -> web.StreamResponse:
        """Show procedures found by everyday words."""
        words = clean(request.query.get("q", ""))[:_LONGEST_SEARCH].strip()
        found: list[Entry] = []
        if words:
            self._pace(request)
            found = self.library.search(words, _MOST_FOUND)
        found = [entry for entry in found if entry.kind is EntryKind.PROCEDURE]
        return self.templates.page("search.html", words=words, found=found, here="procedures")

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show one procedure; what nobody has confirmed says so."""
        entry = self.library.entry(f"procedure:{request.match_info['code']}")
        if entry is None:
            raise web.HTTPNotFound
        facts = list(shown_facts(entry))
        return self.templates.page(
            "procedure.html",
            entry=entry,
            facts=facts,
            sources={(fact.source, fact.checked_on) for fact in facts if fact.text},
            agencies=[self.library.agency_name(code) for code in entry.agencies],
            online_url=entry.online_url if is_official(entry.online_url) else "",
            source_url=entry.source_url if is_official(entry.source_url) else "",
            here="procedures",
        )

    async def hotlines(self, _request: web.Request) -> web.StreamResponse:
        """Show the public lines, the urgent ones first."""
        lines = self.library.hotlines()
        urgent = [line for line in lines if line.phone and len(line.phone) == 3]
        others = [line for line in lines if line not in urgent]
        return self.templates.page("hotlines.html", urgent=urgent, others=others, here="hotlines")

    async def wonder(self, _request: web.Request) -> web.StreamResponse:
        """Show the form for a trial question."""
        return self.templates.page("why.html", text="", told=None)

    async def explain(self, request: web.Request) -> web.StreamResponse:
        """Show how a trial question is understood; sent by POST, so that no log holds it."""
        check_origin(request, self.own_host)
        self._pace(request)
        text = (await read_form(request)).get("text", "")[:_LONGEST_TRIAL].strip()
        told = self.library.explain(text) if text else None
        agency = told.decision.agency if told else None
        return self.templates.page(
            "why.html",
            headers={"Cache-Control": "no-store"},
            text=text,
            told=told,
            heaviest=max((word.weight for word in told.words), default=0.0) if told else 0.0,
            agency=self.library.agency_name(agency) if agency else "",
            reason=self._grounds(told.decision.reason) if told else "",
        )

    def _grounds(self, reason: str) -> str:
        return readable(self.templates.wording, self.library.agency_name, reason)

    def _pace(self, request: web.Request) -> None:
        if wait := self.trials.wait(caller_of(request), time.monotonic()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})


def shown_facts(entry: Entry) -> Iterator[Shown]:
    """Return the facets in the order people ask for them; an unsound text is left out."""
    for facet in _ORDER:
        fact = entry.facts.get(facet)
        if fact is not None and fact.sound and fact.text.strip():
            source, checked_on = fact.source or entry.source, fact.checked_on or entry.checked_on
            yield Shown(facet, fact.text, source, checked_on)
        elif fact is not None or facet in _OWED:
            yield Shown(facet, "", "", None)


def is_official(url: str) -> bool:
    """Whether a link leads to the state's own domains, over https."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "gov.vn" or host.endswith(".gov.vn"))
