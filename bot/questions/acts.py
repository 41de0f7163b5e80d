"""What officers do to questions. Plain functions for the body of a write.

Acts that tell the citizen something return the wakes to fire after the commit.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.delivery import outbox
from bot.messages import Outgoing, Purpose
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import guards, life, limits, repository
from bot.questions.desk import release_merged, resumed
from bot.questions.guards import Hand, Incomplete, UnknownAgency, take_up
from bot.questions.history import ContentKind, Words
from bot.questions.life import Act, NotPossible, State
from bot.questions.notices import Answer, Asker, Notices, Refusal, Signed
from bot.questions.steps import Step, lock, take
from bot.reach.notices import Notice, tell
from bot.store import Wake
from bot.tables.desk import content, question
from bot.tables.desk import officer as officers
from knowledge.decisions import MatterKind

Wakes = tuple[Wake, ...]


def claim(connection: Connection, hand: Hand) -> None:
    """Take a question up; of many at once exactly one succeeds, the others get HeldBy."""
    row = take_up(connection, hand, Act.CLAIM)
    take(connection, row, _step(Act.CLAIM, hand, assignee_id=hand.officer.id))


def release(connection: Connection, hand: Hand) -> None:
    """Put a question back into the agency's queue."""
    row = take_up(connection, hand, Act.RELEASE)
    take(connection, row, _step(Act.RELEASE, hand, assignee_id=None, approver_id=None))


def ask(connection: Connection, hand: Hand, text: str, notices: Notices) -> Wakes:
    """Ask the citizen for more; the clock pauses until the reply."""
    row = take_up(connection, hand, Act.ASK)
    words = Words(ContentKind.ASK, _required(text))
    since = row.waiting_since or hand.now
    taken = take(connection, row, _step(Act.ASK, hand, words, waiting_since=since))
    message = notices.ask(_asker(connection, row), _agency_name(connection, row.agency), words.text)
    return _post(connection, row, f"ask:{taken.content_id}", message, hand)


def resume(connection: Connection, hand: Hand) -> None:
    """Go on without the citizen's reply; the clock runs again."""
    row = take_up(connection, hand, Act.RESUME)
    take(connection, row, _step(Act.RESUME, hand, **resumed(connection, row, hand.now)))


def draft(connection: Connection, hand: Hand, answer: Answer) -> None:
    """Keep an answer in the making; a change after approval needs approval again."""
    row = take_up(connection, hand, Act.DRAFT)
    words = Words(ContentKind.DRAFT, _required(answer.text), answer.basis.strip())
    take(connection, row, _step(Act.DRAFT, hand, words, approver_id=None))


def approve(connection: Connection, hand: Hand) -> None:
    """Vouch for the draft as the leader; where two persons are required, not for one's own."""
    row = take_up(connection, hand, Act.APPROVE)
    guards.check_second_person(connection, hand, row)
    take(connection, row, _step(Act.APPROVE, hand, approver_id=hand.officer.id))


def send_back(connection: Connection, hand: Hand, why: str) -> None:
    """Return a draft to its writer with a remark."""
    row = take_up(connection, hand, Act.RETURN)
    words = Words(ContentKind.NOTE, _required(why))
    take(connection, row, _step(Act.RETURN, hand, words, approver_id=None))


def send(connection: Connection, hand: Hand, notices: Notices) -> Wakes:
    """Answer the asker and everybody whose question was merged into this one."""
    row = _leading(take_up(connection, hand, Act.SEND), Act.SEND)
    guards.check_approval(connection, row)
    written = guards.draft_of(connection, row.id)
    if written is None or not written.text:
        raise Incomplete
    answer = Answer(written.text, written.basis or "")
    signed = _signed(connection, row, hand)
    wakes: Wakes = ()
    for asked in (row, *_merged(connection, row.id)):
        wakes += _answer_one(connection, asked, hand, answer, (signed, notices))
    return wakes


def correct(connection: Connection, hand: Hand, text: str, notices: Notices) -> Wakes:
    """Put an answer right, for its asker and for whoever got the same words.

    Where two persons are required only the leader may: it leaves the house too.
    """
    row = take_up(connection, hand, Act.CORRECT)
    life.after(State(row.state), Act.CORRECT)
    if hand.officer.role is Role.OFFICER and guards.needs_two_persons(connection, row):
        raise guards.NeedsApproval
    wakes: Wakes = ()
    for asked in (row, *_answered_alike(connection, row.id)):
        wakes += _correct_one(connection, asked, hand, _required(text), notices)
    return wakes


