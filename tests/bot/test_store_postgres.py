"""The store on PostgreSQL: other processes, broken lines, a server that is away."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, insert, make_url, select, text, update

from bot.store import Done, StoreUnavailable
from bot.store.opening import open_store
from bot.store.postgres import PostgresStore
from bot.tables.delivery import pace
from tests.databases import transaction
from tests.postgres import Server

BACKEND = text("SELECT pg_backend_pid()")
KILL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.fixture
def engine_name() -> str:
    return "postgres"


def put(name: str) -> Callable[[Connection], Done[str]]:
    def body(connection: Connection) -> Done[str]:
        connection.execute(insert(pace).values(name=name, tat_us=1))
        return Done(name)

    return body


def names(connection: Connection) -> list[str]:
    return sorted(connection.execute(select(pace.c.name)).scalars())


def kill_everybody(url: str) -> None:
    with transaction(url) as connection:
        connection.execute(KILL_OTHERS)


async def test_a_deadlock_is_resolved_and_both_are_kept(database_url: str) -> None:
    store, other = open_store(database_url), open_store(database_url)
    await store.write(lambda c: put("a")(c) and put("b")(c))

    def add(first: str, second: str) -> Callable[[Connection], Done[None]]:
        def body(connection: Connection) -> Done[None]:
            for name in (first, second):
                row = pace.c.name == name
                connection.execute(update(pace).where(row).values(tat_us=pace.c.tat_us + 1))
                connection.execute(text("SELECT pg_sleep(0.05)"))
            return Done(None)

        return body

    await asyncio.gather(store.write(add("a", "b")), other.write(add("b", "a")))
    rows = await store.read(lambda c: list(c.scalars(select(pace.c.tat_us))))
    await asyncio.gather(store.close(), other.close())
    assert rows == [3, 3]


async def test_a_line_cut_before_the_commit_is_no_harm(database_url: str) -> None:
    store = open_store(database_url)
    cuts = 0

    def cut_once(connection: Connection) -> Done[str]:
        nonlocal cuts
        done = put("a")(connection)
        if not cuts:
            cuts += 1
            kill_everybody(database_url)
            connection.execute(BACKEND)
        return done

    assert await store.write(cut_once) == "a"
    assert await store.read(names) == ["a"]
    await store.close()


async def test_resting_lines_that_were_cut_are_replaced(database_url: str) -> None:
    store = open_store(database_url)
    await asyncio.gather(*(store.write(put(str(n))) for n in range(8)))
    await asyncio.gather(*(store.read(names) for _ in range(8)))
    kill_everybody(database_url)
    assert await store.write(put("x")) == "x"
    assert "x" in await store.read(names)
    await store.close()


async def test_a_server_that_is_away_is_said_to_be_so(tmp_path: object) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        PostgresStore(f"postgresql://nobody@/none?host={tmp_path}")


async def test_too_many_writes_are_refused_and_others_go_on(database_url: str) -> None:
    store = PostgresStore(database_url, waiting=2)
    begun = [asyncio.ensure_future(store.write(put(name))) for name in ("a", "b")]
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable):
        await store.write(put("c"))
    assert await asyncio.gather(*begun) == ["a", "b"]
    assert await store.write(put("d")) == "d"
    await store.close()


async def test_a_row_that_another_process_holds_is_waited_for(database_url: str) -> None:
    store = PostgresStore(database_url)
    await store.write(put("a"))
    with transaction(database_url) as connection:
        connection.execute(update(pace).values(tat_us=5))
        waiting = asyncio.ensure_future(
            store.write(lambda c: Done(c.execute(update(pace).values(tat_us=pace.c.tat_us + 1))))
        )
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await waiting
    assert await store.read(lambda c: c.scalar(select(pace.c.tat_us))) == 6
    await store.close()


async def test_who_writes_may_not_pause_and_who_reads_may_think(store: PostgresStore) -> None:
    patience = text("SHOW idle_in_transaction_session_timeout")
    assert await store.write(lambda c: Done(c.scalar(patience))) == "4s"
    assert await store.read(lambda c: c.scalar(patience)) == "1min"


async def test_what_was_refused_while_there_was_no_connection_is_not_done_later(
    store: PostgresStore, database_url: str, postgres_server: Server
) -> None:
    allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    name = Identifier(str(make_url(database_url).database))
    with psycopg.connect(postgres_server.url, autocommit=True) as admin:
        admin.execute(allow.format(name, SQL("false")))
        with pytest.raises(StoreUnavailable):
            await store.write(put("a"))
        admin.execute(allow.format(name, SQL("true")))
    await store.write(put("b"))
    assert await store.read(names) == ["b"]
