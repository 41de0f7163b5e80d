"""An officer's act from beginning to end: find the question, do it, commit, wake the sender."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from bot.moments import Clock
from bot.office import doubts
from bot.office.doubts import Doubt
from bot.office.trust import check_trust
from bot.officers.accounts import Officer
from bot.questions import acts, repository
from bot.questions.guards import Hand, Incomplete, NoSuchTarget
from bot.questions.life import Act
from bot.questions.notices import Answer, Notices, Refusal
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion
from bot.store import Done, Store, Wake
from knowledge.decisions import MatterKind


@dataclass(frozen=True, slots=True)
class Deed:
    """An act with what was filled in for it; each act reads the fields it needs.

    `to` is an agency, `into` the code of another question, `reason` a code of Refusal.
    `version` is the question as it was seen. `then_send` sends at once what was drafted
    or approved.
    """

    act: Act
    text: str = ""
    basis: str = ""
    to: str = ""
    into: str = ""
    reason: str = ""
    kind: str = ""
    version: int | None = None
    then_send: bool = False


#: acts whose words a citizen reads
_READ_BY_CITIZENS = frozenset({Act.ASK, Act.DRAFT, Act.REFUSE})


class Office:
    """What officers do, for the console and for machines alike."""

    def __init__(
        self, store: Store, clock: Clock, notices: Notices, own_hosts: Collection[str] = ()
    ) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._own_hosts = own_hosts

    async def perform(self, officer: Officer, code: str, deed: Deed) -> Row[Any]:
        """Do it and return the question as it is afterwards.

        Raises NoSuchQuestion, life.NotPossible and the errors of bot.questions.guards and
        bot.office.trust.
        """
        if deed.act in _READ_BY_CITIZENS:
            check_trust(f"{deed.text}\n{deed.basis}", self._own_hosts)
        now = self._clock()

        def body(connection: Connection) -> Done[Row[Any]]:
            seen_by = visible_to(officer, repository.denunciation_desk(connection))
            row = repository.by_code(connection, code, seen_by)
            if row is None:
                raise NoSuchQuestion
            hand = Hand(officer, row.id, now, deed.version)
            wakes = _DEEDS[deed.act](connection, hand, deed, self._notices)
            if deed.then_send:
                wakes += acts.send(connection, replace(hand, version=None), self._notices)
            after = repository.by_id(connection, row.id)
            assert after is not None  # noqa: S101 - the row is locked by this transaction
            return Done(after, wakes)

        return await self._store.write(body)

    async def settle_doubt(self, officer: Officer, code: str, doubt: Doubt) -> None:
        """Take an officer's word on whether a message arrived."""
        now = self._clock()

        def body(connection: Connection) -> Done[None]:
            return Done(None, doubts.settle(connection, officer, code, doubt, now))

        await self._store.write(body)


_Wakes = tuple[Wake, ...]
_DoIt = Callable[[Connection, Hand, Deed, Notices], _Wakes]


def _claim(connection: Connection, hand: Hand, _deed: Deed, _notices: Notices) -> _Wakes:
    acts.claim(connection, hand)
    return ()


def _release(connection: Connection, hand: Hand, _deed: Deed, _notices: Notices) -> _Wakes:
    acts.release(connection, hand)
    return ()


def _ask(connection: Connection, hand: Hand, deed: Deed, notices: Notices) -> _Wakes:
    return acts.ask(connection, hand, deed.text, notices)


def _resume(connection: Connection, hand: Hand, _deed: Deed, _notices: Notices) -> _Wakes:
    acts.resume(connection, hand)
    return ()


def _draft(connection: Connection, hand: Hand, deed: Deed, _notices: Notices) -> _Wakes:
    acts.draft(connection, hand, Answer(deed.text, deed.basis))
    return ()


def _approve(connection: Connection, hand: Hand, _deed: Deed, _notices: Notices) -> _Wakes:
    acts.approve(connection, hand)
    return ()


def _return(connection: Connection, hand: Hand, deed: Deed, _notices: Notices) -> _Wakes:
    acts.send_back(connection, hand, deed.text)
    return ()


def _send(connection: Connection, hand: Hand, _deed: Deed, notices: Notices) -> _Wakes:
    return acts.send(connection, hand, notices)


def _transfer(connection: Connection, hand: Hand, deed: Deed, notices: Notices) -> _Wakes:
    return acts.transfer(connection, hand, deed.to, deed.text, notices)


def _refuse(connection: Connection, hand: Hand, deed: Deed, notices: Notices) -> _Wakes:
    wordless = deed.reason == Refusal.OTHER and not deed.text.strip()
    if deed.reason not in set(Refusal) or wordless:
        raise Incomplete
    return acts.refuse(connection, hand, Refusal(deed.reason), deed.text, notices)


def _merge(connection: Connection, hand: Hand, deed: Deed, _notices: Notices) -> _Wakes:
    seen_by = visible_to(hand.officer, repository.denunciation_desk(connection))
    target = repository.by_code(connection, deed.into, seen_by)
    if target is None:
        raise NoSuchTarget
    acts.merge(connection, hand, target.id)
    return ()


def _note(connection: Connection, hand: Hand, deed: Deed, _notices: Notices) -> _Wakes:
    acts.note(connection, hand, deed.text)
    return ()


def _reclassify(connection: Connection, hand: Hand, deed: Deed, notices: Notices) -> _Wakes:
    if deed.kind not in set(MatterKind):
        raise Incomplete
    return acts.reclassify(connection, hand, MatterKind(deed.kind), notices)


def _correct(connection: Connection, hand: Hand, deed: Deed, notices: Notices) -> _Wakes:
    return acts.correct(connection, hand, deed.text, notices)


_DEEDS: dict[Act, _DoIt] = {
    Act.CLAIM: _claim,
    Act.RELEASE: _release,
    Act.ASK: _ask,
    Act.RESUME: _resume,
    Act.DRAFT: _draft,
    Act.APPROVE: _approve,
    Act.RETURN: _return,
    Act.SEND: _send,
    Act.TRANSFER: _transfer,
    Act.REFUSE: _refuse,
    Act.MERGE: _merge,
    Act.NOTE: _note,
    Act.RECLASSIFY: _reclassify,
    Act.CORRECT: _correct,
}
