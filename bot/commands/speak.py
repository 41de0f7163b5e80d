"""`python -m bot speak`: what a host reads aloud, one JSON line each."""

from collections.abc import Mapping
from typing import Any

from bot.commands.lines import answer_lines
from bot.speech import speak as read_aloud


def speak() -> None:
    """Read {"id","text"} lines; write {"id","spoken","seconds"} lines."""
    answer_lines(answer)


def answer(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a host reads for one line, and how long it takes."""
    spoken = read_aloud(str(record["text"]))
    return {"spoken": spoken.text, "seconds": spoken.seconds}
