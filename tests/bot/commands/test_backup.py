"""`python -m bot backup` and `restore` on PostgreSQL: the same archive as of the file."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.alarms.readings import take
from bot.alarms.thresholds import Thresholds
from bot.commands.root import main
from bot.operations.backup import RESTORED
from bot.store.moving import extent
from bot.tables import metadata
from bot.tables.directory import policy
from bot.tables.nodes import node
from tests import postgres
from tests.bot.commands.test_move import fill
from tests.bot.questions.samples import NOW
from tests.databases import transaction


def run(*words: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(words)
    return end.value.code


@pytest.fixture
def archive(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the backup of a database with questions and a citizen's file."""
    monkeypatch.setenv("DANHOI_DATABASE_URL", postgres_url)
    monkeypatch.setenv("DANHOI_VAR_DIR", str(tmp_path / "var"))
    (tmp_path / "var" / "files").mkdir(parents=True)
    (tmp_path / "var" / "files" / "abc").write_bytes(b"a picture")
    with transaction(postgres_url) as connection:
        fill(connection)
        connection.execute(insert(node).values(owner="a", beats=7, joined_at=NOW))
    assert run("backup", str(tmp_path / "copy.tar.gz")) in (0, None)
    return tmp_path / "copy.tar.gz"


def test_what_was_backed_up_comes_back_elsewhere(
    archive: Path,
    postgres_url: str,
    postgres_server: postgres.Server,
    postgres_template: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DANHOI_VAR_DIR", str(tmp_path))
    with postgres_server.copy(postgres_template) as elsewhere:
        monkeypatch.setenv("DANHOI_DATABASE_URL", elsewhere)
        assert run("restore", str(archive)) in (0, None)
        with transaction(postgres_url) as old, transaction(elsewhere) as new:
            same = [t for t in metadata.sorted_tables if extent(old, t) == extent(new, t)]
            assert set(metadata.sorted_tables) - set(same) == {policy, node}
            assert new.scalar(select(node.c.owner)) is None
            assert new.scalar(select(policy.c.value).where(policy.c.key == RESTORED))
    assert (tmp_path / "files" / "abc").read_bytes() == b"a picture"


@pytest.mark.usefixtures("archive")
def test_when_it_was_made_is_noted(postgres_url: str, tmp_path: Path) -> None:
    with transaction(postgres_url) as connection:
        assert take(connection, tmp_path, Thresholds(), NOW).backed_up is not None


def test_a_database_in_use_is_not_overwritten(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("restore", str(archive)) == 1
    assert "holds data already" in capsys.readouterr().err
