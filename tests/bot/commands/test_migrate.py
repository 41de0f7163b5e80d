"""`python -m bot migrate`: from any number of processes at once."""

import asyncio
from pathlib import Path

import pytest

from bot.store import migrations
from tests import postgres
from tests.acceptance.process import command, environment, serving


@pytest.fixture
def new_database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database in which nothing is yet."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    request.addfinalizer(lambda: server.drop(name))  # noqa: PT021 - one of two kinds only
    return server.address(name)


@pytest.mark.engines
async def test_of_two_at_once_one_migrates(new_database: str, tmp_path: Path) -> None:
    env = environment(new_database, tmp_path)
    ends = await asyncio.gather(*(command(["migrate"], env) for _ in range(2)))
    assert [status for status, _ in ends] == [0, 0], ends
    assert migrations.current(new_database) == migrations.head()


@pytest.mark.engines
@pytest.mark.long
async def test_nobody_takes_the_schema_from_under_a_service(
    database_url: str, tmp_path: Path
) -> None:
    env = environment(database_url, tmp_path)
    async with serving(env) as process:
        status, told = await command(["migrate", "--to", "0012"], env)
        assert (status, migrations.current(database_url)) == (1, migrations.head()), told
        await process.stop()
    status, told = await command(["migrate", "--to", "0012"], env)
    assert (status, migrations.current(database_url)) == (0, "0012"), told
