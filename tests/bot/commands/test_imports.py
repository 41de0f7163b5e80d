"""`python -m bot import` as an operator uses it."""

from pathlib import Path

import pytest

from bot.commands.root import main

ROWS = (
    "code,title,time,source\n1.000001,Cấp phép thả diều,3 ngày,Công văn 5\nxyz,Sai mã,,Công văn 5\n"
)


@pytest.fixture
def folder(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DANHOI_DATABASE_URL", database_url)
    monkeypatch.setenv("DANHOI_VAR_DIR", str(tmp_path))
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["import", *words])
    return int(ended.value.code or 0)


def test_good_rows_are_taken_and_the_bad_one_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "rows.csv"
    file.write_text(ROWS, encoding="utf-8")
    assert run(str(file)) == 0
    assert run(str(file)) == 0
    told = capsys.readouterr()
    assert "rows.csv, row 3, code: 'xyz' is not a code" in told.err
    assert "1 rows, 1 changed" in told.out
    assert "1 rows, 0 changed" in told.out
    assert "public" in told.out


def test_it_fails_only_when_nothing_could_be_taken(folder: Path) -> None:
    file = folder / "rows.csv"
    file.write_text("code,title\nxyz,Sai mã\n", encoding="utf-8")
    assert run(str(file)) == 1


def test_a_file_that_is_not_there_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(folder / "no.csv")) == 1
    assert "no.csv: No such file" in capsys.readouterr().err


def test_a_template_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--template", "holidays") == 0
    assert capsys.readouterr().out == "\ufeffday,working,name,source\r\n"


def test_a_dry_run_tells_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "rows.csv"
    file.write_text(ROWS, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["import", "--dry-run", str(file)])
    told = capsys.readouterr()
    assert "row 3, code: 'xyz' is not a code" in told.err
    assert "1 rows, 1 new" in told.out.replace("\n", " ")
    assert run(str(file)) == 0
    assert "1 rows, 1 changed" in capsys.readouterr().out


def test_a_pdf_is_refused_with_what_to_do_instead(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "quyet-dinh.pdf"
    file.write_bytes(b"%PDF-1.7")
    assert run(str(file)) == 1
    assert "save the Word or Excel original" in capsys.readouterr().err


def test_a_file_that_names_no_source_takes_the_one_given(folder: Path) -> None:
    file = folder / "rows.csv"
    file.write_text("code,title\n1.000001,Cấp phép thả diều\n", encoding="utf-8")
    assert run(str(file)) == 1
    assert run("--source", "Quyết định số 5/QĐ-UBND", str(file)) == 0
