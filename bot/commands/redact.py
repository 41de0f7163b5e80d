"""`python -m bot redact`: personal data masked, one JSON line each."""

from collections.abc import Mapping
from typing import Any

from bot.commands.lines import answer_lines
from bot.privacy import redact as mask_text


def redact() -> None:
    """Read {"id","text"} lines; write {"id","text","masks"} lines."""
    answer_lines(_answer)


def _answer(record: Mapping[str, Any]) -> Mapping[str, Any]:
    masked = mask_text(str(record["text"]))
    return {
        "text": masked.text,
        "masks": [{"start": m.start, "end": m.end, "kind": m.kind.value} for m in masked.masks],
    }
