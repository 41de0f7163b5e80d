"""A database in memory with an agency, two officers' worth of rows and a conversation."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, insert

from bot.tables import metadata
from bot.tables.delivery import conversation
from bot.tables.directory import agency
from tests.bot.questions.samples import NOW


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        metadata.create_all(opened)
        opened.execute(
            insert(conversation),
            [{"id": n, "channel": "web", "address": f"a{n}", "created_at": NOW} for n in (1, 2, 3)],
        )
        row = {"kind": "department", "confidence": "high", "source": "test"}
        opened.execute(
            insert(agency),
            [
                {**row, "code": "ct-so-y-te", "name": "Sở Y tế", "two_persons": False},
                {**row, "code": "ct-so-noi-vu", "name": "Sở Nội vụ", "two_persons": True},
                {**row, "code": "ct-thanh-tra", "name": "Thanh tra", "two_persons": False},
            ],
        )
        yield opened
    engine.dispose()
