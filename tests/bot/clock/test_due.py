"""Due dates: fixed cases from the notices of 2025–2027, and what must always hold."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import due_after_days, due_after_hours, working_days_before
from bot.clock.starter import OFFICE_ZONE, calendar, special_days

CALENDAR = calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        pytest.param("2026-11-06T16:40", 15, "2026-11-27T17:00", id="fifteen plain working days"),
        pytest.param("2026-11-06T17:00", 1, "2026-11-09T17:00", id="at closing counts today"),
        pytest.param(
            "2026-11-06T17:01", 1, "2026-11-10T17:00", id="after closing counts on Monday"
        ),
        pytest.param("2026-11-06T05:00", 1, "2026-11-09T17:00", id="before opening counts today"),
        pytest.param("2026-11-06T12:00", 1, "2026-11-09T17:00", id="at lunch counts today"),
        pytest.param("2026-11-07T09:00", 1, "2026-11-10T17:00", id="Saturday counts on Monday"),
        pytest.param("2026-11-23T09:00", 1, "2026-11-24T17:00", id="24 November 2026 is worked"),
        pytest.param("2025-04-25T09:00", 1, "2025-04-26T17:00", id="a swapped Saturday is worked"),
        pytest.param("2025-04-26T16:00", 1, "2025-04-28T17:00", id="on a swapped Saturday"),
        pytest.param("2026-01-09T09:00", 1, "2026-01-10T17:00", id="Saturday 10 January 2026"),
        pytest.param("2026-02-13T09:00", 1, "2026-02-23T17:00", id="over Tết 2026"),
        pytest.param("2026-04-24T09:00", 1, "2026-04-28T17:00", id="Giỗ Tổ on a Sunday moves on"),
        pytest.param("2026-11-06T09:00", 0, "2026-11-06T17:00", id="zero days: the same closing"),
    ],
)
def test_a_limit_in_days_ends_when_the_office_closes(received: str, days: int, due: str) -> None:
    assert due_after_days(CALENDAR, at(received), days).at == at(due)


@pytest.mark.parametrize(
    ("received", "hours", "due"),
    [
        pytest.param("2026-11-06T09:00", 2, "2026-11-06T11:00", id="ends with the morning"),
        pytest.param("2026-11-06T09:00", 3, "2026-11-06T14:00", id="goes on after lunch"),
        pytest.param("2026-11-06T12:00", 1, "2026-11-06T14:00", id="starts after lunch"),
        pytest.param("2026-11-06T16:40", 8, "2026-11-09T16:40", id="over a week-end"),
        pytest.param("2026-11-06T13:00", 4, "2026-11-06T17:00", id="ends with the day"),
        pytest.param("2026-11-06T20:00", 8, "2026-11-09T17:00", id="received at night"),
        pytest.param("2026-11-06T09:00", 0.5, "2026-11-06T09:30", id="half an hour"),
    ],
)
def test_a_limit_in_hours_runs_inside_office_hours(received: str, hours: float, due: str) -> None:
    assert due_after_hours(CALENDAR, at(received), hours).at == at(due)


def test_the_trace_names_the_days_off_on_the_way() -> None:
    trace = due_after_days(CALENDAR, at("2026-02-13T09:00"), 1).trace
    assert {row["name"] for row in trace["skipped"]} == {"Tết Nguyên đán Bính Ngọ"}
    assert trace["due"] == "2026-02-23T17:00:00+07:00"


def test_every_dated_row_has_a_source_with_its_date() -> None:
    assert all("xem ngày" in special.source for special in special_days())


def test_working_days_count_back_over_a_holiday() -> None:
    assert working_days_before(CALENDAR, date(2026, 8, 29), 0) == date(2026, 8, 28)
    assert working_days_before(CALENDAR, date(2026, 2, 28), 5) == date(2026, 2, 13)


moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=OFFICE_ZONE))
limits = st.integers(min_value=0, max_value=40)


@given(moments, limits)
def test_a_due_date_never_falls_on_a_day_off(received: datetime, days: int) -> None:
    assert CALENDAR.is_working(due_after_days(CALENDAR, received, days).at.date())


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), limits)
def test_who_asks_later_is_never_due_earlier(
    received: datetime, later: timedelta, days: int
) -> None:
    first = due_after_days(CALENDAR, received, days).at
    assert first <= due_after_days(CALENDAR, received + later, days).at


@given(moments, limits)
def test_counting_the_working_days_gives_the_limit_back(received: datetime, days: int) -> None:
    due = due_after_days(CALENDAR, received, days)
    day_zero = date.fromisoformat(due.trace["counted_from"])
    between = (day_zero + timedelta(days=n) for n in range(1, (due.at.date() - day_zero).days + 1))
    assert sum(CALENDAR.is_working(day) for day in between) == days


@given(moments, st.integers(min_value=0, max_value=120).map(lambda quarters: quarters / 4))
def test_counting_the_office_time_gives_the_hours_back(received: datetime, hours: float) -> None:
    due = due_after_hours(CALENDAR, received, hours).at
    start = CALENDAR.next_opening(received)
    days = (start.date() + timedelta(days=n) for n in range((due.date() - start.date()).days + 1))
    spans = (span for day in days for span in CALENDAR.spans(day))
    passed = sum(
        (max(min(closes, due) - max(opens, start), timedelta(0)) for opens, closes in spans),
        timedelta(0),
    )
    assert passed == timedelta(hours=hours)
