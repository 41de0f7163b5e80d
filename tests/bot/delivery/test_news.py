"""An open page on one node hears what another node wrote."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.delivery.listeners import Listeners
from bot.delivery.news import News
from bot.store import Done, Wake
from bot.store.postgres import PostgresStore
from tests.databases import transaction


@pytest.fixture
async def elsewhere(postgres_url: str) -> AsyncIterator[Listeners]:
    """Return the listeners of another node, listening."""
    listeners = Listeners()
    news = News(postgres_url, listeners, again=0.01)
    with listeners.subscribe(0) as ready:
        await news.start()
        assert await ready.wait(5)
    yield listeners
    await news.stop()


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(postgres_url, announce=News(postgres_url, Listeners()).announce)
    yield store
    await store.close()


async def test_a_listener_elsewhere_hears_of_a_commit(
    elsewhere: Listeners, store: PostgresStore
) -> None:
    with elsewhere.subscribe(5) as mine, elsewhere.subscribe(6) as other:
        await store.write(lambda _connection: Done(None, (Wake(5),)))
        assert await mine.wait(5)
        assert not await other.wait(0.01)


async def test_after_a_broken_line_everybody_is_told_to_look(
    elsewhere: Listeners, postgres_url: str
) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'danhoi news' AND datname = current_database()"
    )
    with elsewhere.subscribe(5) as mine:
        with transaction(postgres_url) as connection:
            connection.execute(cut)
        assert await mine.wait(5)


async def test_many_conversations_fit_into_one_commit(
    elsewhere: Listeners, store: PostgresStore
) -> None:
    with elsewhere.subscribe(10**12 + 999) as last:
        wakes = tuple(Wake(10**12 + n) for n in range(1000))
        await store.write(lambda _connection: Done(None, wakes))
        assert await asyncio.wait_for(last.wait(5), 6)


async def test_what_is_no_news_of_ours_deafens_nobody(
    elsewhere: Listeners, postgres_url: str
) -> None:
    with elsewhere.subscribe(5) as mine:
        with transaction(postgres_url) as connection:
            connection.execute(text("SELECT pg_notify('danhoi_news', 'x,²,-1')"))
            connection.execute(text("SELECT pg_notify('danhoi_news', '5')"))
        assert await mine.wait(5)
