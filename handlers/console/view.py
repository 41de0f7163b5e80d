"""What an officer sees of a question, and which acts are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.delivery.by_hand import quiet_until
from bot.office.lessons import can_teach
from bot.officers import Role, accounts
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import files, guards, repository
from bot.questions.life import Act, State, possible
from bot.questions.repository import Dossier
from bot.questions.sight import visible_to
from bot.reach.overview import Reach, reach_of
from bot.wording import Wording
from handlers.console.barring import barred_until
from handlers.console.dialogue import Said, dialogue_lines
from handlers.console.history import Line, history_lines
from knowledge.entries import Entry


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


def find(connection: Connection, officer: Officer, code: str) -> Row[Any] | None:
    """Return a question by its code, None where the officer may not read it."""
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    return repository.by_code(connection, code, seen_by)


def look(connection: Connection, officer: Officer, code: str, wording: Wording) -> View | None:
    """Read all that an officer is shown of a question, None where it is out of sight."""
    row = find(connection, officer, code)
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


def acts_for(officer: Officer, view: View) -> frozenset[str]:
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


def is_approving(officer: Officer, view: View) -> bool:
    """Whether to offer the draft for approval; where one person is enough, not one's own."""
    own = view.drafter == officer.actor
    offered = Act.APPROVE in possible(State(view.dossier.question.state))
    return officer.role is Role.LEADER and offered and (view.two_persons or not own)


def may_approve(officer: Officer, view: View) -> bool:
    """Whether the leader looking on is another person than the drafter, where it matters."""
    own = view.drafter == officer.actor
    return officer.role is Role.LEADER and not (view.two_persons and own)


def _as_published(dossier: Dossier) -> Dossier:
    """Leave an editor question and answer: dialogue and inner history are not for air."""
    return replace(dossier, events=(), messages=(), merged=(), earlier=())


def _agencies_in(detail: Mapping[str, Any]) -> list[str]:
    return [detail[key] for key in ("agency", "from", "to") if key in detail]
