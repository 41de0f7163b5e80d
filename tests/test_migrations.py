"""The schema's revisions: one head, there and back, and no drift from the tables in the code."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.clock.starter import OFFICE_ZONE
from bot.questions import history
from bot.questions.desk import Opened
from bot.store import Done, Store, migrations
from bot.store.engines import sqlite_engine
from bot.tables import metadata
from bot.tables.desk import question
from tests.bot.questions.samples import ask, prepare
from tests.databases import raw_engine

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"


def tables(path: Path) -> set[str]:
    engine = sqlite_engine(path)
    found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return {name for name in found if not name.startswith("question_search")}  # FTS5's own


def test_the_schema_goes_up_and_down_and_up_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "danhoi.db"
    url = f"sqlite:///{path}"
    assert migrations.current(url) is None
    migrations.upgrade(url)
    assert tables(path) == set(metadata.tables)
    migrations.downgrade(url, "base")
    assert tables(path) == set()
    migrations.upgrade(url)
    assert migrations.current(url) == migrations.head()


def test_the_migrated_schema_is_the_one_in_the_code(migrated_template: Path) -> None:
    assert migrations.drift(f"sqlite:///{migrated_template}") == []


FIRST = "0001"
LATER = [path for path in sorted(VERSIONS.glob("0*.py")) if not path.name.startswith(FIRST)]


def _prepare_and_ask(connection: Connection) -> Done[Opened]:
    prepare(connection)
    return Done(ask(connection))


@pytest.mark.engines
async def test_an_older_version_finds_its_data_when_the_schema_goes_back(
    engine_name: str,  # noqa: ARG001
    database_url: str,
    store: Store,
) -> None:
    opened = await store.write(_prepare_and_ask)
    migrations.downgrade(database_url, FIRST)
    assert migrations.current(database_url) == FIRST
    migrations.upgrade(database_url)
    assert await store.read(lambda c: history.verify(c, OFFICE_ZONE)) == []
    assert await store.read(lambda c: c.execute(select(question.c.code)).scalars().all()) == [
        opened.code
    ]


@pytest.mark.engines
def test_an_upgrade_that_fails_changes_nothing(engine_name: str, database_url: str) -> None:  # noqa: ARG001
    migrations.downgrade(database_url, FIRST)
    in_the_way = raw_engine(database_url)
    with in_the_way.begin() as connection:
        connection.execute(text("CREATE TABLE alarm (name INTEGER)"))
    with pytest.raises(DBAPIError):
        migrations.upgrade(database_url)
    with in_the_way.begin() as connection:
        connection.execute(text("DROP TABLE alarm"))
    in_the_way.dispose()
    assert migrations.current(database_url) == FIRST
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head()


@pytest.mark.parametrize("revision", LATER, ids=lambda path: path.stem)
def test_a_revision_only_expands(revision: Path) -> None:
    upgrade = revision.read_text().split("def upgrade", 1)[1].split("def downgrade", 1)[0]
    assert not re.search(r"\b(drop_\w+|alter_column|rename_table)\(", upgrade)
