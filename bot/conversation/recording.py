"""A decided step on its way into the database: acts performed in order, receipts filled in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.conversation import acts, letters, repository
from bot.conversation.dialogue import Decided
from bot.conversation.letters import Filed
from bot.conversation.replies import with_offers
from bot.conversation.world import Asked, World
from bot.delivery.turns import Recorded, Stale
from bot.learning.choices import note_choice
from bot.media.identity_papers import forget_files
from bot.messages import Outgoing
from bot.questions import desk
from bot.questions.life import Act, NotPossible, State
from bot.questions.repository import agency_needs_two_persons
from bot.questions.steps import SERVICE, NoSuchQuestion, Step, lock, take
from bot.reach import consents, progress
from knowledge.decisions import MatterKind

_USES = ("publish", "air", "name")


class StepPlan:
    """A step ready to be recorded; implements bot.delivery.turns.Plan."""

    def __init__(self, world: World, decided: Decided, conversation_id: int) -> None:
        self.world = world
        self.decided = decided
        self.conversation_id = conversation_id
        self.through = decided.through
        self._version = world.library.version

    def record(self, connection: Connection, now: datetime) -> Recorded:
        """Perform the acts; raise Stale where an entry or a question has changed meanwhile."""
        self._check(connection)
        performing = _Performing(self, connection, now)
        try:
            for deed in self.decided.step.deeds:
                performing.do(deed)
        except (NotPossible, NoSuchQuestion) as changed:
            raise Stale("a question changed between decision and record") from changed
        memory = with_offers(self.decided.step.memory, performing.replies)
        if performing.filed is not None:
            memory = replace(memory, question=performing.filed.id)
        if performing.handed:
            memory = replace(memory, entry="")  # what is spoken of now is with the officers
        replies = (replace(reply, version=self._version) for reply in performing.replies)
        return Recorded(memory.as_json(), tuple(replies))

    def _check(self, connection: Connection) -> None:
        cited = frozenset(self.decided.step.cited)
        if cited and cited != repository.public_entries(connection, cited):
            raise Stale


class _Performing:
    """One run through the deeds of a step; remembers the question filed last."""

    def __init__(self, plan: StepPlan, connection: Connection, now: datetime) -> None:
        self.plan = plan
        self.connection = connection
        self.now = now
        self.filed: Filed | None = None
        self.handed = False
        self.replies: list[Outgoing] = []

    def do(self, deed: acts.Act | acts.Reply) -> None:
        """Perform an act or render a reply."""
        if isinstance(deed, Outgoing):
            self.replies.append(deed)
        elif isinstance(deed, acts.Receipt):
            self.replies.append(self._receipt(deed))
        else:
            _PERFORM[type(deed)](self, deed)

    def _receipt(self, wanted: acts.Receipt) -> Outgoing:
        if self.filed is None:
            raise ValueError("a receipt stands before the act that it confirms")
        return letters.receipt(self.plan.world, wanted, self.filed)

    def tie(self, question_id: int, more: tuple[int, ...] = ()) -> None:
        """Show the thought's messages, and earlier pictures, with the question."""
        message_ids = {*more, *self.plan.decided.message_ids}
        repository.tie(self.connection, sorted(message_ids), question_id)

    def known(self, question_id: int) -> Asked:
        """Return a question that was on record already."""
        asked = self.plan.world.question(question_id)
        if asked is None:
            raise NoSuchQuestion
        return asked


def _open(run: _Performing, act: acts.Open) -> None:
    new = desk.NewQuestion(
        conversation_id=run.plan.conversation_id,
        channel=run.plan.world.channel,
        kind=act.matter,
        agency=act.agency,
        commune=act.commune or None,
        text=act.text,
        decision=_marked(run, act.decision),
        start=act.start,
        answer=act.answer,
    )
    opened = desk.open_question(run.connection, new, run.now)
    run.filed = Filed(opened.id, opened.code, opened.agency, opened.due_at, opened.key)
    run.handed = act.start is State.QUEUED
    run.tie(opened.id, act.media)


