"""Alarms that leave the machine: what is judged wrong, who is told, and that it is over."""

from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """Every alarm there is; `docs/alarms.md` has a section for each."""

    SILENCE = "silence"
    TOKEN = "token"  # noqa: S105 - the name of an alarm
    BACKLOG = "backlog"
    UNSENT = "unsent"
    DOUBTS = "doubts"
    QUARANTINE = "quarantine"
    DISK = "disk"
    ERRORS = "errors"
    CROWD = "crowd"
    LOGINS = "logins"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something an operator must look at: what was measured, nothing about a citizen."""

    name: Name
    text: str
