"""Records out of JSON and YAML, however deep or wrong."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from knowledge.importers.faults import BadFile, Fault
from knowledge.importers.files import MOST_LINES, Opened

_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REFERENCE = re.compile(rb"(?m)(?:^|[\s\[{,:-])\*\w")
_DEEPEST = 200
_DAMAGE = 20
Numbered = tuple[int, Mapping[str, Any] | BadFile]


def records(found: Opened) -> Iterator[Numbered]:
    """Yield each record with its number; row 0 is the whole file."""
    reader = {"yaml": _yaml, "json": _json, "lines": _lines}[found.form]
    yield from reader(found.data)


def _lines(data: bytes) -> Iterator[Numbered]:
    bad = 0
    for number, line in enumerate(io.BytesIO(data), start=1):
        if not line.strip():
            continue
        if number > MOST_LINES:
            yield number, BadFile(Fault.TOO_MANY_ROWS, limit=MOST_LINES)
            return
        try:
            yield number, _record(json.loads(line.decode("utf-8-sig")))
        except (ValueError, RecursionError) as error:
            bad += 1
            yield number, BadFile(Fault.NOT_JSON, detail=str(error)[:120])
        if bad == number and bad >= _DAMAGE:
            return  # no line of it is JSON


def _json(data: bytes) -> Iterator[Numbered]:
    try:
        values = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield 0, BadFile(Fault.NOT_JSON, detail=str(error)[:120])
        return
    yield from _each(values)


def _yaml(data: bytes) -> Iterator[Numbered]:
    """Yield the records of the one list in the document, with its other keys as defaults."""
    try:
        _refuse_tricks(data)
        document = yaml.load(data, Loader=_SAFE)  # noqa: S506 - the safe loader, in C
    except BadFile as bad:
        yield 0, bad
        return
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as error:
        yield 0, BadFile(Fault.NOT_YAML, detail=" ".join(str(error).split())[:200])
        return
    head = {k: v for k, v in document.items() if _scalar(v)} if isinstance(document, dict) else {}
    for number, record in _each(_only_list(document)):
        yield number, record if isinstance(record, BadFile) else {**head, **record}


def _refuse_tricks(data: bytes) -> None:
    """References grow a small file without end, and nesting ends the stack."""
    depth = 0
    suspicious = _REFERENCE.search(data) or max(data.count(b"["), data.count(b"{")) > _DEEPEST
    for event in yaml.parse(data, Loader=_SAFE) if suspicious else ():
        if isinstance(event, yaml.AliasEvent):
            raise BadFile(Fault.YAML_ALIAS)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise BadFile(Fault.NOT_YAML, detail="nested too deeply")


def _each(values: Iterable[object]) -> Iterator[Numbered]:
    for number, value in enumerate(values, start=1):
        try:
            yield number, _record(value)
        except ValueError:
            yield number, BadFile(Fault.NOT_A_RECORD)


def _record(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("each record must be an object with named fields")
    return {str(key): item for key, item in value.items()}


def _scalar(value: object) -> bool:
    return not isinstance(value, dict | list)


def _only_list(document: object) -> list[object]:
    if isinstance(document, list):
        return document
    values = document.values() if isinstance(document, Mapping) else ()
    return next((value for value in values if isinstance(value, list)), [])
