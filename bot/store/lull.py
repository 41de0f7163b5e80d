"""Waiting for the moment at which the event loop brings in nothing more."""

import asyncio
import time
from collections.abc import Callable

#: turns of the event loop without anything new: a request takes two from its bytes to its write
_CALM = 3
#: seconds after which it is not waited for: work that lasts holds nobody up much
_LONGEST = 0.002


async def lull(waiting: Callable[[], int], enough: int, *, longest: float = _LONGEST) -> None:
    """Return once no more is `waiting` than some turns ago, or `enough` is.

    Those who wrote together a moment ago come back together: a commit that waits for all of
    them is one, where it had been two, and the threads do not wake each other meanwhile.
    """
    end = time.monotonic() + longest
    seen = calm = 0
    while calm < _CALM and (found := waiting()) < enough and time.monotonic() < end:
        calm = 0 if found > seen else calm + 1
        seen = found
        await asyncio.sleep(0)
