"""JSON lines in, JSON lines out: the shape shared by match, redact, speak and due."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TextIO

Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def answer_lines(
    answer: Answer, stdin: BinaryIO | None = None, stdout: TextIO | None = None
) -> None:
    """Answer each line of standard input in order, flushing each.

    A line that cannot be answered yields `{"id", "error"}` in its place and a word on standard
    error, so that the order and the number of lines stay.
    """
    source, target = stdin or sys.stdin.buffer, stdout or sys.stdout
    for number, raw in enumerate(source, start=1):
        if not raw.strip():
            continue
        record: Mapping[str, Any] = {}
        try:
            record = _read(raw)
            result = {"id": record.get("id"), **answer(record)}
        except (ValueError, KeyError, TypeError) as error:
            sys.stderr.write(f"line {number}: {_explain(error)}\n")
            result = {"id": record.get("id"), "error": _explain(error)}
        target.write(json.dumps(result, ensure_ascii=False) + "\n")
        target.flush()


def _read(raw: bytes) -> Mapping[str, Any]:
    record = json.loads(raw.decode("utf-8", errors="replace"))
    if not isinstance(record, Mapping):
        raise TypeError("a JSON object is expected on each line")
    return record


def _explain(error: Exception) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
