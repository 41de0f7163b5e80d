"""How an account's tokens stand, and what is to be done; never what they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select

from bot.channel_tokens import KeeperRules
from bot.channel_tokens.accounts import revoked_at
from bot.tables.operations import provider_token, provider_token_history


class Condition(StrEnum):
    """What is the matter with an account's access; the worst counts."""

    NONE = "none"
    REVOKED = "revoked"
    REFUSED = "refused"
    ENDED = "ended"
    UNRENEWED = "unrenewed"
    ENDS_SOON = "ends_soon"
    WELL = "well"


#: for operators; officers read the console's own words
ADVICE = {
    Condition.NONE: "set DANHOI_ZALO_REFRESH_TOKEN for the first start, or grant consent in the "
    "console (page Zalo) or with: python -m bot consent",
    Condition.REVOKED: "an administrator of the Official Account must grant consent again",
    Condition.REFUSED: "an administrator of the Official Account must grant consent again",
    Condition.ENDED: "an administrator of the Official Account must grant consent again",
    Condition.UNRENEWED: "look at the network towards Zalo's OAuth address, and at the log",
    Condition.ENDS_SOON: "an administrator of the Official Account must grant consent again soon",
    Condition.WELL: "",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """Ages of an account's tokens; the moments are None where there is no token."""

    condition: Condition
    access_ends: datetime | None = None
    refresh_ends: datetime | None = None
    renewed_at: datetime | None = None
    version: int = 0

    def days_left(self, now: datetime) -> int:
        """Return for how many days the refresh token is still good."""
        return max(0, (self.refresh_ends - now).days) if self.refresh_ends else 0


def overview(connection: Connection, account: str, now: datetime) -> Overview:
    """Return how an account's tokens stand."""
    row = connection.execute(
        select(provider_token).where(provider_token.c.account == account)
    ).first()
    if row is None:
        return Overview(Condition.NONE)
    ends = row.access_expires_at, row.refresh_expires_at
    if revoked_at(connection, account):
        condition = Condition.REVOKED
    elif _is_refused(connection, account, row.version):
        condition = Condition.REFUSED
    else:
        condition = _by_age(*ends, row.version, now)
    return Overview(condition, *ends, row.updated_at, row.version)


def _by_age(
    access_ends: datetime, refresh_ends: datetime, version: int, now: datetime
) -> Condition:
    if refresh_ends <= now:
        return Condition.ENDED
    if refresh_ends - now < KeeperRules().last_call:
        return Condition.ENDS_SOON
    is_planted = version == 1  # the first access token is fetched with the first message
    overdue = access_ends + timedelta(hours=1) <= now
    return Condition.UNRENEWED if overdue and not is_planted else Condition.WELL


def _is_refused(connection: Connection, account: str, version: int) -> bool:
    history = provider_token_history.c
    found = select(history.id).where(
        history.account == account, history.version == version, history.event == "refused"
    )
    return connection.execute(found).first() is not None
