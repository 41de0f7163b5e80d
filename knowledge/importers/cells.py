"""What stands in a cell: a text, with what a spreadsheet did to it undone or named."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from knowledge.importers.faults import BadField, Fault, Values
from knowledge.importers.markup import plain
from knowledge.text import clean

MOST_CHARACTERS = 20_000
#: fields whose dates are meant as dates
DATES = frozenset({"checked_on", "day", "valid_from", "valid_to", "deadline", "done"})
_LONG_CODE = re.compile(r"(\d\.\d{6})\.\d{3}\.\d{2}\.\d{2}(?:\.\w+)*")
_CUT_CODE = re.compile(r"\d\.\d{1,5}")
_NUMBERED = re.compile(r"^\d{1,3}[.)]\s+")
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about a field that was taken all the same."""

    field: str
    fault: Fault
    values: Values


def text_of(value: object) -> str:
    """Return a cell as one tidy text without markup; 3.0 is "3"."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean(plain(str(value))).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def bounded(field: str, text: str) -> str:
    """Return the text; raise BadField for more than anybody reads."""
    if len(text) > MOST_CHARACTERS:
        raise BadField(field, Fault.TOO_LONG, limit=MOST_CHARACTERS)
    return text


def code_of(value: object) -> tuple[str, Note | None]:
    """Return a procedure code as the national base writes it; one typed as a number is restored.

    >>> code_of(1.00119)[0], code_of("1.001193.000.00.00.H13")[0]
    ('1.001190', '1.001193')
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _from_number(value)
    text = text_of(value).replace(" ", "")
    if _CUT_CODE.fullmatch(text):
        raise BadField("code", Fault.CODE_CUT, value=text, likely=text.ljust(8, "0"))
    long = _LONG_CODE.fullmatch(text)
    return (long[1] if long else text), None


def _from_number(value: float) -> tuple[str, Note | None]:
    if 1 <= value < 10:
        code = f"{value:.6f}"
    elif _MILLION <= value < 10 * _MILLION and float(value).is_integer():
        code = f"{int(value) // _MILLION}.{int(value) % _MILLION:06d}"
    else:
        return text_of(value), None
    return code, Note("code", Fault.CODE_RESTORED, {"value": text_of(value), "code": code})


def fact_of(field: str, value: object, unit: str) -> str:
    """Return the text of a fact; a bare number takes the unit of its column."""
    if isinstance(value, datetime | date):
        raise BadField(field, Fault.DATE_IN_TEXT, value=f"{value:%d/%m/%Y}")
    text = bounded(field, text_of(value))
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", text):
        return text
    if field == "fee":
        return _money(text)
    if field == "time" and not unit:
        raise BadField(field, Fault.NO_UNIT, value=text)
    return f"{text} {unit}".strip()


def _money(text: str) -> str:
    digits = re.sub(r"[.,]", "", text) if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*|\d+", text) else ""
    return f"{int(digits):,} đồng".replace(",", ".") if digits else text


def title_of(value: object) -> str:
    """Return a title on one line without the number it is listed under."""
    return _NUMBERED.sub("", " ".join(bounded("title", text_of(value)).split()))


def date_or_text(field: str, value: Any) -> Any:  # noqa: ANN401 - a cell of any kind
    """Return what a column of our own template holds: a date where one is meant, else a text."""
    if isinstance(value, datetime | date):
        if field in DATES:
            return value
        raise BadField(field, Fault.DATE_IN_TEXT, value=f"{value:%d/%m/%Y}")
    return bounded(field, value if isinstance(value, str) else text_of(value))
