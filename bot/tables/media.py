"""Files of citizens that still lie with a provider."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from bot.tables.base import Id, Moment, metadata

#: one row for each attachment to fetch, written with the message that carries it
media_fetch = Table(
    "media_fetch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False),
    #: which of the message's attachments
    Column("place", Integer, nullable=False),
    Column("channel", String(20), nullable=False),
    #: bot.messages.Attachment as JSON; emptied when the row is settled
    Column("attachment", JSON, nullable=False),
    #: waiting | kept | gone | too_large | refused | dropped (an identity paper)
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    #: when to look at it, or look again: also how long somebody has it in hand
    Column("next_at", Moment, nullable=False),
    Column("reason", Text),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("message_id", "place"),
)
#: still to be fetched
media_waiting = media_fetch.c.state == literal_column("'waiting'")
Index(
    "ix_media_fetch_waiting",
    media_fetch.c.next_at,
    sqlite_where=media_waiting,
    postgresql_where=media_waiting,
)