def _marked(run: _Performing, decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a decision; a minor's question says so."""
    is_minor = run.plan.decided.step.memory.minor
    return {**decision, "minor": True} if is_minor else dict(decision)


def _note_minor(run: _Performing, _act: acts.NoteMinor) -> None:
    for question_id in repository.note_minor(run.connection, run.plan.conversation_id):
        for use in _USES:
            desk.withdraw_consent(run.connection, question_id, use, run.now)


def _settle(run: _Performing, act: acts.Settle) -> None:
    desk.settle(run.connection, act.question, act.answer, run.now)
    note_choice(run.connection, act.question, act.entry, run.now)


def _queue(run: _Performing, act: acts.Queue) -> None:
    due = desk.queue_question(run.connection, act.question, act.agency, act.reason, run.now)
    key = repository.renew_key(run.connection, act.question)
    run.filed = Filed(act.question, run.known(act.question).code, act.agency, due, key)
    run.handed = True


def _add(run: _Performing, act: acts.Add) -> None:
    if act.text:
        desk.add_to_question(run.connection, act.question, act.text, run.now)
    run.tie(act.question, act.media)


def _route(run: _Performing, act: acts.Route) -> None:
    row = lock(run.connection, act.question)
    if row.kind == MatterKind.DENUNCIATION:
        return  # the place it names must not be the one to read it
    changes = {
        "agency": act.agency,
        "commune": act.agency,
        "two_persons": agency_needs_two_persons(run.connection, act.agency),
    }
    detail = {"from": row.agency, "to": act.agency, "reason": "asker_told_commune"}
    take(run.connection, row, Step(Act.TRANSFER, SERVICE, run.now, detail, changes=changes))


def _withdraw(run: _Performing, act: acts.Withdraw) -> None:
    desk.withdraw(run.connection, act.question, run.now)


def _reopen(run: _Performing, act: acts.Reopen) -> None:
    due = desk.reopen(run.connection, act.question, act.text, run.now)
    asked = run.known(act.question)
    run.filed = Filed(asked.id, asked.code, asked.agency, due)
    run.tie(act.question)


def _rate(run: _Performing, act: acts.Rate) -> None:
    desk.rate(run.connection, act.question, act.score, run.now)


def _consent(run: _Performing, act: acts.Consent) -> None:
    given = desk.Consent(act.use, act.granted, act.wording)
    desk.record_consent(run.connection, act.question, given, run.now)


def _take_back(run: _Performing, act: acts.TakeBack) -> None:
    for use in _USES:
        desk.withdraw_consent(run.connection, act.question, use, run.now)


def _propose(run: _Performing, act: acts.ProposeAlias) -> None:
    repository.propose_alias(run.connection, act.entry, act.text, run.plan.conversation_id, run.now)


def _choose_road(run: _Performing, act: acts.ChooseRoad) -> None:
    if act.number:
        consents.hide_number(run.connection, run.plan.decided.message_ids)
    choice = consents.Choice(act.road, act.wording, act.number)
    consents.choose(run.connection, act.question, choice, run.now)


def _still_waiting(run: _Performing, _act: acts.StillWaiting) -> None:
    progress.confirm(run.connection, run.plan.conversation_id, run.now)


def _drop(run: _Performing, act: acts.DropMedia) -> None:
    forget_files(run.connection, act.messages, run.now)


_PERFORM: Mapping[type, Callable[[_Performing, Any], None]] = {
    acts.Open: _open,
    acts.Settle: _settle,
    acts.Queue: _queue,
    acts.Add: _add,
    acts.Route: _route,
    acts.Withdraw: _withdraw,
    acts.Reopen: _reopen,
    acts.Rate: _rate,
    acts.Consent: _consent,
    acts.TakeBack: _take_back,
    acts.NoteMinor: _note_minor,
    acts.ProposeAlias: _propose,
    acts.ChooseRoad: _choose_road,
    acts.StillWaiting: _still_waiting,
    acts.DropMedia: _drop,
}
