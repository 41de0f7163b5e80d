"""Dying on purpose: kills its own process at the n-th pass of a named moment."""

import os
import signal
from collections.abc import Mapping

from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash

VARIABLE = "DANHOI_TEST_CRASH"


class Armed:
    """Counts passes and dies without a farewell."""

    def __init__(self, point: CrashPoint, passes: int) -> None:
        self._point = point
        self._left = passes

    def reached(self, point: CrashPoint) -> None:
        """Die when it is time."""
        if point is self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def crash_points(environment: Mapping[str, str]) -> CrashPoints:
    """Read "after_intent:3" from the environment; without it nothing happens."""
    point, _, passes = environment.get(VARIABLE, "").partition(":")
    return Armed(CrashPoint(point), int(passes)) if point else NoCrash()
