"""What is wrong with an installation, in words, and what to do about it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Connection, Table, func, select

from bot.channel_tokens.overview import ADVICE, Condition, overview
from bot.clock.starter import last_year_with_rows
from bot.officers.demo import demo_problem, is_private_installation, present
from bot.operations.backup import RESTORED
from bot.settings import Settings, TelegramMode
from bot.store import StoreUnavailable, migrations
from bot.store.urls import sqlite_path
from bot.tables.delivery import inbox, outbox, quarantine
from bot.tables.directory import policy

_LITTLE_DISK = 1 << 30
#: before this the machine's clock cannot be right: the service did not exist
_FIRST_POSSIBLE = datetime(2026, 11, 1, tzinfo=UTC)


class Level(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` says what to do, "" where nothing is to be done."""

    level: Level
    what: str
    advice: str = ""


def examine_machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at what needs no database: settings, clock, disk, secrets."""
    yield from _clock(now)
    yield _disk(settings.var_dir)
    yield _public_url(settings)
    yield _channels(settings)
    if not _can_be_written(settings.var_dir):
        problem = f"{settings.var_dir} cannot be written by this account"
        yield Finding(Level.PROBLEM, problem, "look at DANHOI_VAR_DIR and the owner of the folder")
    if settings.public_url and not (settings.alarm_mail_to or settings.alarm_telegram_chat):
        yield Finding(
            Level.WARNING,
            "alarms are told to nobody",
            "set DANHOI_ALARM_MAIL_TO or DANHOI_ALARM_TELEGRAM_CHAT (docs/alarms.md)",
        )
    key = settings.var_dir / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding(Level.PROBLEM, f"{key} can be read by others", f"chmod 600 {key}")


def examine_schema(settings: Settings) -> Finding:
    """Look whether the database is there and has our schema."""
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return Finding(Level.PROBLEM, f"{path} does not exist", "run: python -m bot migrate")
    try:
        found, wanted = migrations.current(settings.database_url), migrations.head()
    except StoreUnavailable as gone:
        return Finding(Level.PROBLEM, str(gone), "look at DANHOI_DATABASE_URL and the server")
    if found == wanted:
        return Finding(Level.OK, f"schema {found}")
    return Finding(
        Level.PROBLEM,
        f"the database has schema {found or 'none'}, this version needs {wanted}",
        "make a backup, then run: python -m bot migrate",
    )


def examine_database(
    connection: Connection, settings: Settings, now: datetime
) -> Iterator[Finding]:
    """Look at what lies in the database: accounts, backlog, quarantine, tokens."""
    there = present(connection)
    problem = demo_problem(settings, there)
    if problem:
        yield Finding(Level.PROBLEM, "demonstration accounts are enabled", problem)
    if not there.real and not is_private_installation(settings):
        yield Finding(
            Level.PROBLEM,
            "nobody can log in to answer",
            "run: python -m bot officer add USER --role admin",
        )
    yield from _backlog(connection)
    if settings.zalo_enabled:
        yield _zalo_token(connection, settings, now)


def _clock(now: datetime) -> Iterator[Finding]:
    if now < _FIRST_POSSIBLE:
        yield Finding(
            Level.PROBLEM,
            f"the machine's clock says {now:%Y-%m-%d %H:%M} UTC, which cannot be",
            "switch on time synchronisation (timedatectl set-ntp true); due dates depend on it",
        )
    if now.year >= last_year_with_rows():
        yield Finding(
            Level.WARNING,
            f"days off are known up to {last_year_with_rows()}",
            "import next year's days off: python -m bot import --kind holidays FILE",
        )


def _disk(folder: Path) -> Finding:
    here = folder if folder.exists() else Path()
    free = shutil.disk_usage(here).free
    if free < _LITTLE_DISK:
        return Finding(
            Level.PROBLEM,
            f"only {free >> 20} MB are free where {folder} lies",
            "make room: a full disk makes the service answer 503 until there is some",
        )
    return Finding(Level.OK, f"{free >> 30} GB free")


def _public_url(settings: Settings) -> Finding:
    if settings.public_url.startswith("https://") or is_private_installation(settings):
        return Finding(Level.OK, f"reached at {settings.public_url or 'this machine only'}")
    return Finding(
        Level.WARNING,
        "DANHOI_PUBLIC_URL is not an https address",
        "set it to the address citizens use; links and secure cookies depend on it",
    )


def _can_be_written(folder: Path) -> bool:
    """Whether this account can write into a folder, or into what it would be made in."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with TemporaryFile(dir=there):
            return True
    except OSError:
        return False


def _channels(settings: Settings) -> Finding:
    on = ["web chat"]
    on += ["Zalo"] if settings.zalo_enabled else []
    on += ["Telegram"] if settings.telegram_mode is not TelegramMode.OFF else []
    return Finding(Level.OK, f"channels on: {', '.join(on)}")


def _backlog(connection: Connection) -> Iterator[Finding]:
    for table, state, what in (
        (inbox, "pending", "messages wait for a decision"),
        (inbox, "aside", "messages were put aside after failing"),
        (outbox, "unknown", "sendings have an unknown outcome"),
        (outbox, "failed", "sendings failed"),
    ):
        number = _count(connection, table, state)
        if number:
            yield Finding(Level.WARNING, f"{number} {what}", "look at the question in the console")
    held = connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
    if held:
        yield Finding(
            Level.WARNING,
            f"{held} webhook requests lie in quarantine",
            "check DANHOI_ZALO_OA_SECRET, then run: python -m bot replay --quarantine",
        )


def _count(connection: Connection, table: Table, state: str) -> int:
    statement = select(func.count()).select_from(table).where(table.c.state == state)
    return int(connection.execute(statement).scalar_one())


def _zalo_token(connection: Connection, settings: Settings, now: datetime) -> Finding:
    access = overview(connection, f"zalo:{settings.zalo_oa_id}", now)
    advice = ADVICE[access.condition]
    if access.condition is Condition.NONE:
        return Finding(Level.PROBLEM, "there is no Zalo token: nothing can be sent", advice)
    if access.renewed_at and _came_from_backup(connection, access.renewed_at):
        return Finding(
            Level.PROBLEM,
            "the Zalo token came out of a backup: each can be used once, and it was used since",
            ADVICE[Condition.REFUSED],
        )
    ages = f"renewed {access.renewed_at:%Y-%m-%d %H:%M} UTC, good for {access.days_left(now)} days"
    if access.condition is Condition.WELL:
        return Finding(Level.OK, f"Zalo token {ages}")
    soon = access.condition is Condition.ENDS_SOON
    level = Level.WARNING if soon else Level.PROBLEM
    return Finding(level, f"Zalo token {access.condition.replace('_', ' ')}: {ages}", advice)


def _came_from_backup(connection: Connection, stored_at: datetime) -> bool:
    """Whether the token is as old as the backup that was restored last."""
    marked = connection.execute(select(policy.c.value).where(policy.c.key == RESTORED)).scalar()
    return marked is not None and stored_at <= datetime.fromisoformat(marked["made_at"])
