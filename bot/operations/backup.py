"""Copies of a live SQLite service: database and citizens' files in one archive.

The archive holds no secret key: whoever finds a backup cannot read provider tokens with it.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import BotError

_DATABASE = "danhoi.db"
_FILES = "files"
_MANIFEST = "manifest.json"
_FORMAT = 1

#: key in `policy` under which a restored database says since when it is one
RESTORED = "operations.restored"
#: key in `policy` under which it stands when the last backup was made
MADE = "operations.backup"


class UnusableBackup(BotError):
    """The backup cannot be read."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive says it holds."""

    made_at: str
    schema: str
    database_digest: str
    files: int


def back_up(database: Path, files: Path, target: Path, now: datetime) -> Contents:
    """Write a consistent archive of `database` and `files` while the service goes on writing.

    The archive appears under its name only when it is complete. Raises UnusableBackup when
    there is no database to copy.
    """
    if not database.exists():
        raise UnusableBackup(f"{database} does not exist: nothing to back up")
    unfinished = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as scratch:
        copy = Path(scratch) / _DATABASE
        _copy_database(database, copy)
        with _owners_own(unfinished) as out, tarfile.open(fileobj=out, mode="w:gz") as archive:
            archive.add(copy, _DATABASE)
            added = add_files(archive, (path for path in files.glob("*") if path.is_file()))
            contents = Contents(now.isoformat(), _schema_of(copy), _digest(copy), added)
            _add_text(archive, _MANIFEST, _manifest(contents))
    unfinished.replace(target)
    return contents


def restore(archive_path: Path, database: Path, files: Path, now: datetime) -> Contents:
    """Put an archive's database and files in place; what stood there is moved aside.

    Everything is checked before anything is moved. Raises UnusableBackup for a damaged or
    foreign file.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=database.parent, prefix=".restore-") as scratch:
        contents = _unpack(archive_path, Path(scratch))
        _check(Path(scratch) / _DATABASE, contents)
        _mark(Path(scratch) / _DATABASE, contents, now)
        _move_aside(database, now)
        (Path(scratch) / _DATABASE).replace(database)
        database.chmod(0o600)
        files.mkdir(parents=True, exist_ok=True)
        for path in (Path(scratch) / _FILES).glob("*"):
            path.replace(files / path.name)
    return contents


def _owners_own(path: Path) -> BinaryIO:
    """Open a new file that nobody else may read, not even while it is being written."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)  # one step: a snapshot, writers are not held up in WAL mode


def _schema_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0])


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest(contents: Contents) -> str:
    return json.dumps(
        {
            "format": _FORMAT,
            "made_at": contents.made_at,
            "schema": contents.schema,
            "database_sha256": contents.database_digest,
            "files": contents.files,
        },
        indent=1,
    )


def add_files(archive: tarfile.TarFile, files: Iterable[Path]) -> int:
    """Add citizens' files; return how many. One that the service removes meanwhile is passed by."""
    added = 0
    for path in files:
        with suppress(FileNotFoundError):
            archive.add(path, f"{_FILES}/{path.name}")
            added += 1
    return added


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _unpack(archive_path: Path, scratch: Path) -> Contents:
    try:
        with tarfile.open(archive_path) as archive:
            _extract(archive, scratch)
        manifest: dict[str, Any] = json.loads((scratch / _MANIFEST).read_text(encoding="utf-8"))
        contents = Contents(
            manifest["made_at"],
            manifest["schema"],
            manifest["database_sha256"],
            manifest["files"],
        )
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise UnusableBackup(f"{archive_path} is no backup of this service: {error}") from error
    if manifest["format"] != _FORMAT:
        raise UnusableBackup(f"{archive_path} has format {manifest['format']}, known is {_FORMAT}")
    return contents


def _extract(archive: tarfile.TarFile, scratch: Path) -> None:
    """Take out the members we know by name, and nothing a stranger may have added."""
    (scratch / _FILES).mkdir()
    for member in archive:
        folder, _, name = member.name.rpartition("/")
        known = member.name in (_DATABASE, _MANIFEST) or (folder == _FILES and name)
        stream = archive.extractfile(member) if known and member.isfile() else None
        if stream is not None:
            with stream, (scratch / member.name).open("wb") as target:
                shutil.copyfileobj(stream, target)


def _check(database: Path, contents: Contents) -> None:
    if not database.exists() or _digest(database) != contents.database_digest:
        raise UnusableBackup("the database inside the backup is damaged: its digest differs")
    with closing(sqlite3.connect(database)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise UnusableBackup(f"the database inside the backup is damaged: {verdict}")


def _mark(database: Path, contents: Contents, now: datetime) -> None:
    """Write down that this is a restored state: provider tokens in it may be spent (doctor)."""
    told = json.dumps({"made_at": contents.made_at, "restored_at": now.isoformat()})
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO policy (key, value, updated_at, updated_by)"
            " VALUES (?, ?, ?, ?)",
            (RESTORED, told, now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"), "restore"),
        )


def _move_aside(database: Path, now: datetime) -> None:
    stamp = now.strftime("%Y%m%dT%H%M%S")
    for suffix in ("", "-wal", "-shm"):
        path = database.with_name(database.name + suffix)
        if path.exists():
            path.replace(path.with_name(f"{path.name}.before-restore-{stamp}"))
