"""The pace: whatever is waiting, no minute of Zalo's own count exceeds what the package allows."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.delivery.pace import reserve
from bot.settings import Settings
from handlers.zalo.turns import pace_of

START = datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def settings(per_minute: int, burst: int) -> Settings:
    limits = {"zalo_rate_per_minute": per_minute, "zalo_rate_burst": burst}
    return Settings(_env_file=None, **limits)  # type: ignore[call-arg, arg-type]


def sent(connection: Connection, per_minute: int, burst: int, minutes: int) -> list[datetime]:
    """Return when requests leave while more are waiting than can go."""
    rate = pace_of(settings(per_minute, burst))
    now, moments = START, []
    while now < START + minutes * MINUTE:
        now += reserve(connection, "zalo", rate, now)
        moments.append(now)
    return moments


@pytest.mark.parametrize(
    ("per_minute", "burst"),
    [
        pytest.param(100, 20, id="Tăng trưởng"),
        pytest.param(500, 20, id="a larger package"),
        pytest.param(100, 100, id="a burst as large as the minute"),
        pytest.param(10, 1, id="almost nothing"),
    ],
)
def test_no_minute_exceeds_the_package(connection: Connection, per_minute: int, burst: int) -> None:
    moments = sent(connection, per_minute, burst, minutes=2)
    by_clock = Counter(moment.replace(second=0, microsecond=0) for moment in moments)
    assert max(by_clock.values()) <= per_minute
    ahead = zip(moments, moments[per_minute:], strict=False)
    assert all(later - earlier >= MINUTE for earlier, later in ahead)


@pytest.mark.parametrize(("per_minute", "least"), [(100, 75), (500, 465)])
def test_little_of_it_is_given_away(connection: Connection, per_minute: int, least: int) -> None:
    moments = sent(connection, per_minute, burst=20, minutes=2)
    assert len([moment for moment in moments if moment < START + MINUTE]) >= least
