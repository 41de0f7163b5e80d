"""Which group is told of which agency's questions, and whose account is which officer's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from bot.officers.accounts import Officer, note
from bot.store import Done
from bot.store.upsert import insert
from bot.tables.delivery import conversation
from bot.tables.desk import officer
from bot.tables.directory import agency
from bot.tables.liaison import liaison_account, liaison_group


@dataclass(frozen=True, slots=True)
class Place:
    """A group as the messenger knows it."""

    channel: str
    chat: str
    title: str


def tie_group(connection: Connection, place: Place, to: str, by: str, now: datetime) -> None:
    """Let a group be told of an agency's questions from now on."""
    channel, chat = place.channel, place.chat
    fresh = {
        "title": place.title, "agency": to, "linked_by": by, "linked_at": now, "unlinked_at": None,
    }  # fmt: skip
    statement = insert(connection, liaison_group).values(channel=channel, chat=chat, **fresh)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[liaison_group.c.channel, liaison_group.c.chat], set_=fresh
        )
    )
    connection.execute(
        update(conversation)
        .where(conversation.c.channel == channel, conversation.c.address == chat)
        .values(blocked=False)
    )
    note(connection, by, "liaison.link", f"{channel}:{to}", now)


def untie_group(
    connection: Connection, channel: str, chat: str, by: str, now: datetime
) -> str | None:
    """Tell a group nothing more; return its agency, None where it was not tied."""
    row = connection.execute(
        update(liaison_group)
        .where(liaison_group.c.channel == channel, liaison_group.c.chat == chat, _TIED)
        .values(unlinked_at=now)
        .returning(liaison_group.c.agency)
    ).first()
    if row is None:
        return None
    note(connection, by, "liaison.unlink", f"{channel}:{row.agency}", now)
    return str(row.agency)


def group_of(connection: Connection, channel: str, chat: str) -> Row[Any] | None:
    """Return a tied group by its chat."""
    return connection.execute(
        select(liaison_group).where(
            liaison_group.c.channel == channel, liaison_group.c.chat == chat, _TIED
        )
    ).first()


def group_by_id(connection: Connection, group_id: int) -> Row[Any] | None:
    """Return a tied group."""
    return connection.execute(
        select(liaison_group).where(liaison_group.c.id == group_id, _TIED)
    ).first()


def tied_groups(connection: Connection, of_agency: str | None = None) -> Sequence[Row[Any]]:
    """Return the groups that are told something, of one agency or of all, with its name and
    whether the messenger still lets us write there."""
    name = func.coalesce(agency.c.name, liaison_group.c.agency).label("agency_name")
    statement = (
        select(liaison_group, name, conversation.c.blocked)
        .outerjoin(agency, agency.c.code == liaison_group.c.agency)
        .outerjoin(
            conversation,
            (conversation.c.channel == liaison_group.c.channel)
            & (conversation.c.address == liaison_group.c.chat),
        )
        .where(_TIED)
        .order_by(name, liaison_group.c.title)
    )
    if of_agency is not None:
        statement = statement.where(liaison_group.c.agency == of_agency)
    return connection.execute(statement).all()


def follow(channel: str, old: str, new: str, connection: Connection) -> Done[None]:
    """Go with a group to its new id. Where the new one is known already, it stays as it is."""
    for table, column in ((conversation, conversation.c.address),
                          (liaison_group, liaison_group.c.chat)):  # fmt: skip
        taken = select(table.c.id).where(table.c.channel == channel, column == new)
        if connection.execute(taken).first() is None:
            connection.execute(
                update(table)
                .where(table.c.channel == channel, column == old)
                .values({column.name: new})
            )
    return Done(None)


def tie_account(
    connection: Connection, channel: str, account: str, officer_id: int, now: datetime
) -> Officer:
    """Let an account act for an officer; either's former ties end."""
    _cut(connection, channel, account, officer_id)
    connection.execute(
        insert(connection, liaison_account).values(
            channel=channel, account=account, officer_id=officer_id, linked_at=now
        )
    )
    note(connection, f"officer:{officer_id}", "liaison.account", channel, now)
    return Officer.of(connection.execute(select(officer).where(officer.c.id == officer_id)).one())


def untie_account(
    connection: Connection, channel: str, now: datetime, *, account: str = "", officer_id: int = 0
) -> bool:
    """End an account's acting for an officer, by either's name; return whether it did."""
    cut = _cut(connection, channel, account, officer_id)
    for who in cut:
        note(connection, f"officer:{who}", "liaison.account_off", channel, now)
    return bool(cut)


def officer_behind(connection: Connection, channel: str, account: str) -> Officer | None:
    """Return the officer an account acts for, None for a stranger or one who is shut out."""
    row = connection.execute(
        select(officer)
        .join(liaison_account, liaison_account.c.officer_id == officer.c.id)
        .where(
            liaison_account.c.channel == channel,
            liaison_account.c.account == account,
            ~officer.c.disabled,
        )
    ).first()
    return None if row is None else Officer.of(row)


def account_since(connection: Connection, channel: str, officer_id: int) -> datetime | None:
    """Return since when an officer's account is tied."""
    return connection.execute(
        select(liaison_account.c.linked_at).where(
            liaison_account.c.channel == channel, liaison_account.c.officer_id == officer_id
        )
    ).scalar()


_TIED = liaison_group.c.unlinked_at.is_(None)


def _cut(connection: Connection, channel: str, account: str, officer_id: int) -> list[int]:
    gone = connection.execute(
        delete(liaison_account)
        .where(
            liaison_account.c.channel == channel,
            or_(liaison_account.c.account == account, liaison_account.c.officer_id == officer_id),
        )
        .returning(liaison_account.c.officer_id)
    )
    return list(gone.scalars())
