"""The doctor names what is wrong and says what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.operations.doctor import Level, examine_machine, examine_schema
from bot.settings import Settings
from bot.store import StoreUnavailable, migrations

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def settings(folder: Path, **values: str) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        var_dir=folder,
        database_url=f"sqlite:///{folder}/danhoi.db",
        **values,  # type: ignore[arg-type]
    )


def advice(folder: Path, now: datetime = NOW, **values: str) -> list[str]:
    found = examine_machine(settings(folder, **values), now)
    return [finding.advice for finding in found if finding.level is not Level.OK]


def test_a_sound_machine_needs_nothing(tmp_path: Path) -> None:
    assert advice(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named() -> None:
    assert any("DANHOI_VAR_DIR" in said for said in advice(Path("/proc/danhoi")))


@pytest.mark.parametrize(
    ("now", "values", "said"),
    [
        pytest.param(
            NOW, {"public_url": "https://hoi.example"}, "ALARM_MAIL_TO", id="nobody is called"
        ),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), {}, "synchronisation", id="clock"),
        pytest.param(datetime(2027, 2, 1, tzinfo=UTC), {}, "days off", id="no days off known"),
        pytest.param(NOW, {"host": "0.0.0.0"}, "https|address", id="public without address"),  # noqa: S104
    ],
)
def test_what_is_wrong_comes_with_what_to_do(
    tmp_path: Path, now: datetime, values: dict[str, str], said: str
) -> None:
    words = said.split("|")
    assert any(word in line for line in advice(tmp_path, now, **values) for word in words)


def test_a_key_that_others_can_read_is_a_problem(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("x")
    key.chmod(0o644)
    assert advice(tmp_path) == [f"chmod 600 {key}"]


def test_a_missing_database_is_to_be_migrated(tmp_path: Path) -> None:
    assert examine_schema(settings(tmp_path)).advice == "run: python -m bot migrate"


def test_a_database_that_nobody_reaches_is_a_finding(tmp_path: Path) -> None:
    nowhere = f"postgresql://danhoi@/danhoi?host={tmp_path}"
    found = examine_schema(settings(tmp_path).model_copy(update={"database_url": nowhere}))
    assert found.level is Level.PROBLEM
    assert "cannot be reached" in found.what


def test_migrating_what_nobody_reaches_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        migrations.upgrade(f"postgresql://danhoi@/danhoi?host={tmp_path}")
