"""Provider tokens, encrypted; alarms that were raised."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from bot.tables.base import Id, Moment, metadata

#: one row per provider account; the pair is MultiFernet-encrypted JSON
provider_token = Table(
    "provider_token",
    metadata,
    Column("account", String(60), primary_key=True),  # "zalo:OA_ID"
    Column("secret", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("access_expires_at", Moment, nullable=False),
    Column("refresh_expires_at", Moment, nullable=False),
    Column("refreshing_until", Moment),
    Column("refreshing_by", String(80)),
    Column("updated_at", Moment, nullable=False),
)

provider_token_history = Table(
    "provider_token_history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", String(60), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("event", String(40), nullable=False),  # stored | refreshed | refused
    Column("at", Moment, nullable=False),
    UniqueConstraint("account", "version", "event"),
)

#: what is alarming now, and since when; a row goes when its end has been told
alarm = Table(
    "alarm",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("told_at", Moment),
    Column("ended_at", Moment),
)
