"""Zalo's JSON read without trust: every number stays the text it was written as."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.channels import UnreadablePayload

#: what an id may be made of; a database could not keep the rest
_WORD = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,150}")
_DIGITS = re.compile(r"[0-9]{10,16}")


def read_record(raw: bytes) -> Mapping[str, Any]:
    """Return the object a request holds; raise UnreadablePayload for anything else.

    Ids are larger than 2**53 and the signature covers the literal digits of the timestamp,
    so numbers are not converted.
    """
    try:
        record = json.loads(
            raw.decode("utf-8"), parse_int=str, parse_float=str, parse_constant=_refuse
        )
    except (ValueError, RecursionError) as error:
        raise UnreadablePayload from error
    if not isinstance(record, Mapping):
        raise UnreadablePayload
    return record


def word(value: object) -> str:
    """Return an id or a short word, "" for what cannot be one."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a nested object, an empty one where there is none."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def text(record: Mapping[str, Any], name: str) -> str:
    """Return a text as written, "" where there is none."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def words(value: object) -> tuple[str, ...]:
    """Return the ids of a list, or of a single id."""
    values = value if isinstance(value, list) else [value]
    return tuple(found for found in map(word, values) if found)


def moment(milliseconds: object) -> datetime | None:
    """Return the moment that milliseconds since 1970 stand for, None for what is none."""
    digits = word(milliseconds)
    return datetime.fromtimestamp(int(digits) / 1000, UTC) if _DIGITS.fullmatch(digits) else None


def happened_at(found: datetime | None, now: datetime) -> datetime:
    """Return when an event happened; no moment, or one ahead of our clock, counts as now."""
    return now if found is None or found > now else found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
