"""`python -m bot migrate`: bring the schema up to date, or back to where it was."""

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer
from sqlalchemy import inspect

from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.delivery.nodes import Pulse, beats_of_all
from bot.store import migrations
from bot.store.lock import DatabaseLock
from bot.store.moving import reading
from bot.store.urls import sqlite_path
from bot.tables.nodes import node


def migrate(
    to: Annotated[
        str, typer.Option(help="a revision to go back to, before an older version is put in place")
    ] = "",
) -> None:
    """Bring the database to the newest schema; a database that is there already stays as it is.

    A step that fails changes nothing: all steps are one transaction. Of several that are started
    at once one does the work and the others wait for it. Going back wants the service stopped.
    """
    url = read_settings().database_url
    before = migrations.current(url)
    if to:
        if before is None:
            give_up("there is no database that could go back")
        with _nobody_at_work(url):
            migrations.downgrade(url, to)
    elif before != migrations.head():
        migrations.upgrade(url)
    after = migrations.current(url)
    say(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")


def _nobody_at_work(url: str) -> AbstractContextManager[object]:
    """Keep a service from losing columns that it goes on writing; end where one is at work."""
    path = sqlite_path(url)
    if path is not None:
        return DatabaseLock(path)
    before = _beats(url)
    if before:  # rows of the dead stay until the next start; those of the living move
        time.sleep(Pulse().holds_for)
    if alive := [owner for owner, beats in _beats(url).items() if before.get(owner) != beats]:
        give_up(f"stop the service on every node first; at work: {', '.join(sorted(alive))}")
    return nullcontext()


def _beats(url: str) -> dict[str, int]:
    with reading(url) as connection:
        known = inspect(connection).has_table(node.name)  # not yet there in the oldest revisions
        return beats_of_all(connection) if known else {}
