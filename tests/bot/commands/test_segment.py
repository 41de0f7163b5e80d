"""`python -m bot segment` and `speak`, as programs call them."""

import io
import json
from pathlib import Path

import pytest

from bot.commands.lines import answer_lines
from bot.commands.root import main
from bot.commands.speak import answer as read_aloud
from tests.bot.questions.samples import prepare
from tests.bot.segments.samples import answered, approve_all, refresh
from tests.databases import transaction


class Command:
    """Runs the command on one database and returns the bytes it wrote."""

    def __init__(self, patch: pytest.MonkeyPatch, written: pytest.CaptureFixture[bytes]) -> None:
        self._patch = patch
        self._written = written

    def __call__(self, database: str, *words: str) -> bytes:
        self._patch.setenv("DANHOI_DATABASE_URL", database)
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code in (0, None)
        return self._written.readouterr().out


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    return Command(monkeypatch, capsysbinary)


@pytest.fixture
def with_an_item(database_url: str) -> str:
    with transaction(database_url) as connection:
        prepare(connection)
        answered(connection, "Số tôi 0912345678, đổi thẻ BHYT ở đâu?")
        refresh(connection)
        approve_all(connection)
    return database_url


def test_the_list_has_the_shape_of_the_contract(run: Command, with_an_item: str) -> None:
    listing = json.loads(run(with_an_item, "segment", "2026-11", "--format", "json"))
    assert set(listing) == set("month air_date theme status seconds items".split())
    (item,) = listing["items"]
    assert set(item) == set(
        "id order question answer agency askers seconds basis signer answered_on spoken".split()
    )
    assert listing["seconds"] == item["seconds"] > 0
    assert "0912345678" not in json.dumps(listing)
    assert "bảo hiểm y tế" in item["spoken"][0]["text"]


@pytest.mark.parametrize("shape", ["docx", "xlsx"])
def test_documents_come_as_bytes(run: Command, with_an_item: str, shape: str) -> None:
    assert run(with_an_item, "segment", "2026-11", "--format", shape).startswith(b"PK")


def test_without_a_database_the_calendar_still_tells_the_day(run: Command, tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    listing = json.loads(run(f"sqlite:///{missing}", "segment", "2027-02"))
    assert (listing["air_date"], listing["items"]) == ("2027-02-27", [])
    assert not missing.exists()


def test_lines_are_read_aloud_in_order() -> None:
    lines, written = '{"id": "a", "text": "Gọi 113"}\n{"id": "b"}\n', io.StringIO()
    answer_lines(read_aloud, io.BytesIO(lines.encode()), written)
    first, second = map(json.loads, written.getvalue().splitlines())
    assert first == {"id": "a", "spoken": "Gọi một một ba", "seconds": 2}
    assert second["error"]
