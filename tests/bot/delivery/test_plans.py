"""However much is kept, the engine's queries touch only what is open."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Connection, event

from bot.delivery.backlog import backlog, in_doubt
from bot.delivery.inbox import accept, transcript
from bot.delivery.outbox import post
from bot.delivery.recording import read_turn, record
from bot.delivery.retention import forget_raw
from bot.delivery.sending import read_head, recover, unsent
from bot.delivery.unfinished import open_inbox, open_outbox
from bot.messages import IncomingKind, Outgoing, Purpose
from tests.bot.delivery.samples import NOW, Parrot, Repeat, said, told


@pytest.fixture
def engine_name() -> str:
    """Return the engine whose plans are read here."""
    return "sqlite"


def plans(connection: Connection, body: Callable[[Connection], object]) -> list[str]:
    """Return how SQLite goes about every statement of a body."""
    statements: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _cursor: object, sql: str, values: tuple[object, ...], *_: object) -> None:
        statements.append((sql, values))

    event.listen(connection, "before_cursor_execute", note)
    body(connection)
    event.remove(connection, "before_cursor_execute", note)
    return [
        row[-1]
        for sql, values in statements
        if not sql.startswith("INSERT")
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
    ]


def write_and_record(connection: Connection) -> None:
    accept(connection, said("một"), b"", NOW)
    reading = read_turn(Parrot(), 1, connection)
    assert reading is not None
    record(reading, Repeat(reading.turn.pending[-1].seq, "x", Purpose.RECEIPT), NOW, connection)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda c: accept(c, said("một", "e1"), b"", NOW), id="accept"),
        pytest.param(lambda c: accept(c, told(IncomingKind.SEEN, "p"), b"", NOW), id="receipt"),
        pytest.param(write_and_record, id="record"),
        pytest.param(lambda c: post(c, 1, "cause", [Outgoing("x")], NOW), id="post"),
        pytest.param(partial(read_head, 1), id="head"),
        pytest.param(partial(unsent, 1), id="unsent"),
        pytest.param(lambda c: recover(["me"], NOW, NOW - NOW, c), id="recover"),
        pytest.param(lambda c: open_inbox(c, 0, 10), id="sweep inbox"),
        pytest.param(lambda c: open_outbox(c, 0, 10), id="sweep outbox"),
        pytest.param(backlog, id="backlog"),
        pytest.param(in_doubt, id="in doubt"),
        pytest.param(lambda c: transcript(c, 1, 5, 10), id="transcript"),
        pytest.param(lambda c: forget_raw(c, NOW), id="retention"),
    ],
)
def test_no_statement_reads_a_whole_table(
    connection: Connection, body: Callable[[Connection], object]
) -> None:
    accept(connection, said("chào", "e0"), b"", NOW)
    found = plans(connection, body)
    assert [step for step in found if step.startswith("SCAN") and "_open" not in step] == []
