"""Entries written in our own shape: YAML of the project, and an office's CSV or Excel."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from knowledge.entries import Entry, EntryKind, Facet, Fact
from knowledge.importers.faults import BadField, Fault
from knowledge.importers.rows import Record

CODE = {
    EntryKind.PROCEDURE: re.compile(r"\d\.\d{6}(\.[\w.]+)?"),
    EntryKind.HOTLINE: re.compile(r"[\w.-]{2,60}"),
    EntryKind.FAQ: re.compile(r"[\w.-]{2,60}"),
}
LEVELS = ("", "commune", "province", "ministry")
PLURAL = {"aliases", "agencies", "legal_basis"}
#: our words for the columns, and the field of an entry each fills
FIELDS = {
    "title": "title",
    "name": "title",
    "question": "title",
    "short": "short_label",
    "group": "group",
    "field": "field",
    "level": "level",
    "agencies": "agencies",
    "agency": "agencies",
    "agency_text": "agency_text",
    "summary": "summary",
    "answer": "summary",
    "aliases": "aliases",
    "legal_basis": "legal_basis",
    "url": "source_url",
    "online_url": "online_url",
    "phone": "phone",
    "source": "source",
    "body": "body",
}
_NOT_OF_AN_ENTRY = {"code", "facts", "checked_on", "note", "notes", "month", "tags"}
_FACETS = {facet.value for facet in Facet}


def entry(record: Record, kind: EntryKind) -> Entry:
    """Return the entry of one record; raise BadField naming what is missing, wrong or unknown."""
    code = text(record, "code")
    if not CODE[kind].fullmatch(code):
        raise BadField("code", Fault.CODE_OF, value=code, kind=kind.value)
    values = {FIELDS[key]: _value(record, key) for key in FIELDS if record.get(key) is not None}
    _refuse_unknown(record)
    if not values.get("title"):
        raise BadField("title", Fault.NO_TITLE, code=code)
    if not values.get("source"):
        raise BadField("source", Fault.NO_SOURCE, code=code)
    if values.get("level", "") not in LEVELS:
        raise BadField("level", Fault.LEVEL, value=values["level"], known=", ".join(LEVELS[1:]))
    checked_on = day(record, "checked_on")
    source = str(values.get("source", ""))
    found = facts(record, source, checked_on)
    values.setdefault("online_url", _online(found, str(values.get("source_url", ""))))
    return Entry(f"{kind}:{code}", kind, code, facts=found, checked_on=checked_on, **values)


def _online(found: Mapping[Facet, Fact], page: str) -> str:
    """The procedure's own page is where one applies, unless the fact says one cannot."""
    told = found.get(Facet.ONLINE)
    refused = told and re.match(r"(chưa|không)\b", told.text.lower())
    return page if told and told.sound and not refused else ""


def facts(record: Record, source: str, checked_on: date | None) -> Mapping[Facet, Fact]:
    """Return the facets of a record: under `facts`, or a column for each."""
    given = record.get("facts") or {}
    if not isinstance(given, Mapping):
        raise BadField("facts", Fault.NOT_TEXT, kind="list")
    columns = {name: record[name] for name in _FACETS & record.keys() if name not in PLURAL}
    return {
        _facet(name): _fact(name, value, source, checked_on)
        for name, value in {**columns, **given}.items()
        if value is not None and value != ""
    }


def text(record: Record, name: str) -> str:
    """Return a field as one trimmed text; numbers and dates of a spreadsheet become text."""
    value = record.get(name)
    if isinstance(value, Mapping | list):
        raise BadField(name, Fault.NOT_TEXT, kind=type(value).__name__)
    return "" if value is None else str(value).strip()


def day(record: Record, name: str) -> date | None:
    """Return a date written as 2026-07-31 or 31/07/2026, None when absent."""
    value = record.get(name)
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    written = str(value).strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    raise BadField(name, Fault.DATE, value=written)


def _value(record: Record, key: str) -> Any:  # noqa: ANN401 - a text or a tuple of texts
    return several(record, key) if FIELDS[key] in PLURAL else text(record, key)


def several(record: Record, key: str) -> tuple[str, ...]:
    """Return a list: a YAML list, or in a cell one to a line or with semicolons."""
    value = record.get(key)
    if isinstance(value, Mapping):
        raise BadField(key, Fault.NOT_LIST)
    parts: Iterable[object] = value if isinstance(value, list) else re.split(r"[;\n]", str(value))
    return tuple(part for part in (str(item).strip() for item in parts) if part)


def _refuse_unknown(record: Record) -> None:
    unknown = record.keys() - FIELDS.keys() - _NOT_OF_AN_ENTRY - _FACETS
    if unknown:
        raise BadField(sorted(map(str, unknown))[0], Fault.UNKNOWN_FIELD)


def _facet(name: str) -> Facet:
    if name not in _FACETS:
        raise BadField("facts", Fault.UNKNOWN_FACET, value=name, known=", ".join(sorted(_FACETS)))
    return Facet(name)


def _fact(name: str, value: object, source: str, checked_on: date | None) -> Fact:
    if isinstance(value, Mapping):
        if not value.keys() <= {"text", "sound", "source", "checked_on"} or "text" not in value:
            raise BadField(f"facts.{name}", Fault.FACT_KEYS)
        own_day = day(value, "checked_on") or checked_on
        own_source = text(value, "source") or source
        return Fact(text(value, "text"), bool(value.get("sound", True)), own_source, own_day)
    if isinstance(value, list):
        value = "\n".join(f"- {item}" for item in value)
    return Fact(str(value).strip(), True, source, checked_on)
