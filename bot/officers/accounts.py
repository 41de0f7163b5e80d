"""Accounts of officers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.errors import BotError
from bot.officers import Role
from bot.store.upsert import insert as upserting
from bot.tables.desk import access_token, audit, officer, session
from bot.tables.directory import agency

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")

#: roles that act for one agency
OF_AN_AGENCY = frozenset({Role.OFFICER, Role.LEADER})


class UsernameTaken(BotError):
    """Tên đăng nhập này đã có người dùng."""


class BadUsername(BotError):
    """Tên đăng nhập gồm 2–60 chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối."""


class AgencyMissing(BotError):
    """Vai trò này phải gắn với một cơ quan có trong danh mục."""


class AdministratorFirst(BotError):
    """Tài khoản thật đầu tiên phải là quản trị: các tài khoản dùng thử ngừng ngay sau đó."""


class NoSuchOfficer(BotError):
    """Không có tài khoản này."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts at the desk."""

    id: int
    username: str
    full_name: str
    title: str
    role: Role
    agency: str | None
    must_change_password: bool = False

    @property
    def name(self) -> str:
        """Return what others call the officer."""
        return self.full_name or self.username

    @property
    def actor(self) -> str:
        """Return the officer as histories name him."""
        return f"officer:{self.id}"

    @classmethod
    def of(cls, row: Row[Any]) -> "Officer":
        """Read an officer from a row that holds all columns of the table."""
        return cls(
            row.id,
            row.username,
            row.full_name,
            row.title,
            Role(row.role),
            row.agency,
            row.must_change_password,
        )


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An account to be made."""

    username: str
    role: Role
    agency: str | None = None
    full_name: str = ""
    title: str = ""
    demo: bool = False
    must_change_password: bool = True


def plain_username(typed: str) -> str:
    """Return a username as it is stored."""
    return typed.strip().lower()


def add(
    connection: Connection, new: NewOfficer, password_hash: str, by: str, now: datetime
) -> Officer:
    """Make an account. The first real one puts the demonstration accounts out of use."""
    username = plain_username(new.username)
    if not _USERNAME.fullmatch(username):
        raise BadUsername
    if not _agency_fits(connection, new):
        raise AgencyMissing
    officer_id = connection.execute(
        upserting(connection, officer)
        .values(
            username=username,
            full_name=new.full_name,
            title=new.title,
            password=password_hash,
            role=str(new.role),
            agency=new.agency or None,
            demo=new.demo,
            must_change_password=new.must_change_password,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[officer.c.username])
        .returning(officer.c.id)
    ).scalar()
    if officer_id is None:
        raise UsernameTaken
    note(connection, by, "officer.add", username, now)
    if not new.demo:
        disable_demonstration(connection, by, now)
    return by_id(connection, officer_id)


def by_id(connection: Connection, officer_id: int) -> Officer:
    """Return an account; raise NoSuchOfficer."""
    row = connection.execute(select(officer).where(officer.c.id == officer_id)).first()
    if row is None:
        raise NoSuchOfficer
    return Officer.of(row)


def by_username(connection: Connection, username: str) -> Row[Any] | None:
    """Return the account's row with its password hash, disabled or not."""
    wanted = select(officer).where(officer.c.username == plain_username(username))
    return connection.execute(wanted).first()


def all_officers(connection: Connection) -> Sequence[Row[Any]]:
    """Return every account with the name of its agency, enabled ones first."""
    return connection.execute(
        select(officer, func.coalesce(agency.c.name, officer.c.agency).label("agency_name"))
        .outerjoin(agency, agency.c.code == officer.c.agency)
        .order_by(officer.c.disabled, officer.c.agency, officer.c.username)
    ).all()


def acting(connection: Connection, actor: str) -> Officer | None:
    """Return the officer behind a name in histories, None for others and for who is shut out."""
    _, _, number = actor.partition("officer:")
    if not number.isdecimal():
        return None
    wanted = select(officer).where(officer.c.id == int(number), ~officer.c.disabled)
    row = connection.execute(wanted).first()
    return Officer.of(row) if row else None


def names_by_actor(connection: Connection) -> dict[str, str]:
    """Return what to call each officer, by the name histories use."""
    rows = connection.execute(select(officer.c.id, officer.c.full_name, officer.c.username))
    return {f"officer:{row.id}": row.full_name or row.username for row in rows}


def real_officers(connection: Connection) -> int:
    """Return how many enabled accounts are not for demonstration."""
    return _count(connection, demo=False)


def demonstration_officers(connection: Connection) -> int:
    """Return how many demonstration accounts are enabled."""
    return _count(connection, demo=True)


def set_password(
    connection: Connection, username: str, password_hash: str, by: str, now: datetime
) -> None:
    """Replace a password and end every session; another's choice must be changed at login."""
    row = by_username(connection, username)
    if row is None:
        raise NoSuchOfficer
    own = by == f"officer:{row.id}"
    connection.execute(
        update(officer)
        .where(officer.c.id == row.id)
        .values(password=password_hash, must_change_password=not own and not row.demo)
    )
    connection.execute(delete(session).where(session.c.officer_id == row.id))
    note(connection, by, "officer.password", row.username, now)


def set_disabled(
    connection: Connection, username: str, disabled: bool, by: str, now: datetime
) -> None:
    """Shut an account out, or let it in again. Its sessions end and its tokens are revoked."""
    row = by_username(connection, username)
    if row is None:
        raise NoSuchOfficer
    connection.execute(update(officer).where(officer.c.id == row.id).values(disabled=disabled))
    if disabled:
        _shut_out(connection, [row.id], now)
    note(connection, by, "officer.disable" if disabled else "officer.enable", row.username, now)


def disable_demonstration(connection: Connection, by: str, now: datetime) -> int:
    """Put the demonstration accounts out of use; return how many there were."""
    demos = connection.execute(
        select(officer.c.id).where(officer.c.demo, ~officer.c.disabled)
    ).scalars()
    ids = list(demos)
    if ids:
        connection.execute(update(officer).where(officer.c.id.in_(ids)).values(disabled=True))
        _shut_out(connection, ids, now)
        note(connection, by, "officer.disable", "demo", now)
    return len(ids)


def note(connection: Connection, by: str, act: str, subject: str, now: datetime) -> None:
    """Put what an administrator did on record."""
    connection.execute(insert(audit).values(at=now, actor=by, act=act, subject=subject, detail={}))


def _agency_fits(connection: Connection, new: NewOfficer) -> bool:
    if new.agency:
        # before the directory is loaded nobody can know which agencies there are
        known = set(connection.execute(select(agency.c.code)).scalars())
        return not known or new.agency in known
    return new.role not in OF_AN_AGENCY


def _count(connection: Connection, *, demo: bool) -> int:
    wanted = select(func.count()).where(officer.c.demo == demo, ~officer.c.disabled)
    return connection.execute(wanted).scalar_one()


def _shut_out(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    connection.execute(delete(session).where(session.c.officer_id.in_(ids)))
    connection.execute(
        update(access_token)
        .where(access_token.c.officer_id.in_(ids), access_token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
