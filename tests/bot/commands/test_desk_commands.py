"""Accounts, tokens and the audit from the command line."""

import pytest

from bot.clock.starter import OFFICE_ZONE
from bot.commands.root import main
from bot.questions import history
from bot.tables.desk import question_event
from tests.bot.questions.samples import NOW, ask, prepare
from tests.databases import transaction


@pytest.fixture(autouse=True)
def installation(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANHOI_DATABASE_URL", database_url)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Run a command and return its lines on standard output."""
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code in (0, None)
    return capsys.readouterr().out.splitlines()


def fails(*words: str) -> bool:
    with pytest.raises(SystemExit) as end:
        main(words)
    return end.value.code == 1


def test_an_officer_is_added_listed_reset_and_disabled(capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = run(capsys, "officer", "add", "An", "--role", "officer", "--agency", "ct-so-y-te")
    assert made.startswith("an\t")
    assert run(capsys, "officer", "list") == ["an\tofficer\tct-so-y-te\tenabled"]
    (reset,) = run(capsys, "officer", "reset-password", "an")
    assert reset != made
    run(capsys, "officer", "disable", "an")
    assert run(capsys, "officer", "list") == ["an\tofficer\tct-so-y-te\tdisabled"]


def test_an_officer_without_agency_or_twice_is_not_added(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fails("officer", "add", "an", "--role", "officer")
    run(capsys, "officer", "add", "boss", "--role", "admin")
    assert fails("officer", "add", "boss", "--role", "admin")
    assert fails("officer", "disable", "nobody")


def test_a_token_is_made_listed_without_showing_it_and_revoked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "officer", "add", "boss", "--role", "admin")
    (token,) = run(capsys, "token", "add", "--scope", "segment", "--officer", "boss")
    (listed,) = run(capsys, "token", "list")
    assert listed.startswith("1\tsegment\tboss\tnever\tin use")
    assert token not in listed
    run(capsys, "token", "revoke", "1")
    assert fails("token", "revoke", "1")
    assert fails("token", "add", "--scope", "desk", "--officer", "nobody")


def test_the_audit_holds_until_somebody_tampers(
    capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    with transaction(database_url) as connection:
        prepare(connection)
        ask(connection)
        history.anchor(connection, NOW.date(), OFFICE_ZONE, NOW)
    assert run(capsys, "audit", "verify") == ["1 events and 1 daily anchors hold"]
    with transaction(database_url) as connection:
        connection.execute(question_event.update().values(actor="officer:9"))
    assert fails("audit", "verify")
    assert "question 1, event 1: was changed" in capsys.readouterr().err
