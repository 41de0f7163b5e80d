"""Obeys officers' orders from a messenger: plain functions for the body of a write.

The rules are the console's: who may see a question, who may claim it, what the history says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.liaison import codes, groups
from bot.liaison.orders import Doing, Order
from bot.messages import Outgoing, Purpose
from bot.officers import Role, accounts
from bot.officers.accounts import Officer
from bot.questions import acts, repository
from bot.questions.codes import spoken_groups
from bot.questions.guards import Hand, HeldBy, NotYours
from bot.questions.life import NotPossible
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion
from bot.store import Wake
from bot.tables.delivery import message
from bot.wording import Wording

#: anybody may add the bot to a group and order there without end
_LATELY, _MOST_LATELY = timedelta(minutes=10), 20


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of an order: words for whoever ordered it, whether the chat is told too, and
    whether the button that ordered it is of no more use."""

    text: str = ""
    told: bool = True
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """Words to show at once to whoever pressed, and whom to wake for the chat's own message."""

    toast: str = ""
    wakes: tuple[Wake, ...] = ()
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where orders are obeyed; `agency_name` comes from the directory in memory."""

    wording: Wording
    agency_name: Callable[[str], str]

    def obey(self, connection: Connection, order: Order, cause: str, now: datetime) -> Answered:
        """Do what was ordered; the answer to the chat goes out through the outbox, once a cause."""
        heard = _DOINGS[order.doing](self, connection, order, now)
        if not heard.text or not heard.told:
            return Answered(heard.text, spent=heard.spent)
        chat = open_conversation(connection, order.channel, order.chat, now)
        if _is_pestered(connection, chat, now):
            return Answered(heard.text, spent=heard.spent)
        answer = Outgoing(heard.text, purpose=Purpose.NOTICE)
        wakes = post(connection, chat, cause, [answer], now)
        return Answered(heard.text, wakes, heard.spent)

    def link(self, connection: Connection, order: Order, now: datetime) -> Heard:
        """Tie the group to the code's agency, or the account to its officer."""
        try:
            bond = codes.redeem(connection, order.argument, group=bool(order.group), now=now)
        except codes.NoSuchCode:
            return Heard(self.wording("liaison.bad_code"))
        maker = accounts.acting(connection, bond.made_by)
        if maker is None or not (bond.agency is None or may_tie(maker, bond.agency)):
            return Heard(self.wording("liaison.bad_code"))  # as it was when the code was made
        if bond.agency is not None:
            groups.tie_group(
                connection, groups.Place(order.channel, order.chat, order.group),
                bond.agency, bond.made_by, now,
            )  # fmt: skip
            return Heard(self.wording("liaison.linked", agency=self.agency_name(bond.agency)))
        assert bond.officer_id is not None  # noqa: S101 - a code ties to one of the two
        officer = groups.tie_account(connection, order.channel, order.sender, bond.officer_id, now)
        return Heard(self.wording("liaison.account_linked", name=officer.name))

    def unlink(self, connection: Connection, order: Order, now: datetime) -> Heard:
        """Untie the group or the account that the order comes from."""
        if not order.group:
            groups.untie_account(connection, order.channel, now, account=order.sender)
            return Heard(self.wording("liaison.account_unlinked"))
        tied = groups.group_of(connection, order.channel, order.chat)
        if tied is None:
            return Heard(self.wording("liaison.no_group"))
        officer = groups.officer_behind(connection, order.channel, order.sender)
        if officer is None or not may_tie(officer, tied.agency):
            return Heard(self.wording("liaison.officers_only"))
        groups.untie_group(connection, order.channel, order.chat, officer.actor, now)
        return Heard(self.wording("liaison.unlinked"))

    def claim(self, connection: Connection, order: Order, now: datetime) -> Heard:
        """Take a question up for the officer whose account pressed; the group sees who did."""
        if groups.group_of(connection, order.channel, order.chat) is None:
            return Heard(self.wording("liaison.no_group"), told=False)
        officer = groups.officer_behind(connection, order.channel, order.sender)
        if officer is None:
            return Heard(self.wording("liaison.stranger"), told=False)
        code = spoken_groups(order.argument)
        try:
            self._claim(connection, officer, order.argument, now)
        except HeldBy as held:
            words = self.wording("liaison.held_by", code=code, name=held.holder)
        except NotPossible:
            words = self.wording("liaison.not_open", code=code)
        except (NoSuchQuestion, NotYours):
            return Heard(self.wording("liaison.not_seen"), told=False)
        else:
            words = self.wording("liaison.claimed", code=code, name=officer.name)
            return Heard(words, spent=True)
        return Heard(words, told=False, spent=True)

    def removed(self, connection: Connection, order: Order, now: datetime) -> Heard:
        """Forget a group that we were taken out of."""
        groups.untie_group(connection, order.channel, order.chat, "service", now)
        return Heard()

    def moved(self, connection: Connection, order: Order, now: datetime) -> Heard:  # noqa: ARG002
        """Go with a group to its new id."""
        groups.follow(order.channel, order.chat, order.argument, connection)
        return Heard()

    def _claim(self, connection: Connection, officer: Officer, code: str, now: datetime) -> None:
        seen_by = visible_to(officer, repository.denunciation_desk(connection))
        row = repository.by_code(connection, code, seen_by)
        if row is None:
            raise NoSuchQuestion
        acts.claim(connection, Hand(officer, row.id, now))


def _is_pestered(connection: Connection, chat: int, now: datetime) -> bool:
    """Whether a chat has had so many words of ours that more of them would serve a nuisance."""
    lately = (message.c.conversation_id == chat, message.c.at > now - _LATELY)
    newest = select(message.c.id).where(*lately).order_by(message.c.seq.desc()).limit(_MOST_LATELY)
    return len(connection.execute(newest).all()) >= _MOST_LATELY


def may_tie(officer: Officer, to: str) -> bool:
    """Whether an officer may tie a group to an agency or untie it from there."""
    if officer.role in (Role.ADMIN, Role.COORDINATOR):
        return True
    return officer.role in (Role.LEADER, Role.OFFICER) and officer.agency == to


_DOINGS: Mapping[Doing, Callable[[Desk, Connection, Order, datetime], Heard]] = {
    Doing.LINK: Desk.link,
    Doing.UNLINK: Desk.unlink,
    Doing.CLAIM: Desk.claim,
    Doing.REMOVED: Desk.removed,
    Doing.MOVED: Desk.moved,
}
