"""Packs the bodies of old messages, reads them back, and forgets them.

A message that nobody has looked at for months keeps its row, since receipts, quotes and repeats
are known by it; its words and buttons move into one compressed blob for each conversation and
month. A year of a busy province shrinks to a fifth.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, select, update

from bot.store.engines import to_json
from bot.store.upsert import insert as upserting
from bot.tables.delivery import conversation, message, message_archive, outbox, outbox_open
from bot.tables.desk import question, question_open

_BARE: dict[str, Any] = {}
#: what belongs to a question; what was said around questions is forgotten before it is old
_unpacked = and_(message.c.question_id.is_not(None), message.c.text != "")


class Body(NamedTuple):
    """What a message said: its words, and the buttons, sources or files beside them."""

    text: str
    body: Mapping[str, Any]


def pack(connection: Connection, before: datetime, most: int) -> int:
    """Pack conversations that fell silent before a moment; return how many.

    Only what belongs to questions is packed, and not while one is open or something is to be
    sent.
    """
    ids = connection.execute(_silent(before).limit(most)).scalars().all()
    for conversation_id in ids:
        _pack(connection, conversation_id)
    return len(ids)


def packable(connection: Connection, before: datetime) -> int:
    """Count the conversations that `pack` would pack."""
    counted = select(func.count()).select_from(_silent(before).order_by(None).subquery())
    return int(connection.execute(counted).scalar_one())


def bodies(connection: Connection, conversation_id: int) -> dict[int, Body]:
    """Return the packed messages of a conversation by id."""
    found: dict[int, Body] = {}
    for row in _blobs(connection, conversation_id):
        found |= _read(row.packed)
    return found


def forget(connection: Connection, message_ids: Collection[int]) -> None:
    """Take messages out of their blobs: what is erased is erased here too."""
    if not message_ids:
        return
    of = select(message.c.conversation_id).where(message.c.id.in_(message_ids)).distinct()
    for conversation_id in connection.execute(of).scalars().all():
        for row in _blobs(connection, conversation_id):
            kept = {n: body for n, body in _read(row.packed).items() if n not in message_ids}
            _keep(connection, conversation_id, row.month, kept)


def _silent(before: datetime) -> Select[int]:
    heard = func.coalesce(conversation.c.last_inbound_at, conversation.c.created_at)
    of_it = message.c.conversation_id == conversation.c.id
    return (
        select(conversation.c.id)
        .where(
            heard < before,
            exists().where(of_it, _unpacked),
            ~exists().where(of_it, message.c.at >= before),
            ~exists().where(
                question.c.conversation_id == conversation.c.id,
                question_open,
            ),
            ~exists().where(outbox.c.conversation_id == conversation.c.id, outbox_open),
        )
        .order_by(conversation.c.id)
    )


def _pack(connection: Connection, conversation_id: int) -> None:
    lines = connection.execute(
        select(message.c.id, message.c.text, message.c.body, message.c.at)
        .where(message.c.conversation_id == conversation_id, _unpacked)
        .order_by(message.c.id)
    ).all()
    before = {row.month: _read(row.packed) for row in _blobs(connection, conversation_id)}
    for month, rows in _by_month(list(lines)).items():
        said = {row.id: Body(row.text, row.body) for row in rows}
        _keep(connection, conversation_id, month, {**before.get(month, {}), **said})
    emptied = update(message).where(message.c.id.in_([row.id for row in lines]))
    connection.execute(emptied.values(text="", body=_BARE))


def _by_month(lines: Iterable[Any]) -> Mapping[str, Sequence[Any]]:
    months: defaultdict[str, list[Any]] = defaultdict(list)
    for row in lines:
        months[f"{row.at:%Y-%m}"].append(row)
    return months


def _blobs(connection: Connection, conversation_id: int) -> Sequence[Row[Any]]:
    of = message_archive.c.conversation_id == conversation_id
    return connection.execute(select(message_archive).where(of)).all()


def _read(packed: bytes) -> dict[int, Body]:
    lines = json.loads(zlib.decompress(packed))
    return {number: Body(text, body) for number, text, body in lines}


def _keep(
    connection: Connection, conversation_id: int, month: str, said: Mapping[int, Body]
) -> None:
    """Write a blob anew, or remove it with its last message."""
    key = {"conversation_id": conversation_id, "month": month}
    if not said:
        here = [message_archive.c[name] == value for name, value in key.items()]
        connection.execute(delete(message_archive).where(*here))
        return
    lines = [[number, body.text, body.body] for number, body in said.items()]
    packed = zlib.compress(to_json(lines).encode(), level=9)
    statement = upserting(connection, message_archive).values(**key, packed=packed)
    columns = [message_archive.c.conversation_id, message_archive.c.month]
    connection.execute(
        statement.on_conflict_do_update(index_elements=columns, set_={"packed": packed})
    )
