"""What an accepted event changes beside the ledger: permissions, and echoes of broadcasts."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from bot.channel_tokens import accounts
from bot.channel_tokens.notices import note
from bot.messages import Incoming, IncomingKind
from bot.tables.broadcasts import broadcast
from bot.tables.operations import provider_token

#: a broadcast may be echoed for every follower; nobody has seen whether and how
_ECHOES_LAST = timedelta(hours=6)
_TEMPLATE = "oa_send_template"
_OUT = ("sending", "sent", "unknown")


def is_no_officers(connection: Connection, event: Incoming, now: datetime) -> bool:
    """Whether an echo is of something that nobody can have written by hand: a template, or an
    article sent to all followers.

    What carries words is a message; an article comes as an attachment alone.
    """
    if event.kind is not IncomingKind.ECHO:
        return False
    if event.detail.get("event") == _TEMPLATE:
        return True
    table = broadcast.c
    explains: ColumnElement[bool] = table.message_id.in_(event.refers_to)
    if not event.text.strip():
        explains |= (table.state == "sending") | (table.sent_at > now - _ECHOES_LAST)
    mine = select(table.id).where(table.channel == event.channel, table.state.in_(_OUT), explains)
    return connection.execute(mine).first() is not None


def lose_permission(connection: Connection, account: str, event: Incoming, now: datetime) -> bool:
    """Stop sending, unless a newer consent proves the news to be old; say whether it is new."""
    consented = connection.execute(
        select(provider_token.c.updated_at).where(provider_token.c.account == account)
    ).scalar()
    if consented is not None and consented > event.at:
        return False
    accounts.revoke(connection, account, now)
    note(connection, event.channel, "permission_revoked", {}, now)
    return True
