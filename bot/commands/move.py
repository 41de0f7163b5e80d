"""`python -m bot move --to URL`: from the embedded database to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Connection

from bot.clock.starter import OFFICE_ZONE
from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.errors import BotError
from bot.questions import history
from bot.store import migrations
from bot.store.lock import DatabaseLock
from bot.store.moving import Tell, copy_all, reading, require_empty, writing
from bot.store.urls import sqlite_path

Target = Annotated[str, typer.Option("--to", help="postgresql://user@host/database, empty")]


class BrokenHistory(BotError):
    """The history of a question does not hold in the new database."""


def move(to: Target) -> None:
    """Copy everything into an empty PostgreSQL database and prove it row for row.

    The service must be stopped; the SQLite file stays as it is. When anything fails or you
    break it off, the new database stays empty and you may begin again.
    """
    url = read_settings().database_url
    path = sqlite_path(url)
    if path is None or not to.startswith("postgresql://"):
        give_up("move goes from SQLite (DANHOI_DATABASE_URL) to PostgreSQL (--to)")
    if migrations.current(url) != migrations.head():
        give_up("the database has an older schema; run: python -m bot migrate")
    with DatabaseLock(path):
        require_empty(to)
        migrations.upgrade(to)
        with reading(url) as source, writing(to) as target, _progress() as tell:
            extents = copy_all(source, target, tell)
            _check_history(source, target)
    rows = sum(extent.rows for extent in extents.values())
    say(f"{rows} rows in {len(extents)} tables are the same on both sides; the histories hold")
    say(f"Now set DANHOI_DATABASE_URL to the new database. {path} was not changed: keep it aside.")
    say("Citizens' files and the secret key stay in the folder that DANHOI_VAR_DIR names.")


def _check_history(source: Connection, target: Connection) -> None:
    """What was broken before is no fault of the move; anything else is."""
    found = history.verify(target, OFFICE_ZONE)
    if found and found != history.verify(source, OFFICE_ZONE):
        raise BrokenHistory(f"question {found[0].question_id}: {found[0].what}")


@contextmanager
def _progress() -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda table, rows: bar.update(task, description=table, advance=rows)
