"""`python -m bot learn` and `python -m bot explain` as an operator uses them."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.catalogue.models import Report
from bot.commands.learn import told
from bot.commands.root import main
from bot.learning.retraining import Lesson
from bot.store import Done
from bot.store.sqlite import SqliteStore
from tests.bot.learning.samples import furnish
from tests.bot.questions.samples import ask


@pytest.fixture
def code(database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the code of a question in the database that commands use."""
    monkeypatch.setenv("DANHOI_DATABASE_URL", f"sqlite:///{database_file}")
    monkeypatch.setenv("DANHOI_VAR_DIR", str(tmp_path))

    def body(connection: Connection) -> Done[str]:
        furnish(connection)
        return Done(ask(connection, "làm giấy khai sinh ở đâu").code)

    async def fill() -> str:
        store = SqliteStore(database_file)
        made = await store.write(body)
        await store.close()
        return made

    return asyncio.run(fill())


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*words])
    return int(ended.value.code or 0)


def test_a_past_decision_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "--json", code) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["text"] == "làm giấy khai sinh ở đâu"
    assert found["now"]["candidates"][0]["title"] == "Thủ tục đăng ký khai sinh"
    assert found["changed"] == ["index", "lexicon", "model"]  # nothing was recorded of it
    assert run("explain", "XXXXXXX") == 1
    assert "no question XXXXXXX" in capsys.readouterr().err


def test_a_report_names_each_question_that_would_be_lost() -> None:
    move = {
        "name": "4K7M2P9",
        "how": "kept",
        "before": "ANSWERED",
        "after": "MISSED",
        "text": "làm khai sinh",
        "entries": ["procedure:1.001193"],
        "now": "",
    }
    report = Report("a", "e", lessons=3, asked=9, losses=[move], lost=1)
    head, line = told(Lesson("rejected", "12ab34cd", report))
    assert "model 12ab34cd: rejected; 3 lessons, 9 past questions replayed, 1 lost" in head
    assert "4K7M2P9 (kept): ANSWERED -> MISSED: làm khai sinh" in line
