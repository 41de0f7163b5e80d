"""The calendar the project ships with; the database's rows take its place once edited."""

from datetime import date, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from bot.clock.calendar import Interval, SpecialDay, WorkCalendar

_ROWS = Path(__file__).parent / "data" / "calendar.yaml"
OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@cache
def calendar() -> WorkCalendar:
    """Return the starter calendar, in Asia/Ho_Chi_Minh."""
    rows = yaml.safe_load(_ROWS.read_text(encoding="utf-8"))
    return WorkCalendar(
        zone=OFFICE_ZONE,
        week=tuple(tuple(_interval(pair) for pair in day) for day in rows["week"]),
        special_days=tuple(special_days()),
    )


def special_days() -> list[SpecialDay]:
    """Return the dated rows in order of date, each with its source."""
    rows = yaml.safe_load(_ROWS.read_text(encoding="utf-8"))
    return sorted(
        (
            SpecialDay(day, group["working"], group["name"], group["source"])
            for group in rows["special_days"]
            for day in group["days"]
        ),
        key=lambda special: special.day,
    )


def last_year_with_rows() -> int:
    """Return the last year whose days off are known; later due dates miss its holidays."""
    return max((special.day for special in special_days()), default=date.min).year


def _interval(pair: list[str]) -> Interval:
    opens, closes = (time.fromisoformat(text) for text in pair)
    return Interval(opens, closes)
