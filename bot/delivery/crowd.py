"""Events that wait together, accepted by three statements for all of them, by one on PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    Text,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate
from sqlalchemy.types import TypeEngine

from bot.delivery.at_once import Entry, keeping, listed
from bot.delivery.inbox import SILENCE, Accepted, accept, inbox_row, line_body, line_row, taken
from bot.delivery.numbering import (
    INTERACTIONS,
    VISIBLE,
    Place,
    Step,
    alive,
    changes,
)
from bot.delivery.receipts import note
from bot.media.ledger import order
from bot.messages import Incoming, IncomingKind
from bot.store import Done, JointBody, NotTogether
from bot.store.hot import Hot
from bot.store.rows import HotRows
from bot.store.upsert import Upsert
from bot.tables.base import Moment, spelt
from bot.tables.delivery import conversation, inbox, message

#: these change more of their conversation than its numbers: their place in the order matters
_ALONE = frozenset({IncomingKind.ECHO, IncomingKind.LEFT})

#: of a conversation: channel and address
_Key = tuple[str, str]


def is_plain(incoming: Incoming) -> bool:
    """Whether an event can be accepted together with others; most can."""
    return incoming.kind not in _ALONE


@dataclass(frozen=True, slots=True)
class Acceptance(JointBody[Accepted]):
    """Accepts a plain event as `bot.delivery.inbox.accept` would.

    `also` is done in the same transaction, if the event is new.
    """

    incoming: Incoming
    raw: bytes
    now: datetime
    idle: timedelta | None = None
    also: Callable[[Connection, Accepted], None] | None = None

    def __call__(self, connection: Connection) -> Done[Accepted]:
        """Accept it alone."""
        done = accept(connection, self.incoming, self.raw, self.now, idle=self.idle)
        if self.also is not None and not done.value.duplicate:
            self.also(connection, done.value)
        return done

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Done[Accepted]]:
        """Accept all in this order; raise NotTogether where one of them came before."""
        if connection.dialect.name == "postgresql":
            places, ids = _at_once(connection, bodies)
        else:
            places = _advance(connection, bodies)
            ids = _keep(connection, bodies, places)
        every = zip(bodies, places, ids, strict=True)
        return [_finish(connection, body, place, inbox_id) for body, place, inbox_id in every]

    @property
    def key(self) -> _Key:
        """What names its conversation."""
        return self.incoming.channel, self.incoming.address


def _by_conversation(bodies: Sequence[Acceptance]) -> dict[_Key, list[Acceptance]]:
    crowds: dict[_Key, list[Acceptance]] = {}
    for body in bodies:
        crowds.setdefault(body.key, []).append(body)
    return crowds


def _advance(connection: Connection, bodies: Sequence[Acceptance]) -> list[Place]:
    """Number all events; a conversation takes the steps of all its own at once."""
    crowds = _by_conversation(bodies)
    reached = _take(connection, crowds)
    strangers = {key: crowd for key, crowd in crowds.items() if key not in reached}
    if strangers:
        _open(connection, strangers)
        reached |= _take(connection, strangers)
    return _counted_back(bodies, reached)


def _open(connection: Connection, strangers: Mapping[_Key, Sequence[Acceptance]]) -> None:
    if any(crowd[0].idle is not None for crowd in strangers.values()):
        raise NotTogether
    _OPEN.insert(connection, [_opened(crowd[0]) for crowd in strangers.values()])


def _take(connection: Connection, crowds: Mapping[_Key, Sequence[Acceptance]]) -> dict[_Key, Place]:
    """Return the last numbers of each conversation that there is."""
    rows = [(*key, *_sum(crowd)) for key, crowd in crowds.items()]
    found = _ADVANCE.run(connection, {"steps": rows}).all()
    return {(channel, address): Place(*last) for channel, address, *last in found}


def _at_once(connection: Connection, bodies: Sequence[Acceptance]) -> tuple[list[Place], list[int]]:
    """Do what `_advance` and `_keep` do."""
    crowds = _by_conversation(bodies)
    steps = {key: _sum(crowd) for key, crowd in crowds.items()}
    values = {
        "entries": [entry._asdict() for entry in _entries(bodies)],
        "raws": [body.raw for body in bodies],
        "conversations": len(crowds),
    }

    def run() -> Sequence[Any]:
        taken = [dict(zip(_FIELDS, (*key, *step), strict=True)) for key, step in steps.items()]
        return _KEEP.run(connection, {**values, "steps": taken}).all()

    found = run()
    if len(found) < len(bodies):
        known = {bodies[n - 1].key for n, *_ in found}
        _open(connection, {key: crowd for key, crowd in crowds.items() if key not in known})
        for key in known:  # these have taken their step
            steps[key] = (0, 0, *steps[key][2:])
        found = run()
    ids = [inbox_id for *_, inbox_id in found]
    if len(ids) < len(bodies) or None in ids:
        raise NotTogether
    reached = {bodies[n - 1].key: Place(*last) for n, *last, _ in found}
    return _counted_back(bodies, reached), ids


def _entries(bodies: Sequence[Acceptance]) -> list[Entry]:
    """Return events as the statement takes them, counted back from the last of a conversation."""
    after: dict[_Key, tuple[int, int]] = {}
    entries = []
    for n, body in reversed(list(enumerate(bodies, 1))):
        incoming, (events, lines) = body.incoming, after.get(body.key, (0, 0))
        is_shown = incoming.kind in VISIBLE
        after[body.key] = events + 1, lines + is_shown
        row = inbox_row(incoming, incoming.as_json(), body.raw, body.now)
        entries.append(
            Entry(
                n,
                *body.key,
                event_id=row["event_id"],
                digest=row["digest"],
                state=row["state"],
                received_at=spelt(body.now),
                event=row["event"],
                text=incoming.text,
                body=line_body(row["event"]),
                is_shown=is_shown,
                after=events,
                lines_after=lines,
            )
        )
    return entries[::-1]


def _sum(bodies: Sequence[Acceptance]) -> tuple[int | str | None, ...]:
    steps = [Step.of(body.incoming, body.now, body.idle) for body in bodies]
    lines, *moments = zip(*steps, strict=True)
    return len(bodies), sum(lines), *map(_latest, moments)


def _latest(moments: Sequence[datetime | None]) -> str | None:
    if len(moments) == 1:  # most conversations bring one event at a time
        return spelt(moments[0])
    return spelt(max(filter(None, moments), default=None))


def _counted_back(bodies: Sequence[Acceptance], reached: Mapping[_Key, Place]) -> list[Place]:
    """Return the numbers of each event, from the last ones of its conversation."""
    left = dict(reached)
    places = []
    for body in reversed(bodies):
        place = left[body.key]
        places.append(place)
        lines = int(body.incoming.kind in VISIBLE)
        left[body.key] = Place(place.id, place.seq - 1, place.message_seq - lines)
    return places[::-1]


def _keep(
    connection: Connection, bodies: Sequence[Acceptance], places: Sequence[Place]
) -> list[int]:
    """Put all into inbox and transcript; return the ids in the inbox."""
    rows = []
    for body, place in zip(bodies, places, strict=True):
        row = inbox_row(body.incoming, body.incoming.as_json(), body.raw, body.now)
        rows.append({**row, "conversation_id": place.id, "seq": place.seq})
    ids = sorted(inbox_id for (inbox_id,) in _INBOX.insert(connection, rows))
    if len(ids) < len(rows):
        raise NotTogether
    lines = [
        line_row(row["event"], place, inbox_id, body.now)
        for body, row, place, inbox_id in zip(bodies, rows, places, ids, strict=True)
        if body.incoming.kind in VISIBLE
    ]
    if lines:
        _MESSAGE.insert(connection, lines)
    return ids


def _finish(
    connection: Connection, body: Acceptance, place: Place, inbox_id: int
) -> Done[Accepted]:
    order(connection, body.incoming, inbox_id, body.now)
    if body.incoming.kind not in INTERACTIONS:
        note(connection, place.id, inbox_id, body.incoming, body.now + SILENCE)
    done = taken(body.incoming, place, inbox_id)
    if body.also is not None:
        body.also(connection, done.value)
    return done


def _opened(body: Acceptance) -> dict[str, Any]:
    channel, address = body.key
    return {"channel": channel, "address": address, "created_at": body.now}


def _opening(insert: Upsert) -> Insert:
    return insert.on_conflict_do_nothing(
        index_elements=[conversation.c.channel, conversation.c.address]
    )


def _once(insert: Upsert) -> ReturningInsert[int]:
    index = [inbox.c.channel, inbox.c.event_id]
    return insert.on_conflict_do_nothing(index_elements=index).returning(inbox.c.id)


_OPEN = HotRows(conversation, _opening)
_INBOX = HotRows(inbox, _once)
_MESSAGE = HotRows(message)

_FIELDS: Mapping[str, TypeEngine[Any]] = {
    "channel": Text(),
    "address": Text(),
    "events": Integer(),
    "lines": Integer(),
    "inbound_at": Moment(),
    "opened_at": Moment(),
    "renewed_to": Moment(),
    "alive_at": Moment(),
}


def _of_sqlite() -> list[ColumnElement[Any]]:
    each = func.json_each(bindparam("steps", type_=JSON)).table_valued("value", name="each")
    return [func.json_extract(each.c.value, f"$[{n}]") for n in range(len(_FIELDS))]


def _advancing(fields: Sequence[ColumnElement[Any]]) -> ReturningUpdate[Any]:
    """Return the statement that moves conversations by `steps`, which are lists of `_FIELDS`."""
    named = zip(_FIELDS, fields, strict=True)
    step = select(*(said.label(name) for name, said in named)).subquery("step")
    return (
        update(conversation)
        .where(
            conversation.c.channel == step.c.channel,
            conversation.c.address == step.c.address,
            step.c.alive_at.is_(None) | alive(step.c.alive_at),
        )
        .values(
            seq=conversation.c.seq + step.c.events,
            **changes(step.c.lines, step.c.inbound_at, step.c.opened_at, step.c.renewed_to),
        )
        .returning(
            conversation.c.channel,
            conversation.c.address,
            conversation.c.id,
            conversation.c.seq,
            conversation.c.message_seq,
        )
    )


_ADVANCE = Hot(_advancing(_of_sqlite()))
_KEEP = Hot(keeping(_advancing(listed("steps", _FIELDS))))
