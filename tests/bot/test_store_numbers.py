"""A number alone in a JSON column, as a limit in `policy` is, comes back as it was written."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, select

from bot.tables.directory import policy

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.engines
@pytest.mark.parametrize("value", [15, 0, 2.5, True, "15", None, [1], {"a": 1}])
def test_what_was_written_comes_back(connection: Connection, value: object) -> None:
    row = {"key": "k", "value": value, "updated_at": NOW, "updated_by": "test"}
    connection.execute(insert(policy).values(**row))
    assert connection.execute(select(policy.c.value)).scalar_one() == value
