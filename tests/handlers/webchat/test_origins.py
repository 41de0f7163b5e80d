"""Where a web chat came from is told apart for a day, and nobody can be found by it."""

from datetime import timedelta

from sqlalchemy import select

from bot.retention.rounds import forget_all
from bot.tables.delivery import conversation
from handlers.webchat.origins import Origins
from tests.bot.questions.samples import NOW
from tests.handlers.site_world import Client, SiteWorld, open_chat

HOME = "2001:db8::/64"


def test_a_place_has_one_digest_a_day_and_another_the_next() -> None:
    origins = Origins("key")
    assert origins.of(HOME, NOW) == origins.of(HOME, NOW + timedelta(minutes=1))
    assert origins.of(HOME, NOW) != origins.of(HOME, NOW + timedelta(days=1))


def test_another_key_or_place_gives_another() -> None:
    digests = {Origins(key).of(place, NOW) for key in "ab" for place in (HOME, "192.0.2.1")}
    assert len(digests) == 4


async def test_conversations_of_one_place_are_known_as_such_for_two_days(
    citizens: SiteWorld, visitor: Client
) -> None:
    for _ in range(2):
        await open_chat(visitor)
    origins = select(conversation.c.origin).where(conversation.c.origin.is_not(None))
    first, second = await citizens.store.read(lambda c: c.execute(origins).scalars().all())
    assert first == second == Origins("key").of("127.0.0.1", citizens.now)
    await forget_all(citizens.store, citizens.now + timedelta(days=3))
    assert await citizens.store.read(lambda c: c.execute(origins).all()) == []
