"""Dates and hours as people say them: "thứ Sáu 27/11", "16 giờ 40"."""

from datetime import date, datetime

from babel.dates import format_date


def day_in_words(day: date, today: date) -> str:
    """Return weekday and date, with the year where it is another than today's."""
    weekday = format_date(day, "EEEE", locale="vi")
    year = "" if day.year == today.year else f"/{day.year}"
    return f"{weekday[0].lower()}{weekday[1:]} {day:%d/%m}{year}"


def hour_in_words(moment: datetime) -> str:
    """Return the hour of a local moment: "7 giờ", "16 giờ 40"."""
    return f"{moment.hour} giờ" + (f" {moment.minute:02d}" if moment.minute else "")


def date_in_figures(day: date) -> str:
    """Return the whole date: "01/11/2026"."""
    return f"{day:%d/%m/%Y}"
