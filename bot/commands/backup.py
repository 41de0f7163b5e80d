"""`python -m bot backup FILE` and `restore FILE`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.moments import utc_now
from bot.operations import backup as archives
from bot.settings import Settings
from bot.store import migrations
from bot.store.lock import DatabaseLock
from bot.store.urls import sqlite_path

File = Annotated[Path, typer.Argument(help="the archive, such as danhoi-2026-11-21.tar.gz")]


def backup(file: File) -> None:
    """Copy database and citizens' files into one archive; the service may go on running."""
    settings = read_settings()
    contents = archives.back_up(_database(settings), files_of(settings), file, utc_now())
    say(f"{file}: schema {contents.schema}, {contents.files} files, {file.stat().st_size} bytes")
    say("The secret key is not in it: keep var/secret.key or DANHOI_SECRET_KEY elsewhere.")


def restore(file: File) -> None:
    """Put a backup in place of the present data, which is kept beside it."""
    settings = read_settings()
    database = _database(settings)
    database.parent.mkdir(parents=True, exist_ok=True)
    with DatabaseLock(database):
        contents = archives.restore(file, database, files_of(settings), utc_now())
        migrations.upgrade(settings.database_url)
    say(f"restored the state of {contents.made_at} with {contents.files} files")
    say("Provider tokens in a backup are spent: run python -m bot doctor and grant consent again.")


def files_of(settings: Settings) -> Path:
    """Return the folder of citizens' files."""
    return settings.var_dir / "files"


def _database(settings: Settings) -> Path:
    path = sqlite_path(settings.database_url)
    if path is None:
        give_up("backup and restore here are for SQLite; use pg_dump and pg_restore for PostgreSQL")
    return path
