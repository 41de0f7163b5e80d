"""Thinking waits for a crowd, but not for ever."""

import asyncio
from datetime import datetime

from bot.delivery.courtesy import Courteous
from bot.delivery.turns import Pending, Plan, Turn, Wait
from tests.bot.delivery.samples import NOW, Parrot, said

TURN = Turn(1, "fake", pending=(Pending(1, 1, 1, said("chào"), NOW),))


class Crowd:
    """A crowd that is looked at, and goes after some looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> bool:
        self.looks -= 1
        return self.looks >= 0


async def test_a_thought_waits_until_the_crowd_is_gone() -> None:
    crowd, mind = Crowd(2), Parrot()
    await Courteous(mind, crowd).decide(TURN, NOW)
    assert (crowd.looks, len(mind.turns)) == (-1, 1)


async def test_a_crowd_that_stays_does_not_stop_thinking() -> None:
    mind = Parrot()
    await Courteous(mind, lambda: True).decide(TURN, NOW)
    assert len(mind.turns) == 1


async def test_few_think_at_once() -> None:
    class Slow(Parrot):
        most = under_way = 0

        async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await asyncio.sleep(0)
            self.under_way -= 1
            return await super().decide(turn, now)

    mind = Slow()
    courteous = Courteous(mind, lambda: False)
    await asyncio.gather(*(courteous.decide(TURN, NOW) for _ in range(10)))
    assert (mind.most, len(mind.turns)) == (2, 10)
