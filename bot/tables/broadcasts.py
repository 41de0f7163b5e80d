"""What is sent to everybody who follows an account: one article a month, never twice."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from bot.tables.base import Id, Moment, metadata

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("month", String(7), nullable=False),  # the segment it is made from
    Column("state", String(12), nullable=False),  # bot.broadcast.life.State
    #: raised by every change; an act on an older version is turned away
    Column("version", Integer, nullable=False, server_default="1"),
    #: bot.broadcast.article.Article as JSON: exactly what was previewed and approved
    Column("article", JSON, nullable=False),
    Column("prepared_by", Id, ForeignKey("officer.id"), nullable=False),
    Column("prepared_at", Moment, nullable=False),
    Column("approved_by", Id, ForeignKey("officer.id")),
    Column("approved_at", Moment),
    #: the provider's, while it makes the article, then the article's own id
    Column("article_token", Text),
    Column("article_id", String(200)),
    Column("message_id", String(200)),
    Column("next_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("sent_at", Moment),
    UniqueConstraint("channel", "month"),
)
