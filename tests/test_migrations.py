"""The schema's revisions: one head, there and back, and no drift from the tables in the code."""

from pathlib import Path

from sqlalchemy import inspect

from bot.store import migrations
from bot.store.engines import sqlite_engine
from bot.tables import metadata


def tables(path: Path) -> set[str]:
    engine = sqlite_engine(path)
    found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return found


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