def transfer(connection: Connection, hand: Hand, to: str, reason: str, notices: Notices) -> Wakes:
    """Pass a question on to an agency that exists today, and tell the asker where it is."""
    row = _leading(take_up(connection, hand, Act.TRANSFER), Act.TRANSFER)
    if to == row.agency or not _may_go_to(connection, row, to, hand):
        raise UnknownAgency
    words = Words(ContentKind.REASON, _required(reason))
    return _move(connection, row, hand, (to, words), notices)


def refuse(
    connection: Connection, hand: Hand, reason: Refusal, text: str, notices: Notices
) -> Wakes:
    """Close a question this channel cannot answer, and show the asker the right door.

    Where two persons are required only the leader may: a refusal leaves the house too.
    """
    row = take_up(connection, hand, Act.REFUSE)
    if hand.officer.role is Role.OFFICER and guards.needs_two_persons(connection, row):
        raise guards.NeedsApproval
    wakes: Wakes = ()
    for asked in (row, *_merged(connection, row.id)):
        words = Words(ContentKind.REASON, text.strip()) if text.strip() else None
        step = _step(Act.REFUSE, hand, words, closed_at=hand.now, waiting_since=None)
        step.detail["reason"] = str(reason)
        take(connection, asked, step)
        message = notices.refused(_asker(connection, asked), reason, text.strip())
        wakes += _post(connection, asked, f"refuse:{asked.version}", message, hand)
    return wakes


def merge(connection: Connection, hand: Hand, into_id: int) -> None:
    """Let one answer serve two askers: this question waits for the other's answer."""
    row = take_up(connection, hand, Act.MERGE)
    target = lock(connection, into_id)
    if State(target.state) is State.MERGED and target.merged_into_id is not None:
        target = lock(connection, target.merged_into_id)
    alike = (row.agency, row.sealed) == (target.agency, target.sealed)
    sealed = MatterKind.DENUNCIATION in (row.kind, target.kind)
    if target.id == row.id or target.bucket != "open" or not alike or sealed:
        raise guards.NotAlike
    for asked in (row, *_merged(connection, row.id)):
        step = _step(Act.MERGE, hand, merged_into_id=target.id, assignee_id=None)
        step.detail["into"] = target.code
        take(connection, asked, step)


def note(connection: Connection, hand: Hand, text: str) -> None:
    """Leave a remark that only officers see."""
    row = take_up(connection, hand, Act.NOTE)
    take(connection, row, _step(Act.NOTE, hand, Words(ContentKind.NOTE, _required(text))))


def reclassify(connection: Connection, hand: Hand, kind: MatterKind, notices: Notices) -> Wakes:
    """Say what a matter is in law. Complaints and denunciations are sealed from publication.

    A denunciation leaves the agency it is with at once; only a coordinator breaks a seal.
    """
    row = take_up(connection, hand, Act.RECLASSIFY)
    seals = kind in (MatterKind.COMPLAINT, MatterKind.DENUNCIATION)
    if row.sealed and not seals and hand.officer.role is not Role.COORDINATOR:
        raise guards.NotYours
    step = _step(Act.RECLASSIFY, hand, kind=str(kind), sealed=seals)
    step.detail.update({"from": row.kind, "to": str(kind)})
    take(connection, row, step)
    desk = repository.denunciation_desk(connection)
    if kind is not MatterKind.DENUNCIATION or row.agency == desk or row.bucket != "open":
        return ()
    release_merged(connection, row.id, row.agency, hand.now)
    words = Words(ContentKind.REASON, str(kind))
    return _move(connection, lock(connection, row.id), hand, (desk, words), notices)


def signature(signer: Officer) -> str:
    """Return the signer as a citizen reads it: name and title."""
    return f"{signer.name}, {signer.title}" if signer.title else signer.name


def _step(act: Act, hand: Hand, words: Words | None = None, **changes: Any) -> Step:  # noqa: ANN401
    return Step(act, hand.officer.actor, hand.now, {}, words, changes)


def _answer_one(
    connection: Connection,
    row: Row[Any],
    hand: Hand,
    answer: Answer,
    told: tuple[Signed, Notices],
) -> Wakes:
    signed, notices = told
    words = Words(ContentKind.ANSWER, answer.text, answer.basis)
    step = _step(Act.SEND, hand, words, answered_at=hand.now, closed_at=hand.now)
    step.detail["signer"] = signed.signer
    taken = take(connection, row, step)
    connection.execute(
        update(question).where(question.c.id == row.id).values(answer_id=taken.content_id)
    )
    message = notices.answer(_asker(connection, row), answer, signed)
    return _post(connection, row, f"answer:{taken.content_id}", message, hand)


