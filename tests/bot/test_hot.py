"""A statement of the hot path says to the driver what SQLAlchemy would have said."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, create_engine, insert, select, update

from bot.store.engines import to_json
from bot.store.hot import Hot
from bot.tables.delivery import conversation

NOW = datetime(2026, 11, 21, 5, 0, 0, 123456, tzinfo=UTC)
INSERT = Hot(insert(conversation).returning(conversation.c.id, conversation.c.created_at))
FIND = Hot(select(conversation).where(conversation.c.address == bindparam("of_address")))
TURN = Hot(
    update(conversation)
    .where(conversation.c.address == bindparam("of_address"), conversation.c.seq == 0)
    .values(state=bindparam("memory"), silent_until=bindparam("until"))
)
MEMORY = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text())


def open_one(connection: Connection, address: str = "an") -> None:
    row = {"channel": "web", "address": address, "created_at": NOW}
    found = INSERT.run(connection, row).one()
    assert (found.created_at, found.id) == (NOW, 1)


@pytest.mark.engines
def test_what_was_written_is_read_back_with_its_types(connection: Connection) -> None:
    open_one(connection)
    row = FIND.run(connection, {"of_address": "an"}).first()
    assert (row.state, row.blocked, row.created_at, row.silent_until) == ({}, False, NOW, None)


@pytest.mark.engines
def test_both_ways_to_the_database_find_the_same(connection: Connection) -> None:
    open_one(connection)
    hot = FIND.run(connection, {"of_address": "an"}).one()
    plain = connection.execute(select(conversation)).one()
    assert tuple(hot) == tuple(plain)


@pytest.mark.engines
@pytest.mark.parametrize(("address", "rows"), [("an", 1), ("nobody", 0)])
def test_it_says_how_many_rows_changed(connection: Connection, address: str, rows: int) -> None:
    open_one(connection)
    values = {"of_address": address, "memory": {"a": [1, None]}, "until": NOW}
    assert TURN.run(connection, values).rowcount == rows


@given(memory=MEMORY)
def test_whatever_the_memory_holds_comes_back(memory: dict[str, object]) -> None:
    assert json.loads(to_json(memory)) == json.loads(to_json(memory, sort=True)) == memory


@pytest.fixture
def engine_name() -> str:
    """Return the engine whose driver is spoken to directly."""
    return "sqlite"


def test_nobody_there_is_nobody(connection: Connection) -> None:
    assert FIND.run(connection, {"of_address": "an"}).first() is None
    assert FIND.run(connection, {"of_address": "an"}).scalar() is None
    with pytest.raises(ValueError, match="values to unpack"):
        FIND.run(connection, {"of_address": "an"}).one()


def test_a_surrogate_does_not_break_a_row() -> None:
    assert to_json({"a": "\ud800"}) == '{"a":"?"}'


def test_a_forgotten_parameter_is_a_mistake_not_a_null() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(TypeError, match="of_address"):
        FIND.run(connection, {})
    engine.dispose()
