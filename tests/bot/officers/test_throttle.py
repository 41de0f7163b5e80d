"""Guessing is slow, and nobody can shut an officer out by guessing."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.officers import Role, throttle
from tests.bot.questions.officers import hire
from tests.bot.questions.samples import NOW, prepare

OFFICE = "192.0.2.10"


@pytest.fixture
def connection(connection: Connection) -> Connection:
    """The officer "an" has been in from the office; fifty strangers now fail at the name."""
    prepare(connection)
    hire(connection, "an", Role.LEADER, "ct-so-y-te")
    throttle.record(connection, "an", OFFICE, True, NOW - timedelta(days=3))
    for n in range(50):
        throttle.record(connection, "an", f"198.51.100.{n // 4}", False, NOW)
    return connection


def waits(connection: Connection, username: str, address: str) -> bool:
    return throttle.wait_before_login(connection, username, address, NOW) is not None


def test_strangers_may_guess_no_more(connection: Connection) -> None:
    assert waits(connection, "an", "203.0.113.9")


def test_the_officer_goes_in_from_where_he_has_been(connection: Connection) -> None:
    assert not waits(connection, "an", OFFICE)


def test_a_colleague_in_the_same_house_who_fails_at_every_name_shuts_nobody_out(
    connection: Connection,
) -> None:
    for n in range(20):
        throttle.record(connection, f"name{n}", OFFICE, False, NOW)
    assert waits(connection, "binh", OFFICE)
    assert not waits(connection, "an", OFFICE)


def test_five_failures_count_wherever_they_are_made(connection: Connection) -> None:
    for _ in range(5):
        throttle.record(connection, "an", OFFICE, False, NOW)
    assert waits(connection, "an", OFFICE)


def test_what_was_long_ago_counts_no_more(connection: Connection) -> None:
    later = NOW + timedelta(minutes=16)
    assert throttle.wait_before_login(connection, "an", "203.0.113.9", later) is None


def test_the_operators_are_told_of_accounts_there_are(connection: Connection) -> None:
    for n in range(50):
        throttle.record(connection, "root\n<b>", f"198.51.101.{n}", False, NOW)
    assert throttle.besieged(connection, NOW) == {"an": 50}
    assert throttle.besieged(connection, NOW + timedelta(minutes=16)) == {}
