"""One-time codes that tie a group to an agency, or an account to an officer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from bot.errors import BotError
from bot.questions.codes import ALPHABET
from bot.tables.liaison import liaison_code

LASTS = timedelta(minutes=30)
_LENGTH = 10


class NoSuchCode(BotError):
    """Mã này không đúng hoặc đã hết hạn. Xin lấy mã mới ở trang cán bộ."""


@dataclass(frozen=True, slots=True)
class Bond:
    """What a code ties to: an agency, or an officer."""

    agency: str | None
    officer_id: int | None
    made_by: str


def make(connection: Connection, bond: Bond, now: datetime) -> str:
    """Make a code and return it; it cannot be shown again."""
    connection.execute(delete(liaison_code).where(liaison_code.c.expires_at < now - LASTS))
    code = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    connection.execute(
        insert(liaison_code).values(
            digest=_digest(code),
            agency=bond.agency,
            officer_id=bond.officer_id,
            made_by=bond.made_by,
            expires_at=now + LASTS,
        )
    )
    return code


def redeem(connection: Connection, typed: str, *, group: bool, now: datetime) -> Bond:
    """Use a code up and return what it ties to; raise NoSuchCode.

    A code for a group is of no use in a private chat, nor the other way round.
    """
    kind = liaison_code.c.agency if group else liaison_code.c.officer_id
    row = connection.execute(
        update(liaison_code)
        .where(
            liaison_code.c.digest == _digest(typed),
            liaison_code.c.used_at.is_(None),
            liaison_code.c.expires_at > now,
            kind.is_not(None),
        )
        .values(used_at=now)
        .returning(liaison_code.c.agency, liaison_code.c.officer_id, liaison_code.c.made_by)
    ).first()
    if row is None:
        raise NoSuchCode
    return Bond(row.agency, row.officer_id, row.made_by)


def _digest(typed: str) -> str:
    plain = "".join(typed.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode()).hexdigest()
