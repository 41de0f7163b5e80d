"""The pace of a channel, shared through one row."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.delivery.pace import Rate, hold, reserve
from tests.bot.delivery.samples import NOW

pytestmark = pytest.mark.engines

RATE = Rate(per_minute=60, burst=3)


def waits(connection: Connection, times: int) -> list[float]:
    return [reserve(connection, "fake", RATE, NOW).total_seconds() for _ in range(times)]


def test_a_burst_goes_at_once_and_the_rest_at_the_rate(connection: Connection) -> None:
    assert waits(connection, 6) == [0, 0, 0, 1, 2, 3]


def test_a_pause_allows_a_burst_again_and_no_more(connection: Connection) -> None:
    waits(connection, 3)
    later = NOW + timedelta(hours=1)
    found = [reserve(connection, "fake", RATE, later).total_seconds() for _ in range(4)]
    assert found == [0, 0, 0, 1]


def test_channels_do_not_share_their_pace(connection: Connection) -> None:
    waits(connection, 5)
    assert reserve(connection, "other", RATE, NOW) == timedelta(0)


def test_a_provider_that_asks_for_a_pause_gets_it(connection: Connection) -> None:
    hold(connection, "fake", RATE, NOW + timedelta(seconds=30))
    assert waits(connection, 2) == [30, 31]


def test_a_pause_never_shortens_what_was_given_out(connection: Connection) -> None:
    waits(connection, 10)
    hold(connection, "fake", RATE, NOW)
    assert waits(connection, 1) == [8]
