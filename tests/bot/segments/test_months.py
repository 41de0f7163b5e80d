"""Air dates for three years, and the working day on which a list closes."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock.starter import OFFICE_ZONE, calendar
from bot.segments.months import Month, Schedule, UnreadableMonth, last_saturday

SCHEDULE = Schedule(calendar(), {})

LAST_SATURDAYS = {
    2025: (25, 22, 29, 26, 31, 28, 26, 30, 27, 25, 29, 27),
    2026: (31, 28, 28, 25, 30, 27, 25, 29, 26, 31, 28, 26),
    2027: (30, 27, 27, 24, 29, 26, 31, 28, 25, 30, 27, 25),
}


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(year, number), date(year, number, day))
        for year, days in LAST_SATURDAYS.items()
        for number, day in enumerate(days, start=1)
    ],
    ids=str,
)
def test_the_segment_airs_on_the_last_saturday(month: Month, day: date) -> None:
    assert SCHEDULE.air_date(month) == day


def test_a_month_can_have_its_own_air_date() -> None:
    december = Month(2026, 12)
    assert Schedule(calendar(), {december: date(2026, 12, 19)}).air_date(december).day == 19


@pytest.mark.parametrize(
    ("month", "closes"),
    [
        pytest.param("2026-11", "2026-11-25T17:00", id="three working days before"),
        pytest.param("2025-01", "2025-01-22T17:00", id="air date is the first day of Tết 2025"),
        pytest.param("2026-02", "2026-02-25T17:00", id="after Tết 2026"),
        pytest.param("2026-08", "2026-08-26T17:00", id="air date in the National Day break"),
        pytest.param("2025-04", "2025-04-23T17:00", id="air date is a worked Saturday"),
    ],
)
def test_the_list_closes_on_a_working_day(month: str, closes: str) -> None:
    expected = datetime.fromisoformat(closes).replace(tzinfo=OFFICE_ZONE)
    assert SCHEDULE.close(Month.read(month)) == expected


moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive
    max_value=datetime(2027, 11, 1),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=OFFICE_ZONE))


@given(moments)
def test_every_moment_belongs_to_exactly_one_month(moment: datetime) -> None:
    month = SCHEDULE.month_open_at(moment)
    after, until = SCHEDULE.window(month)
    assert after < moment <= until


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_week_after_the_last_saturday_is_another_month(day: date) -> None:
    saturday = last_saturday(Month.of(day))
    assert saturday.weekday() == 5
    assert Month.of(saturday) == Month.of(day)
    assert Month.of(saturday + timedelta(days=7)) != Month.of(day)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "11-2026", "", "2026-11-01"])
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(UnreadableMonth):
        Month.read(text)
