"""The way out of one channel: so many at once, receipts first when it is throttled."""

import asyncio

import pytest

from bot.delivery.gate import Gate
from bot.messages import Purpose
from bot.store import StoreUnavailable


async def free_slot() -> float:
    return 0.0


async def test_no_more_than_allowed_are_under_way() -> None:
    gate, inside, most = Gate(2), 0, 0

    async def send() -> None:
        nonlocal inside, most
        async with gate.turn(Purpose.AUTOMATIC):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(send() for _ in range(20)))
    assert (inside, most) == (0, 2)


async def test_receipts_go_before_answers_before_notices() -> None:
    gate, order = Gate(1, free_slot), list[str]()

    async def send(purpose: Purpose, name: str) -> None:
        async with gate.turn(purpose):
            order.append(name)

    async with gate.turn(Purpose.AUTOMATIC):
        waiting = [
            asyncio.ensure_future(send(purpose, name))
            for purpose, name in (
                (Purpose.NOTICE, "notice"),
                (Purpose.AUTOMATIC, "answer 1"),
                (Purpose.AUTOMATIC, "answer 2"),
                (Purpose.RECEIPT, "receipt"),
            )
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert order == ["receipt", "answer 1", "answer 2", "notice"]


async def test_who_gives_up_waiting_leaves_the_place_to_others() -> None:
    gate = Gate(1)

    async def send() -> str:
        async with gate.turn(Purpose.AUTOMATIC):
            return "sent"

    async with gate.turn(Purpose.AUTOMATIC):
        leaving, staying = asyncio.ensure_future(send()), asyncio.ensure_future(send())
        await asyncio.sleep(0)
        leaving.cancel()
    assert await staying == "sent"
    assert await send() == "sent"


@pytest.mark.parametrize("reserve", [None, free_slot])
async def test_a_send_that_fails_frees_its_place(reserve: object) -> None:
    gate = Gate(1, reserve)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(LookupError):
            async with gate.turn(Purpose.AUTOMATIC):
                raise LookupError


async def test_without_its_pace_nobody_is_let_through() -> None:
    broken = True

    async def reserve() -> float:
        if broken:
            raise StoreUnavailable
        return 0.0

    gate = Gate(1, reserve)
    with pytest.raises(StoreUnavailable):
        async with gate.turn(Purpose.AUTOMATIC):
            pass
    broken = False
    async with gate.turn(Purpose.AUTOMATIC):
        pass


async def test_closing_sends_away_whoever_waits() -> None:
    async def far_slot() -> float:
        return 3600.0

    gate = Gate(1, far_slot)

    async def send() -> None:
        async with gate.turn(Purpose.AUTOMATIC):
            pass

    waiting = asyncio.ensure_future(send())
    await asyncio.sleep(0)
    gate.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