def _correct_one(
    connection: Connection, row: Row[Any], hand: Hand, text: str, notices: Notices
) -> Wakes:
    given = connection.execute(select(content).where(content.c.id == row.answer_id)).first()
    if given is None or not given.text:
        raise Incomplete
    on = limits.calendar_for(connection, row.agency).local(hand.now).date()
    stands = notices.corrected(given.text, text, on)
    words = Words(ContentKind.ANSWER, stands, given.basis or "")
    taken = take(connection, row, _step(Act.CORRECT, hand, words))
    connection.execute(
        update(question).where(question.c.id == row.id).values(answer_id=taken.content_id)
    )
    message = notices.correction(_asker(connection, row), text)
    return _post(connection, row, f"correction:{taken.content_id}", message, hand)


def _answered_alike(connection: Connection, question_id: int) -> Iterator[Row[Any]]:
    states = [str(state) for state in (State.ANSWERED, State.RATED)]
    wanted = select(question.c.id).where(
        question.c.merged_into_id == question_id, question.c.state.in_(states)
    )
    for asked_id in connection.execute(wanted.order_by(question.c.id)).scalars().all():
        yield lock(connection, asked_id)


def _move(
    connection: Connection,
    row: Row[Any],
    hand: Hand,
    move: tuple[str, Words],
    notices: Notices,
) -> Wakes:
    to, words = move
    kind = MatterKind(row.kind)
    late = hand.now > limits.forward_due(connection, row.agency, kind, row.received_at).at
    wakes: Wakes = ()
    for asked in (row, *_merged(connection, row.id)):
        step = _step(
            Act.TRANSFER,
            hand,
            words,
            agency=to,
            two_persons=repository.agency_needs_two_persons(connection, to),
            **{**resumed(connection, asked, hand.now), "assignee_id": None, "approver_id": None},
        )
        step.detail.update({"from": asked.agency, "to": to, "late": late})
        taken = take(connection, asked, step)
        message = notices.transferred(_asker(connection, asked), _agency_name(connection, to))
        wakes += _post(connection, asked, f"transfer:{taken.content_id}", message, hand)
    return wakes


def _may_go_to(connection: Connection, row: Row[Any], to: str, hand: Hand) -> bool:
    if MatterKind(row.kind) is MatterKind.DENUNCIATION:
        return to == repository.denunciation_desk(connection)
    today = limits.calendar_for(connection, row.agency).local(hand.now).date()
    return any(agency.code == to for agency in repository.agencies_on(connection, today))


def _leading(row: Row[Any], act: Act) -> Row[Any]:
    """Return the row if the act fits it now and it does not just follow another question."""
    life.after(State(row.state), act)
    if row.state == State.MERGED:
        raise NotPossible(act, State.MERGED)
    return row


def _merged(connection: Connection, question_id: int) -> Iterator[Row[Any]]:
    wanted = select(question.c.id).where(
        question.c.merged_into_id == question_id, question.c.state == str(State.MERGED)
    )
    ordered = wanted.order_by(question.c.id).with_for_update()
    for asked_id in connection.execute(ordered).scalars().all():
        yield lock(connection, asked_id)


def _signed(connection: Connection, row: Row[Any], hand: Hand) -> Signed:
    """Return who vouches for the answer: the approver, else whoever sends it."""
    on = limits.calendar_for(connection, row.agency).local(hand.now).date()
    if row.state != State.APPROVED or row.approver_id is None:
        return Signed(signature(hand.officer), on, approved=False)
    wanted = select(officers).where(officers.c.id == row.approver_id)
    approver = Officer.of(connection.execute(wanted).one())
    return Signed(signature(approver), on, approved=True)


def _asker(connection: Connection, row: Row[Any]) -> Asker:
    """Return who asked, with the words by which a late answer is known again; a denunciation's
    are repeated nowhere."""
    about = ""
    if row.kind != MatterKind.DENUNCIATION:
        asked = select(content.c.text).where(content.c.id == row.text_id)
        about = connection.execute(asked).scalar() or ""
    return Asker(row.id, row.conversation_id, row.code, about)


def _agency_name(connection: Connection, code: str) -> str:
    return repository.agency_names(connection, [code]).get(code, code)


def _required(text: str) -> str:
    if not text.strip():
        raise Incomplete
    return text.strip()


def _post(connection: Connection, row: Row[Any], what: str, message: Outgoing, hand: Hand) -> Wakes:
    cause = f"question:{row.id}:{what}"
    if message.purpose is Purpose.NOTICE:
        return tell(connection, Notice(cause, row.conversation_id, message), hand.now)
    return outbox.post(connection, row.conversation_id, cause, [message], hand.now)
