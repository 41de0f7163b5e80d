"""A backup is consistent while the service writes, and a restore checks before it moves."""

import io
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.operations.backup import UnusableBackup, add_files, back_up, restore

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A small database like ours (WAL, a schema version, pairs of rows) and one citizen's file."""
    with closing(sqlite3.connect(tmp_path / "danhoi.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        connection.execute(
            "CREATE TABLE policy (key TEXT PRIMARY KEY, value JSON, updated_at, updated_by)"
        )
        connection.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, half INTEGER)")
        connection.execute("INSERT INTO pair (half) VALUES (1), (2)")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "abc").write_bytes(b"a picture")
    return tmp_path


@pytest.fixture
def busy_writer(place: Path) -> Iterator[None]:
    """Somebody who keeps writing two rows at a time."""
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(place / "danhoi.db", isolation_level=None)) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO pair (half) VALUES (1), (2)")

    thread = threading.Thread(target=write)
    thread.start()
    yield
    stop.set()
    thread.join()


def rows(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM pair").fetchone()[0])


@pytest.mark.usefixtures("busy_writer")
def test_a_backup_of_a_busy_service_holds_whole_transactions(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar.gz"
    back_up(place / "danhoi.db", place / "files", target, NOW)
    restore(target, tmp_path / "new" / "danhoi.db", tmp_path / "new" / "files", NOW)
    assert rows(tmp_path / "new" / "danhoi.db") % 2 == 0


def test_a_restore_brings_back_rows_and_files(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar.gz"
    contents = back_up(place / "danhoi.db", place / "files", target, NOW)
    restore(target, tmp_path / "new" / "danhoi.db", tmp_path / "new" / "files", NOW)
    assert (contents.schema, rows(tmp_path / "new" / "danhoi.db")) == ("0001", 2)
    assert (tmp_path / "new" / "files" / "abc").read_bytes() == b"a picture"


def test_a_restore_moves_the_present_database_aside(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar.gz"
    back_up(place / "danhoi.db", place / "files", target, NOW)
    restore(target, place / "danhoi.db", place / "files", NOW)
    assert rows(place / "danhoi.db.before-restore-20261121T050000") == 2


def test_a_damaged_backup_changes_nothing(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar.gz"
    back_up(place / "danhoi.db", place / "files", target, NOW)
    target.write_bytes(target.read_bytes()[:-200])
    with pytest.raises(UnusableBackup):
        restore(target, place / "danhoi.db", place / "files", NOW)
    assert rows(place / "danhoi.db") == 2


def test_only_the_owner_may_read_a_backup(place: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar.gz"
    back_up(place / "danhoi.db", place / "files", target, NOW)
    assert target.stat().st_mode & 0o077 == 0


def test_a_file_that_is_forgotten_meanwhile_ends_no_backup(place: Path) -> None:
    kept, gone = place / "files" / "abc", place / "files" / "gone"
    with tarfile.open(fileobj=io.BytesIO(), mode="w:gz") as archive:
        assert add_files(archive, [gone, kept]) == 1
        assert archive.getnames() == ["files/abc"]
