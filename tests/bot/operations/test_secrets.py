"""The secret key: made once, readable by its owner only, and replaceable."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.operations.secrets import cipher, load_keys
from bot.settings import Settings


def settings(folder: Path, key: str = "") -> Settings:
    return Settings(var_dir=folder, secret_key=key, _env_file=None)  # type: ignore[call-arg, arg-type]


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = load_keys(settings(tmp_path / "var"))
    assert load_keys(settings(tmp_path / "var")) == first
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o077 == 0


def test_services_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as services:
        found = list(services.map(load_keys, [settings(tmp_path)] * 8))
    assert found == [load_keys(settings(tmp_path))] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_what_an_old_key_wrote_stays_readable_after_a_change(tmp_path: Path) -> None:
    old = cipher(load_keys(settings(tmp_path, "old"))).encrypt(b"token")
    assert cipher(load_keys(settings(tmp_path, "new,old"))).decrypt(old) == b"token"
