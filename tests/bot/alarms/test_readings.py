"""Which channels are listened to for silence, and since when one is silent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from bot.alarms.readings import take
from bot.alarms.thresholds import Thresholds
from bot.tables.delivery import conversation

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def write(connection: Connection, people: int, hours: float, channel: str = "zalo") -> None:
    """Have people write so many hours ago, one a minute."""
    last = NOW - hours * HOUR
    rows = [
        {"channel": channel, "address": f"{hours}/{n}", "created_at": last, "last_inbound_at": at}
        for n in range(people)
        for at in (last - timedelta(minutes=n),)
    ]
    connection.execute(insert(conversation), rows)


@pytest.mark.engines
@pytest.mark.parametrize(
    ("written", "since"),
    [
        pytest.param((30, 5), {"zalo": NOW - 5 * HOUR}, id="silent since the last message"),
        pytest.param((5, 30), {}, id="hardly anybody writes"),
        pytest.param((30, 200), {}, id="nobody has written for a week"),
        pytest.param((30, 30, "web"), {}, id="the web has no webhook"),
    ],
)
def test_a_busy_channel_is_listened_to(
    connection: Connection,
    tmp_path: Path,
    written: tuple[Any, ...],
    since: dict[str, datetime],
) -> None:
    write(connection, *written)
    assert take(connection, tmp_path, Thresholds(), NOW).heard == since


@pytest.mark.engines
def test_one_message_ends_the_silence(connection: Connection, tmp_path: Path) -> None:
    write(connection, 30, 5)
    write(connection, 1, 0.5)
    (last,) = take(connection, tmp_path, Thresholds(), NOW).heard.values()
    assert NOW - last < HOUR
