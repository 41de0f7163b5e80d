"""Where the asking for news of a provider stands, and which process does it."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from bot.tables.base import Moment, metadata

poll_cursor = Table(
    "poll_cursor",
    metadata,
    Column("name", String(60), primary_key=True),
    #: the process that asks, until its lease ends; raised at each take-over
    Column("owner", String(80), nullable=False),
    Column("leased_until", Moment, nullable=False),
    Column("fence", Integer, nullable=False, server_default="1"),
    #: the first update not yet kept; written in the transaction that keeps those before it
    Column("next_update", BigInteger),
    Column("moved_at", Moment),
)
