"""`python -m bot segment` and `speak`, as programs call them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.engines import sqlite_engine
from tests.bot.questions.samples import prepare
from tests.bot.segments.samples import answered, approve_all, refresh

ROOT = Path(__file__).parents[3]


def run(words: list[str], database: Path, stdin: bytes = b"") -> bytes:
    environment = {"DANHOI_DATABASE_URL": f"sqlite:///{database}", "PATH": ""}
    command = [sys.executable, "-m", "bot", *words]
    done = subprocess.run(
        command, input=stdin, capture_output=True, check=True, cwd=ROOT, env=environment
    )
    return done.stdout


@pytest.fixture
def with_an_item(database_file: Path) -> Path:
    engine = sqlite_engine(database_file, begin="BEGIN IMMEDIATE")
    with engine.connect() as connection, connection.begin():
        prepare(connection)
        answered(connection, "Số tôi 0912345678, đổi thẻ BHYT ở đâu?")
        refresh(connection)
        approve_all(connection)
    engine.dispose()
    return database_file


def test_the_list_has_the_shape_of_the_contract(with_an_item: Path) -> None:
    listing = json.loads(run(["segment", "2026-11", "--format", "json"], with_an_item))
    assert set(listing) == set("month air_date theme status seconds items".split())
    (item,) = listing["items"]
    assert set(item) == set(
        "id order question answer agency askers seconds basis signer answered_on spoken".split()
    )
    assert listing["seconds"] == item["seconds"] > 0
    assert "0912345678" not in json.dumps(listing)
    assert "bảo hiểm y tế" in item["spoken"][0]["text"]


@pytest.mark.parametrize("shape", ["docx", "xlsx"])
def test_documents_come_as_bytes(with_an_item: Path, shape: str) -> None:
    assert run(["segment", "2026-11", "--format", shape], with_an_item).startswith(b"PK")


def test_without_a_database_the_calendar_still_tells_the_day(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    listing = json.loads(run(["segment", "2027-02"], missing))
    assert (listing["air_date"], listing["items"]) == ("2027-02-27", [])
    assert not missing.exists()


def test_lines_are_read_aloud_in_order(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "G\xe1\xbb\x8di 113"}\n{"id": "b"}\n'
    first, second = map(json.loads, run(["speak"], tmp_path / "x.db", lines).splitlines())
    assert first == {"id": "a", "spoken": "Gọi một một ba", "seconds": 2}
    assert second["error"]
