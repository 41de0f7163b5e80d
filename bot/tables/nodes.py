"""The processes that work on this database together."""

from sqlalchemy import BigInteger, Column, String, Table

from bot.tables.base import Moment, metadata

#: one row per living process; whoever does not raise `beats` any more is dead to the others
node = Table(
    "node",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("beats", BigInteger, nullable=False, server_default="0"),
    Column("joined_at", Moment, nullable=False),
)
