"""Named moments at which a process may die. In service nothing happens at them.

The fault tests hand over an object that kills the process at the n-th pass of one of them, so
that each window between two durable steps is hit on purpose and not by luck.
"""

from enum import StrEnum
from typing import Protocol


class CrashPoint(StrEnum):
    """The windows between durable steps, in the order of a message's way."""

    AFTER_ACCEPT_COMMIT = "after_accept_commit"  # reached by the edge, before it answers 200
    BEFORE_DECIDE = "before_decide"
    AFTER_DECIDE_BEFORE_RECORD = "after_decide_before_record"
    AFTER_RECORD_COMMIT = "after_record_commit"
    AFTER_INTENT = "after_intent"
    AFTER_HTTP_BEFORE_MARK = "after_http_before_mark"
    AFTER_MARK = "after_mark"


class CrashPoints(Protocol):
    """Told of every pass."""

    def reached(self, point: CrashPoint) -> None:
        """Do nothing, or never return."""


class NoCrash:
    """What the service uses."""

    def reached(self, point: CrashPoint) -> None:
        """Go on."""
