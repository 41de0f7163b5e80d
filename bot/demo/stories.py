"""What the invented citizens ask and the invented officers answer, as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "data" / "stories.yaml"


class Course(StrEnum):
    """How a story goes on after the first message."""

    CHAT = "chat"  # the assistant alone: an answer, small talk, an emergency
    ANSWER = "answer"  # an officer answers, the citizen rates
    WAIT = "wait"  # an officer asks back and waits
    DRAFT = "draft"  # an answer waits for the leader
    QUEUE = "queue"  # nobody has taken it up yet
    REFUSE = "refuse"  # another door is shown
    REOPEN = "reopen"  # "not right": asked again after the answer
    SAME = "same"  # somebody else asked it before


@dataclass(frozen=True, slots=True)
class Story:
    """One citizen's matter. `share` places it in its month, 0 at the start, 1 at the end."""

    id: str
    month: str  # previous | current
    share: float
    says: tuple[str, ...]
    course: Course
    agency: str = "ct-xa"
    reply: str = ""
    rating: int = 0
    publish: bool = False
    air: str = ""  # hidden | named | no
    same_as: str = ""
    lesson: str = ""  # the question in a few words, where the answer is to become knowledge
    presses: tuple[str, ...] = ()


def load_stories(path: Path = _FILE) -> Sequence[Story]:
    """Return every story, in the order of the file."""
    return [_story(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _story(row: dict[str, Any]) -> Story:
    lists = {name: tuple(row.get(name, ())) for name in ("says", "presses")}
    return Story(**{**row, **lists, "course": Course(row["course"])})
