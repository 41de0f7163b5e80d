"""Demonstration officers: only on a loopback address, only while nobody real works here."""

import csv
import ipaddress
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer, UsernameTaken
from bot.officers.passwords import Hasher, random_password
from bot.settings import Settings
from bot.store import Done, Store

FILE_NAME = "demo-accounts.txt"

_PEOPLE = (
    NewOfficer("canbo.xa", Role.OFFICER, "ct-xa", "Trần Thị Mẫu", "công chức tư pháp – hộ tịch"),
    NewOfficer("lanhdao.xa", Role.LEADER, "ct-xa", "Lê Văn Mẫu", "Phó Chủ tịch UBND xã"),
    NewOfficer("canbo.tuphap", Role.OFFICER, "ct-so-tu-phap", "Phạm Thị Thử", "chuyên viên"),
    NewOfficer("lanhdao.tuphap", Role.LEADER, "ct-so-tu-phap", "Võ Văn Thử", "Phó Giám đốc Sở"),
    NewOfficer("canbo.noivu", Role.OFFICER, "ct-so-noi-vu", "Huỳnh Thị Thử", "chuyên viên"),
    NewOfficer("lanhdao.noivu", Role.LEADER, "ct-so-noi-vu", "Đặng Văn Thử", "Phó Giám đốc Sở"),
    NewOfficer("dieuphoi", Role.COORDINATOR, None, "Nguyễn Thị Điều Phối", "Văn phòng UBND"),
    NewOfficer("bientap", Role.EDITOR, None, "Lý Văn Biên Tập", "biên tập viên"),
    NewOfficer("phatthanh", Role.BROADCASTER, None, "Sơn Thị Phát Thanh", "phát thanh viên"),
    NewOfficer("quantri", Role.ADMIN, None, "Thạch Văn Quản Trị", "quản trị viên"),
)


@dataclass(frozen=True, slots=True)
class Present:
    """Who there is: accounts of people, and accounts for demonstration that are enabled."""

    real: int
    demo: int


def present(connection: Connection) -> Present:
    """Count the accounts."""
    return Present(accounts.real_officers(connection), accounts.demonstration_officers(connection))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private_installation(settings: Settings) -> bool:
    """Whether nobody but the one at the keyboard can get here."""
    reached_by_others = settings.public_url or settings.trusted_proxies
    return is_loopback(settings.host) and not reached_by_others


def demo_problem(settings: Settings, there: Present) -> str | None:
    """Return why the service must not start as configured, None when it may."""
    if there.demo and not is_private_installation(settings):
        return (
            f"{there.demo} demonstration account(s) are enabled, and their passwords stand in "
            f"{settings.var_dir / FILE_NAME}: add a real officer (python -m bot officer add), "
            "which disables them, before binding to another address than loopback or setting "
            "DANHOI_PUBLIC_URL or DANHOI_TRUSTED_PROXIES"
        )
    return None


async def prepare(store: Store, hasher: Hasher, settings: Settings, now: datetime) -> Path | None:
    """Make demonstration officers where they belong; return the file with their passwords.

    Where they do not belong the file goes away. Accounts that already have their file stay.
    """
    path = settings.var_dir / FILE_NAME
    there = await store.read(present)
    if there.real or not is_private_installation(settings):
        path.unlink(missing_ok=True)
        return None
    if not (there.demo and path.exists()):
        passwords = {person.username: random_password() for person in _PEOPLE}
        hashes = {name: await hasher.hash(word) for name, word in passwords.items()}
        try:
            await store.write(lambda connection: _install(connection, hashes, now))
        except UsernameTaken:  # another process of this machine makes them at this moment
            return path
        _write(path, passwords)
    return path


def _install(connection: Connection, hashes: dict[str, str], now: datetime) -> Done[None]:
    for person in _PEOPLE:
        known = accounts.by_username(connection, person.username)
        if known is None:
            new = replace(person, demo=True, must_change_password=False)
            accounts.add(connection, new, hashes[person.username], "service", now)
        elif known.demo:
            accounts.set_password(
                connection, person.username, hashes[person.username], "service", now
            )
            accounts.set_disabled(connection, person.username, False, "service", now)
    return Done(None)


def _write(path: Path, passwords: dict[str, str]) -> None:
    """Write the list so that only its owner can read it, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, dialect="excel-tab", lineterminator="\n")
        rows.writerow(["username", "password", "role", "agency"])
        for person in _PEOPLE:
            word = passwords[person.username]
            rows.writerow([person.username, word, str(person.role), person.agency or ""])
