"""PostgreSQL keeps a crowd by one statement: numbers, inbox and transcript in one way there.

What another statement would have to wait for is counted back beforehand: how many events of the
same conversation come after each.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    DateTime,
    Insert,
    Integer,
    LargeBinary,
    Select,
    Text,
    Update,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from bot.tables.base import Moment
from bot.tables.delivery import inbox, message


class Entry(NamedTuple):
    """An event as the statement takes it; `n` is its place in the crowd."""

    n: int
    channel: str
    address: str
    event_id: str
    digest: str
    state: str
    received_at: str | None
    event: dict[str, Any]
    text: str
    body: dict[str, Any]
    is_shown: bool
    #: events and lines of the same conversation that come after it
    after: int
    lines_after: int


_ENTRY: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(Entry._fields, Text()),
    **dict.fromkeys(("n", "after", "lines_after"), Integer()),
    **dict.fromkeys(("event", "body"), JSON()),
    "received_at": Moment(),
    "is_shown": Boolean(),
}


def listed(parameter: str, kinds: Mapping[str, TypeEngine[Any]]) -> list[ColumnElement[Any]]:
    """Return the columns of a parameter that is a list of records."""
    sent = {name: DateTime() if isinstance(kind, Moment) else kind for name, kind in kinds.items()}
    each = func.json_to_recordset(bindparam(parameter, type_=JSON)).table_valued(
        *(column(name, kind) for name, kind in sent.items()), name=f"each_of_{parameter}"
    )
    read = each.render_derived(with_types=True).c
    return [
        func.timezone("UTC", read[name], type_=kind) if isinstance(kind, Moment) else read[name]
        for name, kind in kinds.items()
    ]


def keeping(moving: Update) -> Select[int, int, int, int, int | None]:
    """Return the statement that moves conversations and keeps `entries` with their `raws`.

    Each entry whose conversation there is comes back: `n`, the conversation with its last
    numbers, and its id in the inbox. Where a conversation is lacking nothing is kept, and what
    came before is not kept again: these have no id.
    """
    moved = moving.cte("moved")
    named = zip(_ENTRY, listed("entries", _ENTRY), strict=True)
    entry = select(*(said.label(name) for name, said in named)).cte("entry")
    raws = func.unnest(bindparam("raws", type_=ARRAY(LargeBinary)))
    raw = raws.table_valued("raw", with_ordinality="n", name="raw").render_derived()
    kept = _kept(moved, entry, raw).cte("kept")
    shown = _shown(moved, entry, kept).cte("shown")
    return (
        select(entry.c.n, moved.c.id, moved.c.seq, moved.c.message_seq, kept.c.id)
        .select_from(_placed(entry, moved).outerjoin(kept, _same(entry, moved, kept)))
        .order_by(entry.c.n)
        .add_cte(shown)
    )


def _placed(entry: Any, moved: Any) -> Any:  # noqa: ANN401 - tables of one statement
    address = (moved.c.channel == entry.c.channel) & (moved.c.address == entry.c.address)
    return entry.join(moved, address)


def _same(entry: Any, moved: Any, kept: Any) -> Any:  # noqa: ANN401
    return (kept.c.conversation_id == moved.c.id) & (kept.c.seq == moved.c.seq - entry.c.after)


def _kept(moved: Any, entry: Any, raw: Any) -> ReturningInsert[Any]:  # noqa: ANN401
    row = {
        "channel": entry.c.channel,
        "event_id": entry.c.event_id,
        "conversation_id": moved.c.id,
        "seq": moved.c.seq - entry.c.after,
        "raw": raw.c.raw,
        "digest": entry.c.digest,
        "event": entry.c.event,
        "state": entry.c.state,
        "received_at": entry.c.received_at,
    }
    every = select(func.count()).select_from(moved).scalar_subquery() == bindparam("conversations")
    rows = (
        select(*row.values())
        .select_from(_placed(entry, moved).join(raw, raw.c.n == entry.c.n))
        .where(every)
        .order_by(entry.c.n)
    )
    return (
        postgresql.insert(inbox)
        .from_select(list(row), rows, include_defaults=False)
        .on_conflict_do_nothing(index_elements=[inbox.c.channel, inbox.c.event_id])
        .returning(inbox.c.id, inbox.c.conversation_id, inbox.c.seq)
    )


def _shown(moved: Any, entry: Any, kept: Any) -> Insert:  # noqa: ANN401
    row = {
        "conversation_id": moved.c.id,
        "seq": moved.c.message_seq - entry.c.lines_after,
        "role": literal("citizen"),
        "text": entry.c.text,
        "body": entry.c.body,
        "inbox_id": kept.c.id,
        "at": entry.c.received_at,
    }
    rows = (
        select(*row.values())
        .select_from(_placed(entry, moved).join(kept, _same(entry, moved, kept)))
        .where(entry.c.is_shown == true())
        .order_by(entry.c.n)
    )
    return insert(message).from_select(list(row), rows, include_defaults=False)
