"""`python -m bot backup FILE` and `restore FILE`."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy import delete

from bot.commands.environment import read_settings
from bot.commands.output import say, warn
from bot.moments import utc_now
from bot.operations import backup as archives
from bot.operations.backup import Contents
from bot.settings import Settings
from bot.store import StoreUnavailable, migrations
from bot.store.lock import DatabaseLock
from bot.store.moving import copy_all, reading, require_empty, writing
from bot.store.upsert import insert
from bot.store.urls import sqlite_path
from bot.tables.directory import policy
from bot.tables.nodes import node

File = Annotated[Path, typer.Argument(help="the archive, such as danhoi-2026-11-21.tar.gz")]


def backup(file: File) -> None:
    """Copy database and citizens' files into one archive; the service may go on running."""
    settings = read_settings()
    path = sqlite_path(settings.database_url)
    if path is not None:
        contents = archives.back_up(path, files_of(settings), file, utc_now())
    else:
        contents = _back_up_server(settings, file)
    _note(settings, contents)
    say(f"{file}: schema {contents.schema}, {contents.files} files, {file.stat().st_size} bytes")
    say("The secret key is not in it: keep var/secret.key or DANHOI_SECRET_KEY elsewhere.")


def restore(file: File) -> None:
    """Put a backup in place of the present data, which is kept beside it.

    PostgreSQL takes it into an empty database only: make one and name it in
    DANHOI_DATABASE_URL.
    """
    settings = read_settings()
    path = sqlite_path(settings.database_url)
    if path is not None:
        contents = _restore_file(settings, path, file)
    else:
        contents = _restore_server(settings, file)
    say(f"restored the state of {contents.made_at} with {contents.files} files")
    say("Provider tokens in a backup are spent: run python -m bot doctor and grant consent again.")


def files_of(settings: Settings) -> Path:
    """Return the folder of citizens' files."""
    return settings.var_dir / "files"


def _note(settings: Settings, made: Contents) -> None:
    """Leave word of a backup: an alarm tells when it was the last one for too long."""
    now = utc_now()
    noted = {"value": made.made_at, "updated_at": now, "updated_by": "backup"}
    try:
        with writing(settings.database_url) as connection:
            new = insert(connection, policy).values(key=archives.MADE, **noted)
            connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=noted))
    except StoreUnavailable as error:
        warn(f"the backup is complete; when it was made could not be noted: {error}")


def _restore_file(settings: Settings, path: Path, file: Path) -> Contents:
    path.parent.mkdir(parents=True, exist_ok=True)
    with DatabaseLock(path):
        contents = archives.restore(file, path, files_of(settings), utc_now())
        migrations.upgrade(settings.database_url)
    return contents


def _back_up_server(settings: Settings, file: Path) -> Contents:
    """Copy one moment of PostgreSQL into a file of SQLite: one kind of archive for both."""
    with TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as scratch:
        copy = Path(scratch) / "danhoi.db"
        migrations.upgrade(f"sqlite:///{copy}")
        with reading(settings.database_url) as source, writing(f"sqlite:///{copy}") as target:
            copy_all(source, target, _silently)
            target.execute(delete(node))  # no process that lives now is there when it is restored
        return archives.back_up(copy, files_of(settings), file, utc_now())


def _restore_server(settings: Settings, file: Path) -> Contents:
    require_empty(settings.database_url)
    migrations.upgrade(settings.database_url)
    with TemporaryDirectory(dir=settings.var_dir.resolve(), prefix=".restore-") as scratch:
        copy, files = Path(scratch) / "danhoi.db", Path(scratch) / "files"
        contents = archives.restore(file, copy, files, utc_now())
        migrations.upgrade(f"sqlite:///{copy}")
        with reading(f"sqlite:///{copy}") as source, writing(settings.database_url) as target:
            copy_all(source, target, _silently)
        files_of(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in files.glob("*"):
            path.replace(files_of(settings) / path.name)
    return contents


def _silently(_table: str, _rows: int) -> None:
    """A backup by night has nobody to show its progress to."""
