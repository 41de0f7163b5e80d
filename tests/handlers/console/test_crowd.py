"""A crowd on the desk: what came in numbers from one place is listed apart, and named."""

import pytest

from bot.delivery.policy import change
from bot.officers import Role
from bot.questions import crowds
from bot.store import Store
from tests.bot.questions.samples import NOW
from tests.handlers.desk_world import DeskWorld, enter, furnish, visiting

CROWD = "Câu gửi dồn dập."


@pytest.fixture
async def world(store: Store) -> DeskWorld:
    """Return a desk with twenty questions of one sender and one of another."""
    world = await furnish(store)
    await world.do(lambda c: change(c, crowds.BOUND, 20, "test", NOW))
    for _ in range(20):
        await world.ask(CROWD, conversation_id=1)
    await world.ask("Câu của người khác.", conversation_id=2)
    return world


async def pages(world: DeskWorld, *paths: str) -> list[str]:
    officer = await world.hire("an", Role.OFFICER, "ct-so-y-te")
    async with visiting(world) as browser:
        await enter(world, browser, officer)
        return [await browser.open(path) for path in paths]


async def test_others_are_read_first_and_nothing_is_hidden(world: DeskWorld) -> None:
    await world.do(lambda c: crowds.look(c, NOW))
    queue, crowd = await pages(world, "/can-bo/cau-hoi", "/can-bo/cau-hoi?xem=crowd")
    assert (queue.count(CROWD), queue.count("Câu của người khác.")) == (5, 1)
    assert "15 câu cùng đến từ một nơi được xếp riêng" in queue
    assert (crowd.count(CROWD), crowd.count("Câu của người khác.")) == (15, 0)


async def test_a_search_finds_them_too(world: DeskWorld) -> None:
    await world.do(lambda c: crowds.look(c, NOW))
    (found,) = await pages(world, "/can-bo/cau-hoi?tim=don+dap")
    assert found.count(CROWD) == 20


async def test_without_a_crowd_there_is_one_list(world: DeskWorld) -> None:
    (queue,) = await pages(world, "/can-bo/cau-hoi")
    assert queue.count(CROWD) == 20
    assert "Dồn dập" not in queue
