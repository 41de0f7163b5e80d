"""When the operators are called."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alarms import Name
from bot.alarms.readings import Readings, TokenAge
from bot.alarms.rules import judge
from bot.alarms.thresholds import Thresholds
from bot.delivery.backlog import Backlog

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=ZONE)
QUIET = Backlog(undecided=0, unsent=0, unknown=0, waiting=0, oldest=None)
WELL = Readings(
    backlog=QUIET,
    heard={},
    tokens={},
    quarantined=0,
    put_aside=0,
    disk_free=100 << 30,
    disk_total=200 << 30,
)


def names(readings: Readings, now: datetime = NOON) -> set[Name]:
    return {alarm.name for alarm in judge(readings, Thresholds(), now, ZONE)}


def heard(hours: float, now: datetime = NOON) -> Mapping[str, datetime]:
    return {"zalo": now.astimezone(UTC) - timedelta(hours=hours)}


def tokens(access: timedelta, refresh: timedelta) -> Mapping[str, TokenAge]:
    return {"zalo:1": TokenAge(NOON + access, NOON + refresh)}


def test_a_token_the_provider_takes_no_more_is_an_alarm_at_any_age() -> None:
    lost = TokenAge(NOON + timedelta(hours=9), NOON + timedelta(days=80), lost=True)
    (alarm,) = judge(replace(WELL, tokens={"zalo:1": lost}), Thresholds(), NOON, ZONE)
    assert (alarm.name, alarm.text) == (Name.TOKEN, "zalo:1: the provider takes our tokens no more")


def test_all_is_well() -> None:
    assert names(WELL) == set()


@pytest.mark.parametrize(
    ("readings", "alarm"),
    [
        pytest.param(
            replace(WELL, backlog=replace(QUIET, undecided=3, oldest=NOON - timedelta(minutes=5))),
            Name.BACKLOG,
            id="undecided for minutes",
        ),
        pytest.param(replace(WELL, backlog=replace(QUIET, unsent=501)), Name.UNSENT, id="unsent"),
        pytest.param(replace(WELL, backlog=replace(QUIET, unknown=1)), Name.DOUBTS, id="doubts"),
        pytest.param(replace(WELL, quarantined=1), Name.QUARANTINE, id="wrong signatures"),
        pytest.param(replace(WELL, put_aside=1), Name.ERRORS, id="a message failed"),
        pytest.param(replace(WELL, disk_free=900 << 20), Name.DISK, id="little disk"),
        pytest.param(replace(WELL, disk_free=9 << 30), Name.DISK, id="a small share of a disk"),
        pytest.param(
            replace(WELL, backed_up=NOON - timedelta(days=3)), Name.BACKUP, id="an old backup"
        ),
        pytest.param(replace(WELL, crowded={"ct-so-y-te": 300}), Name.CROWD, id="a crowd"),
        pytest.param(replace(WELL, besieged={"an": 50}), Name.LOGINS, id="guessed passwords"),
        pytest.param(replace(WELL, heard=heard(4)), Name.SILENCE, id="webhooks fell silent"),
    ],
)
def test_a_reading_beyond_its_threshold_is_an_alarm(readings: Readings, alarm: Name) -> None:
    assert names(readings) == {alarm}


@pytest.mark.parametrize(
    ("access", "refresh", "word"),
    [
        pytest.param(timedelta(hours=9), timedelta(days=13), "ends in 13 days", id="soon"),
        pytest.param(-timedelta(hours=2), timedelta(days=60), "unrenewed", id="not renewed"),
        pytest.param(-timedelta(days=2), -timedelta(hours=1), "has ended", id="ended"),
    ],
)
def test_tokens_that_age_say_how(access: timedelta, refresh: timedelta, word: str) -> None:
    (alarm,) = judge(replace(WELL, tokens=tokens(access, refresh)), Thresholds(), NOON, ZONE)
    assert alarm.name is Name.TOKEN
    assert word in alarm.text


@pytest.mark.parametrize(
    ("readings", "now"),
    [
        pytest.param(replace(WELL, heard=heard(2)), NOON, id="two hours are a lunch break"),
        pytest.param(replace(WELL, heard=heard(6, now=NIGHT)), NIGHT, id="people sleep"),
    ],
)
def test_silence_that_is_usual_calls_nobody(readings: Readings, now: datetime) -> None:
    assert names(readings, now) == set()


def test_silence_counts_from_the_morning_on() -> None:
    ten = NOON.replace(hour=10)
    assert names(replace(WELL, heard=heard(12, now=ten)), ten) == set()


def test_two_accounts_make_one_alarm_that_names_both() -> None:
    soon = TokenAge(NOON + timedelta(hours=9), NOON + timedelta(days=3))
    (alarm,) = judge(
        replace(WELL, tokens={"zalo:1": soon, "zalo:2": soon}), Thresholds(), NOON, ZONE
    )
    assert "zalo:1" in alarm.text
    assert "zalo:2" in alarm.text
