"""Three agencies, a group of one of them, and its officers."""

import pytest
from sqlalchemy import Connection

from tests.bot.liaison.samples import Rooms
from tests.bot.questions.samples import prepare


@pytest.fixture
def rooms(connection: Connection) -> Rooms:
    prepare(connection)
    return Rooms(connection)
