"""A commit waits for those who are about to write, and not for ever."""

import asyncio

from bot.store.lull import lull


async def arrivals(waiting: list[int], turns: int) -> None:
    """Let one more wait at every other turn of the event loop, as requests do."""
    for turn in range(turns):
        if turn % 2:
            waiting.append(turn)
        await asyncio.sleep(0)


async def test_a_lull_comes_when_no_more_arrive() -> None:
    waiting = [0]
    coming = asyncio.create_task(arrivals(waiting, 20))
    await lull(waiting.__len__, 64, longest=60)
    assert coming.done()
    assert len(waiting) == 11


async def test_enough_are_not_kept_waiting_for_more() -> None:
    waiting = [0]
    coming = asyncio.create_task(arrivals(waiting, 20))
    await lull(waiting.__len__, 4, longest=60)
    assert len(waiting) == 4
    await coming


async def test_whoever_never_stops_arriving_is_not_waited_for() -> None:
    waiting = [0]
    coming = asyncio.create_task(arrivals(waiting, 10**9))
    await lull(waiting.__len__, 10**9, longest=0.01)
    assert not coming.done()
    coming.cancel()
