"""What the service learned, and files of knowledge on their way in."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from bot.tables.base import Id, Moment, metadata

#: weights learned from reviewed questions; the shipped ones are in force while none is active
learned_model = Table(
    "learned_model",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", String(16), nullable=False, unique=True),
    Column("state", String(10), nullable=False),  # active | former | rejected
    Column("weights", JSON, nullable=False),  # knowledge.model.Model
    Column("report", JSON, nullable=False),  # bot.learning.report.Report
    Column("made_by", String(80), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("activated_at", Moment),
)

#: a file of knowledge from an officer, until it is imported or forgotten
knowledge_file = Table(
    "knowledge_file",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("complete", Boolean, nullable=False, server_default=text("false")),
    Column("data", LargeBinary),  # emptied when it is done with
    #: reading | ready | importing | done | failed
    Column("state", String(10), nullable=False),
    Column("rows", Integer, nullable=False, server_default="0"),
    #: what was found and what would change: bot.catalogue.preview.Preview
    Column("preview", JSON, nullable=False, server_default="{}"),
    Column("reason", Text),
    Column("actor", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    #: when work on it was last seen going on
    Column("seen_at", Moment, nullable=False),
)
