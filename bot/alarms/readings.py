"""What the alarms judge: figures of the ledger, the tokens and the disk."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.alarms.thresholds import PROVIDERS, Thresholds
from bot.channel_tokens.overview import Condition, overview
from bot.delivery.backlog import Backlog, backlog
from bot.officers.throttle import besieged
from bot.operations.backup import MADE
from bot.questions.crowds import crowded
from bot.tables.delivery import conversation, inbox, quarantine
from bot.tables.directory import policy
from bot.tables.operations import provider_token

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
#: only a new consent helps
_LOST = (Condition.REVOKED, Condition.REFUSED)
#: rows of the inbox that a look at recent failures reads at most
_RECENT = 2000


@dataclass(frozen=True, slots=True)
class TokenAge:
    """When a provider account's tokens end, or that the provider takes them no more."""

    access_ends: datetime
    refresh_ends: datetime
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Readings:
    """One look at the installation. `put_aside` counts messages that failed within a day."""

    backlog: Backlog
    #: channel that many people used within a week → when one was last heard, as far as it matters
    heard: Mapping[str, datetime]
    tokens: Mapping[str, TokenAge]
    quarantined: int
    put_aside: int
    disk_free: int
    disk_total: int
    #: agency → questions of nameless senders open there, where they are very many
    crowded: Mapping[str, int] = field(default_factory=dict)
    #: account → failed logins of the last quarter of an hour, where they are very many
    besieged: Mapping[str, int] = field(default_factory=dict)
    #: when the last backup was made, None where there was never one
    backed_up: datetime | None = None


def take(connection: Connection, folder: Path, limits: Thresholds, now: datetime) -> Readings:
    """Read everything. `folder` lies on the disk that is watched."""
    disk = shutil.disk_usage(folder)
    return Readings(
        backlog=backlog(connection),
        heard=_heard(connection, limits, now),
        tokens=_tokens(connection, now),
        quarantined=connection.execute(select(func.count()).select_from(quarantine)).scalar_one(),
        put_aside=_put_aside(connection, now),
        disk_free=disk.free,
        disk_total=disk.total,
        crowded=crowded(connection),
        besieged=besieged(connection, now),
        backed_up=_backed_up(connection),
    )


def _heard(connection: Connection, limits: Thresholds, now: datetime) -> dict[str, datetime]:
    """Look at as few conversations as tell whether a busy channel is silent: there are many."""
    found = {}
    moment = conversation.c.last_inbound_at
    for channel in PROVIDERS:
        heard = select(moment).where(conversation.c.channel == channel)
        of_week = connection.execute(heard.where(moment > now - _WEEK).limit(limits.people))
        if len(of_week.all()) == limits.people:
            lately = connection.execute(heard.where(moment > now - limits.silence).limit(1))
            newest = heard.with_only_columns(func.max(moment))
            found[channel] = lately.scalar() or connection.execute(newest).scalar_one()
    return found


def _tokens(connection: Connection, now: datetime) -> dict[str, TokenAge]:
    accounts = connection.execute(select(provider_token.c.account)).scalars().all()
    found = {account: overview(connection, account, now) for account in accounts}
    return {
        account: TokenAge(access.access_ends, access.refresh_ends, access.condition in _LOST)
        for account, access in found.items()
        if access.access_ends and access.refresh_ends
    }


def _backed_up(connection: Connection) -> datetime | None:
    made = connection.execute(select(policy.c.value).where(policy.c.key == MADE)).scalar()
    return datetime.fromisoformat(made) if made else None


def _put_aside(connection: Connection, now: datetime) -> int:
    """Count failures among the newest messages only: the table grows, this look does not."""
    newest = (
        select(inbox.c.state, inbox.c.received_at)
        .order_by(inbox.c.id.desc())
        .limit(_RECENT)
        .subquery()
    )
    counted = select(func.count()).where(
        newest.c.state == "aside", newest.c.received_at > now - _DAY
    )
    return int(connection.execute(counted).scalar_one())
