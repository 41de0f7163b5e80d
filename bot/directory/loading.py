"""Writing agencies, places, calendars and plans: only what differs, so twice changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from bot.clock.calendar import SpecialDay, WorkCalendar
from bot.directory.records import Agency, PlanItem, Succession
from bot.store import upsert
from bot.tables.directory import agency, holiday, hours, place, plan_item, succession
from knowledge.places import Place
from knowledge.text import fold

STANDARD = "standard"


def put_agencies(connection: Connection, agencies: Sequence[Agency]) -> int:
    """Write agencies and who follows them; return how many are new or changed."""
    columns = ("code", "name", "kind", "valid_from", "valid_to")
    about = ("confidence", "source", "checked_on")
    rows = [{**_of(found, *columns, *about), "fields": list(found.fields)} for found in agencies]
    changed = _put(connection, agency, rows, ("code",))
    steps = [_step(found, row) for found in agencies for row in found.successions]
    return max(changed, _put(connection, succession, steps, ("agency", "successor", "part")))


def _step(found: Agency, row: Succession) -> dict[str, Any]:
    after = _of(row, "successor", "part", "valid_from")
    return {**after, "agency": found.code, "source": found.source}


def put_places(connection: Connection, places: Iterable[Place]) -> int:
    """Write places; return how many are new or changed."""
    columns = ("name", "district", "province", "agency", "former")
    rows = [{**_of(found, *columns), "folded": fold(found.name)} for found in places]
    return _put(connection, place, rows, ("name", "district", "province", "agency"))


def put_holidays(
    connection: Connection, days: Iterable[SpecialDay], checked_on: date, calendar: str = STANDARD
) -> int:
    """Write dated days off or worked; return how many are new or changed."""
    columns = ("day", "working", "name", "source")
    rows = [{**_of(day, *columns), "calendar": calendar} for day in days]
    changed = _put(connection, holiday, rows, ("calendar", "day"))
    missing = holiday.c.checked_on.is_(None)
    connection.execute(holiday.update().where(missing).values(checked_on=checked_on))
    return changed


def put_hours(connection: Connection, week: WorkCalendar, since: date, source: str) -> None:
    """Write the weekly office hours of the standard calendar."""
    days = [
        [[span.opens.strftime("%H:%M"), span.closes.strftime("%H:%M")] for span in day]
        for day in week.week
    ]
    row = {"calendar": STANDARD, "valid_from": since, "week": days, "source": source}
    _put(connection, hours, [row], ("calendar", "valid_from"))


def put_plan(connection: Connection, items: Iterable[PlanItem]) -> int:
    """Write months of yearly plans; return how many are new or changed."""
    columns = ("year", "month", "theme", "lead", "deadline", "done", "evidence", "source")
    rows = [{**_of(item, *columns), "cooperating": list(item.cooperating)} for item in items]
    return _put(connection, plan_item, rows, ("year", "month", "theme"))


def _put(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...]
) -> int:
    """Insert or update by key what differs from the table; return how many rows that was."""
    present = {
        tuple(row[name] for name in key): row
        for row in connection.execute(select(table)).mappings()
    }
    differing = [row for row in rows if not _holds(present.get(tuple(row[k] for k in key)), row)]
    for row in differing:
        statement = upsert.insert(connection, table).values(dict(row))
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=dict(row)))
    return len(differing)


def _holds(before: Mapping[Any, Any] | None, row: Mapping[str, Any]) -> bool:
    return before is not None and all(before[name] == value for name, value in row.items())


def _of(record: object, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
