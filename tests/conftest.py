"""Databases for tests: real migrations applied once, each test on a copy of its own.

Tests run on SQLite, or on the engine that DANHOI_TEST_ENGINE names (postgres where
TEST_DATABASE_URL is set). Those marked `engines` run on both.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store import Store
from bot.store.migrations import upgrade
from bot.store.opening import open_store
from tests import postgres
from tests.databases import raw_engine
from tests.requirements import require


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `engines` on both."""
    if metafunc.definition.get_closest_marker("engines") and "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the database engine of this test: "sqlite" or "postgres"."""
    name: str = getattr(request, "param", postgres.chosen())
    return name


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file; copy it, never write to it."""
    path = tmp_path_factory.mktemp("database") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Return a PostgreSQL server, started when the first test asks for it."""
    require("postgres")
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> Iterator[str]:
    """Return the name of a migrated PostgreSQL database; copy it, never connect to it."""
    with postgres.migrated_template(postgres_server) as name:
        yield name


@pytest.fixture
def database_file(migrated_template: Path, tmp_path: Path) -> Path:
    """Return a fresh migrated SQLite file, for tests of SQLite itself."""
    path = tmp_path / "danhoi.db"
    shutil.copyfile(migrated_template, path)
    return path


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a fresh migrated PostgreSQL database; processes may share it."""
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.copy(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """Return the address of a fresh migrated database on the engine of this test."""
    if engine_name == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{request.getfixturevalue('database_file')}"


@pytest.fixture(scope="module")
def module_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a migrated database that the tests of a module share."""
    if postgres.chosen() == "postgres":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        with server.copy(request.getfixturevalue("postgres_template")) as url:
            yield url
        return
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("module")
    template = request.getfixturevalue("migrated_template")
    yield f"sqlite:///{shutil.copyfile(template, folder / 'danhoi.db')}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """Return an open store on a fresh database."""
    store = open_store(database_url)
    yield store
    await store.close()


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Return a connection in a transaction, for tests of single bodies."""
    engine = raw_engine(database_url)
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()
