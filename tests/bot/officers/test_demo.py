"""Demonstration officers exist only where nobody else can get in."""

import csv
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.officers import Role, accounts, demo
from bot.officers.accounts import NewOfficer
from bot.officers.demo import Present, demo_problem
from bot.officers.passwords import Hasher
from bot.settings import Settings
from bot.store import Done, Store
from tests.bot.questions.samples import NOW

HASHER = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def settings(var_dir: Path, **values: str) -> Settings:
    return Settings(_env_file=None, var_dir=var_dir, **values)  # type: ignore[call-arg, arg-type]


async def prepare(store: Store, var_dir: Path, **values: str) -> Path | None:
    return await demo.prepare(store, HASHER, settings(var_dir, **values), NOW)


async def test_every_role_gets_an_account_whose_password_only_the_owner_can_read(
    store: Store, tmp_path: Path
) -> None:
    path = await prepare(store, tmp_path)
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, dialect="excel-tab"))
    assert {row["role"] for row in rows} == set(Role)
    known = await store.read(lambda c: accounts.by_username(c, rows[0]["username"]))
    assert known is not None
    assert await HASHER.verify(known.password, rows[0]["password"])


async def test_a_second_start_keeps_the_passwords(store: Store, tmp_path: Path) -> None:
    path = await prepare(store, tmp_path)
    assert path is not None
    before = path.read_text()
    assert await prepare(store, tmp_path) == path
    assert path.read_text() == before


async def test_a_lost_list_is_written_anew_with_passwords_that_work(
    store: Store, tmp_path: Path
) -> None:
    path = await prepare(store, tmp_path)
    assert path is not None
    path.unlink()
    await prepare(store, tmp_path)
    username, password = path.read_text().splitlines()[1].split("\t")[:2]
    known = await store.read(lambda c: accounts.by_username(c, username))
    assert known is not None
    assert await HASHER.verify(known.password, password)


async def test_the_first_real_officer_ends_the_demonstration(store: Store, tmp_path: Path) -> None:
    path = await prepare(store, tmp_path)
    new = NewOfficer("that", Role.ADMIN)
    await store.write(lambda c: Done(accounts.add(c, new, "hash", "test", NOW)))
    assert (await store.read(demo.present)).demo == 0
    assert await prepare(store, tmp_path) is None
    assert path is not None
    assert not path.exists()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"host": "0.0.0.0"}, id="open to the network"),  # noqa: S104
        pytest.param({"public_url": "https://danhoi.example"}, id="with a public address"),
        pytest.param({"trusted_proxies": ("127.0.0.1",)}, id="behind a proxy"),
    ],
)
async def test_elsewhere_there_are_none_and_the_service_refuses_to_start_with_them(
    store: Store, tmp_path: Path, values: dict[str, str]
) -> None:
    assert await prepare(store, tmp_path, **values) is None
    assert (await store.read(demo.present)).demo == 0
    problem = demo_problem(settings(tmp_path, **values), Present(real=0, demo=3))
    assert problem
    assert "officer add" in problem


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_may_have_them(tmp_path: Path, host: str) -> None:
    assert demo_problem(settings(tmp_path, host=host), Present(real=0, demo=3)) is None
