"""Agencies and conversations in a migrated database."""

import pytest
from sqlalchemy import Connection

from tests.bot.questions.samples import prepare


@pytest.fixture
def connection(connection: Connection) -> Connection:
    prepare(connection)
    return connection
