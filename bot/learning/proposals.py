"""Citizens' phrasings on their way into the catalogue: proposed, counted, looked at, taken up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from bot.catalogue.acts import NoSuchAlias
from bot.catalogue.repository import hold, raise_version
from bot.errors import BotError
from bot.privacy import redact
from bot.store import upsert
from bot.tables.knowledge import alias, alias_asker, entry

_LONGEST = 20
_SHORTEST = 2
_MASK = re.compile(r"\[[^\[\]]*\]")
_LOOSE = re.compile(r"\s+([,.:;])")
_EDGES = " \t\n?!.,;:…-–\"'"


class Origin(StrEnum):
    """How we know that a phrasing means an entry."""

    OFFICER = "officer"  # an officer said so
    CONFIRMED = "confirmed"  # the asker pressed "Đúng rồi"
    ANSWER = "answer"  # the asker chose it among several, or an answer was kept


class NotAPhrasing(BotError):
    """Cách hỏi cần từ 2 đến 20 chữ và không có tên người, số giấy tờ, số điện thoại."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Words that somebody used for an entry; one conversation counts once."""

    entry: str
    text: str
    origin: Origin
    conversation: int | None = None


def tidy(text: str) -> str:
    """Return a phrasing as it is kept: without what identifies anybody, in lower case, one line.

    >>> tidy("Gọi 0912345678: làm lại  căn cước ở đâu ạ?!")
    'gọi: làm lại căn cước ở đâu ạ'
    """
    masked = _MASK.sub(" ", redact(text).text)
    return _LOOSE.sub(r"\1", " ".join(masked.split())).strip(_EDGES).lower()


def is_phrasing(text: str) -> bool:
    """Tell whether a tidy text may teach the matcher: of a length people use, nobody in it."""
    return _SHORTEST <= len(text.split()) <= _LONGEST and not redact(text).masks


def propose(connection: Connection, phrasing: Phrasing, now: datetime) -> bool:
    """Keep a phrasing for review and count who used it; tell whether it could be kept.

    What was rejected before stays rejected, and is counted all the same.
    """
    text = tidy(phrasing.text)
    said = connection.scalar(select(entry.c.merged).where(entry.c.id == phrasing.entry))
    if said is None or not is_phrasing(text) or text in _own_words(said):
        return False
    known = phrasing.entry
    row = {"entry_id": known, "text": text, "state": "proposed", "origin": str(phrasing.origin)}
    connection.execute(
        upsert.insert(connection, alias).on_conflict_do_nothing(), [{**row, "at": now}]
    )
    of_text = (alias.c.entry_id == known) & (alias.c.text == text)
    number = connection.execute(select(alias.c.id).where(of_text)).scalar_one()
    if phrasing.conversation is not None:
        asker = {"alias_id": number, "conversation_id": phrasing.conversation}
        connection.execute(upsert.insert(connection, alias_asker).on_conflict_do_nothing(), [asker])
    return True


def _own_words(said: Mapping[str, Any]) -> set[str]:
    """Return what an entry is found by already, as phrasings are written."""
    words = (said.get("title"), said.get("short_label"), *said.get("aliases", ()))
    return {str(word).strip(_EDGES).lower() for word in words if word}


def waiting(connection: Connection, limit: int = 50) -> Sequence[Row[Any]]:
    """Return phrasings that wait for a person, those of most askers first."""
    askers = (
        select(func.count())
        .where(alias_asker.c.alias_id == alias.c.id)
        .scalar_subquery()
        .label("askers")
    )
    query = (
        select(alias, askers, entry.c.merged, entry.c.code, entry.c.kind)
        .join(entry, entry.c.id == alias.c.entry_id)
        .where(alias.c.state == "proposed")
        .order_by(askers.desc(), alias.c.at, alias.c.id)
        .limit(limit)
    )
    return connection.execute(query).all()


def count_waiting(connection: Connection) -> int:
    """Return how many phrasings wait."""
    waits = select(func.count()).select_from(alias).where(alias.c.state == "proposed")
    return connection.scalar(waits) or 0


def accept(connection: Connection, alias_id: int, text: str, officer: str, now: datetime) -> None:
    """Take up a phrasing, as the officer has put it; every node finds by it within seconds."""
    hold(connection)
    row = _locked(connection, alias_id)
    said = tidy(text)
    if not is_phrasing(said):
        raise NotAPhrasing
    decided = {"decided_by": officer, "decided_at": now}
    if said == row.text:
        _set(connection, alias_id, {"state": "accepted", **decided})
    else:
        _set(connection, alias_id, {"state": "rejected", **decided})
        put = {"entry_id": row.entry_id, "text": said, "origin": row.origin, "at": row.at}
        put |= {"state": "accepted", **decided}
        kept = {name: put[name] for name in ("state", "decided_by", "decided_at")}
        connection.execute(
            upsert.insert(connection, alias).on_conflict_do_update(
                index_elements=["entry_id", "text"], set_=kept
            ),
            [put],
        )
    raise_version(connection)


def reject(connection: Connection, alias_id: int, officer: str, now: datetime) -> None:
    """Turn a phrasing down; it will not be proposed again."""
    _locked(connection, alias_id)
    decided = {"decided_by": officer, "decided_at": now}
    _set(connection, alias_id, {"state": "rejected", **decided})


def withdraw(connection: Connection, alias_id: int, officer: str, now: datetime) -> None:
    """Take an accepted phrasing out of the index again."""
    values = {"state": "rejected", "decided_by": officer, "decided_at": now}
    this = (alias.c.id == alias_id) & (alias.c.state == "accepted")
    if not connection.execute(update(alias).where(this).values(values)).rowcount:
        raise NoSuchAlias
    raise_version(connection)


def accepted(connection: Connection, limit: int = 50) -> Sequence[Row[Any]]:
    """Return what was taken up last, so that a slip can be undone."""
    query = (
        select(alias, entry.c.merged, entry.c.code, entry.c.kind)
        .join(entry, entry.c.id == alias.c.entry_id)
        .where(alias.c.state == "accepted")
        .order_by(alias.c.decided_at.desc(), alias.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).all()


def forget_asker(connection: Connection, conversation_id: int) -> None:
    """Forget that a conversation used any phrasing; what nobody else used and nobody has taken up
    goes altogether."""
    of = alias_asker.c.conversation_id == conversation_id
    used = connection.execute(delete(alias_asker).where(of).returning(alias_asker.c.alias_id))
    left = used.scalars().all()
    others = exists().where(alias_asker.c.alias_id == alias.c.id)
    waits = (alias.c.state == "proposed") & (alias.c.origin != str(Origin.OFFICER))
    connection.execute(delete(alias).where(alias.c.id.in_(left), waits, ~others))


def _locked(connection: Connection, alias_id: int) -> Row[Any]:
    waits = (alias.c.id == alias_id) & (alias.c.state == "proposed")
    row = connection.execute(select(alias).where(waits).with_for_update()).first()
    if row is None:
        raise NoSuchAlias
    return row


def _set(connection: Connection, alias_id: int, values: dict[str, Any]) -> None:
    connection.execute(update(alias).where(alias.c.id == alias_id).values(values))
