"""Agencies that nameless senders crowd, and each sender's share of an agency's open questions.

Nobody is turned away at an agency: what comes from one place in numbers is listed apart, so that
the others are read first (docs/decisions/0012-fair-shares-at-a-crowded-desk.md).
"""

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    select,
    union,
)

from bot.delivery.policy import Bounded, number
from bot.questions.life import Bucket
from bot.store.hot import Hot
from bot.store.upsert import insert
from bot.tables.delivery import conversation
from bot.tables.desk import crowd, question, question_open

#: so many open questions of nameless senders make a crowd at an agency
BOUND = Bounded("intake.crowd", 300, 20, 100_000)
#: channels on which a new sender costs nothing
NAMELESS = ("web",)
#: what one place may have open with a crowded agency before the rest is listed apart
FAIR_SHARE = 5

_FRESH_SECONDS = 30.0
#: beyond these a share is simply large
_MOST_SENDERS, _MOST_COUNTED = 200, 500


def share(connection: Connection, conversation_id: int, agency: str) -> int:
    """Return how many questions one sender's place will have open with an agency, with this one.

    A place is the network a web chat was opened from (`conversation.origin`), for a day; of any
    other channel it is the account.
    """
    rows = _ASKED.run(connection, {"of_conversation": conversation_id}).all()
    return 1 + sum(tuple(row) == (agency, str(Bucket.OPEN)) for row in rows)


def look(connection: Connection, now: datetime) -> Collection[str]:
    """Find the crowded agencies anew and note them; return their codes."""
    there = select(question.c.agency, func.count().label("open"))
    rows = connection.execute(
        there.where(question_open, question.c.channel.in_(NAMELESS))
        .group_by(question.c.agency)
        .having(func.count() >= number(connection, BOUND))
    ).all()
    codes = [row.agency for row in rows]
    connection.execute(delete(crowd).where(crowd.c.agency.not_in(codes)))
    for row in rows:
        noted = insert(connection, crowd).values(agency=row.agency, open=row.open, since=now)
        connection.execute(
            noted.on_conflict_do_update(
                index_elements=[crowd.c.agency], set_={"open": noted.excluded.open}
            )
        )
    return codes


def crowded(connection: Connection) -> dict[str, int]:
    """Return the crowded agencies with the number of nameless questions open there."""
    rows = connection.execute(select(crowd.c.agency, crowd.c.open).order_by(crowd.c.agency))
    return {row.agency: row.open for row in rows}


def set_apart(agencies: Collection[str]) -> ColumnElement[bool]:
    """Return the condition on questions that are listed apart where these agencies are crowded."""
    return question.c.agency.in_(list(agencies)) & (question.c.share > FAIR_SHARE)


class Crowds:
    """The crowded agencies as one process knows them: read again every half minute."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._known: frozenset[str] = frozenset()
        self._until = 0.0

    def known(self, connection: Connection) -> frozenset[str]:
        """Return their codes."""
        if self._seconds() >= self._until:
            self._known = frozenset(crowded(connection))
            self._until = self._seconds() + _FRESH_SECONDS
        return self._known


def _asked_from_there() -> Select[*tuple[Any, ...]]:
    """Return the query for what was asked from where a conversation is held."""
    held = bindparam("of_conversation", type_=BigInteger())
    here = select(conversation.c.origin).where(conversation.c.id == held)
    senders = (
        select(conversation.c.id)
        .where(conversation.c.origin == here.scalar_subquery())
        .order_by(conversation.c.id.desc())
        .limit(_MOST_SENDERS)
        .subquery()
    )
    place = union(select(held), select(senders.c.id))
    # which are open is looked at afterwards: asked for it, SQLite would go through all that are
    return (
        select(question.c.agency, question.c.bucket)
        .where(question.c.conversation_id.in_(place))
        .limit(_MOST_COUNTED)
    )


_ASKED = Hot(_asked_from_there())
