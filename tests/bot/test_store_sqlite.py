"""The store on SQLite: what `write` and `read` promise."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from bot.store import Done, JointBody, StoreUnavailable
from bot.store.engines import sqlite_engine, to_json
from bot.store.lock import DatabaseInUse, DatabaseLock
from bot.store.migrations import SchemaNewer, SchemaOutdated
from bot.store.sqlite import SqliteStore
from bot.tables.delivery import pace
from tests.bot.store_bodies import names, put


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


class Hold:
    """A body that keeps the writer busy until it is released."""

    def __init__(self) -> None:
        self.entered, self.release = threading.Event(), threading.Event()

    def __call__(self, _connection: Connection) -> Done[None]:
        self.entered.set()
        self.release.wait(10)
        return Done(None)


async def hold_writer(store: SqliteStore) -> tuple[threading.Event, "asyncio.Future[None]"]:
    hold = Hold()
    blocked = asyncio.ensure_future(store.write(hold))
    await asyncio.to_thread(hold.entered.wait, 10)
    return hold.release, blocked


async def test_writes_that_wait_together_share_one_commit(store: SqliteStore) -> None:
    release, blocked = await hold_writer(store)
    others = [asyncio.ensure_future(store.write(put(str(n)))) for n in range(40)]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(blocked, *others)
    assert store.commits == 2


async def test_what_is_deleted_is_written_over(store: SqliteStore) -> None:
    asked = text("PRAGMA secure_delete")
    assert await store.write(lambda c: Done(c.execute(asked).scalar())) == 1


async def test_a_full_queue_refuses_and_recovers(database_file: Path) -> None:
    store = SqliteStore(database_file, waiting=2)
    release, first = await hold_writer(store)
    queued = [asyncio.ensure_future(store.write(put(name))) for name in ("a", "b")]
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable):
        await store.write(put("c"))
    release.set()
    await asyncio.gather(first, *queued)
    assert await store.write(put("d")) == "d"
    await store.close()


async def test_a_full_disk_refuses_and_recovers(store: SqliteStore) -> None:
    def limit(pages: int) -> Callable[[Connection], Done[None]]:
        def body(connection: Connection) -> Done[None]:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            return Done(None)

        return body

    def fill(connection: Connection) -> Done[None]:
        connection.execute(insert(pace), [{"name": f"{n:060}", "tat_us": 1} for n in range(5000)])
        return Done(None)

    await store.write(limit(1))  # SQLite takes the present size where it is larger
    with pytest.raises(StoreUnavailable):
        await store.write(fill)
    await store.write(limit(1_000_000))
    await store.write(fill)
    assert len(await store.read(names)) == 5000


async def test_a_file_locked_by_another_process_refuses_and_recovers(database_file: Path) -> None:
    store = SqliteStore(database_file, busy_seconds=0.05)
    other = sqlite_engine(database_file, begin="BEGIN IMMEDIATE")
    with other.connect() as connection, connection.begin():
        with pytest.raises(StoreUnavailable):
            await store.write(put("a"))
        assert await store.read(names) == []
    assert await store.write(put("b")) == "b"
    await store.close()
    other.dispose()


async def test_closing_finishes_what_was_queued(database_file: Path) -> None:
    store = SqliteStore(database_file)
    queued = [asyncio.ensure_future(store.write(put(str(n)))) for n in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*queued) == ["0", "1", "2", "3", "4"]


async def test_a_caller_that_gives_up_harms_nobody(store: SqliteStore) -> None:
    release, blocked = await hold_writer(store)
    leaving = asyncio.ensure_future(store.write(put("a")))
    await asyncio.sleep(0)
    leaving.cancel()
    release.set()
    await blocked
    assert await store.write(put("b")) == "b"


async def test_a_second_service_on_the_same_file_is_refused(database_file: Path) -> None:
    store = SqliteStore(database_file, exclusive=True)
    with pytest.raises(DatabaseInUse, match=str(os.getpid())):
        SqliteStore(database_file, exclusive=True)
    command = SqliteStore(database_file)
    assert await command.read(names) == []
    await command.close()
    await store.close()
    again = SqliteStore(database_file, exclusive=True)
    await again.close()


def test_a_killed_service_leaves_no_lock(database_file: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from bot.store.sqlite import SqliteStore;"
        "s = SqliteStore(Path(sys.argv[1]), exclusive=True); print('ready', flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database_file)], stdout=subprocess.PIPE
    ) as service:
        assert service.stdout is not None
        service.stdout.readline()
        with pytest.raises(DatabaseInUse):
            DatabaseLock(database_file).acquire()
        service.send_signal(signal.SIGKILL)
    with DatabaseLock(database_file):
        pass


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        pytest.param("DELETE FROM alembic_version", SchemaOutdated, id="never migrated"),
        pytest.param("UPDATE alembic_version SET version_num='9999'", SchemaNewer, id="newer"),
    ],
)
async def test_another_schema_is_named(
    database_file: Path, statement: str, error: type[Exception]
) -> None:
    engine = sqlite_engine(database_file)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    with pytest.raises(error):
        SqliteStore(database_file, exclusive=True)


def test_a_missing_file_asks_for_migrate(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated, match="migrate"):
        SqliteStore(tmp_path / "none.db")


def test_json_keeps_vietnamese_readable_and_drops_lone_surrogates() -> None:
    assert to_json({"text": "hộ tịch \ud800"}) == '{"text":"hộ tịch ?"}'


class Joint(JointBody[str]):
    """Says how it was run; together with a `bad` one it can not be."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, connection: Connection) -> Done[str]:
        if self.name == "bad":
            raise LookupError("no")
        put(self.name)(connection)
        return Done("alone")

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence["Joint"]) -> list[Done[str]]:
        found = [body(connection) for body in bodies]
        return [Done("together") for _ in found]


async def behind_each_other(store: SqliteStore, *bodies: Callable[[Connection], Done[str]]) -> Any:  # noqa: ANN401
    """Return what becomes of bodies that wait for the writer at the same moment."""
    release, blocked = await hold_writer(store)
    waiting = [asyncio.ensure_future(store.write(body)) for body in bodies]
    await asyncio.sleep(0)
    release.set()
    await blocked
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_joint_bodies_that_wait_are_run_together(store: SqliteStore) -> None:
    assert await behind_each_other(store, Joint("a"), put("b"), Joint("c")) == [
        "together", "b", "together",
    ]  # fmt: skip


async def test_joint_bodies_that_cannot_run_together_run_one_by_one(store: SqliteStore) -> None:
    first, bad, last = await behind_each_other(store, Joint("a"), Joint("bad"), Joint("c"))
    assert (first, last, type(bad)) == ("alone", "alone", LookupError)
    assert await store.read(names) == ["a", "c"]


async def test_few_others_go_along_with_joint_bodies(store: SqliteStore) -> None:
    others = [put(f"{n:02}") for n in range(80)]
    commits = store.commits
    await behind_each_other(store, *others, Joint("joint"))
    assert store.commits - commits > 2  # what held the writer, the joint one with some, the rest


async def test_it_shows_that_somebody_waits_on_the_line(store: SqliteStore) -> None:
    release, blocked = await hold_writer(store)
    waiting = [asyncio.ensure_future(store.write(Joint(str(n)))) for n in range(6)]
    await asyncio.sleep(0)
    assert store.is_accepting()
    release.set()
    await asyncio.gather(blocked, *waiting)
    await asyncio.sleep(0)
    assert not store.is_accepting()
