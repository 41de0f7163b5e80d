"""The monthly segment: its items from proposal to air."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
)

from bot.tables.base import Id, Moment, metadata

#: a quarter of an hour on air
DEFAULT_SLOT_SECONDS = 900

segment = Table(
    "segment",
    metadata,
    Column("month", String(7), primary_key=True),  # "2026-11"
    Column("air_date", Date, nullable=False),
    Column("theme", Text, nullable=False, server_default=""),
    Column("status", String(10), nullable=False),  # open | locked | published | aired
    Column("slot_seconds", Integer, nullable=False, server_default=str(DEFAULT_SLOT_SECONDS)),
    Column("locked_at", Moment),
    Column("published_at", Moment),
    Column("published_by", Id, ForeignKey("officer.id")),
)

segment_item = Table(
    "segment_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("month", String(7), ForeignKey("segment.month"), nullable=False),
    #: never twice: a question airs once
    Column("question_id", Id, ForeignKey("question.id"), nullable=False, unique=True),
    #: the answer it was proposed with: another one needs another look
    Column("answer_id", Id, ForeignKey("content.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # proposed | approved | dropped
    Column("question", Text, nullable=False),  # masked and edited
    Column("answer", Text, nullable=False),
    Column("agency", String(60), nullable=False),
    Column("askers", Integer, nullable=False, server_default="1"),
    Column("basis", Text, nullable=False, server_default=""),
    Column("signer", String(240), nullable=False, server_default=""),
    Column("answered_on", Date, nullable=False),
    Column("masks", JSON, nullable=False, server_default="[]"),
    Column("approved_by", Id, ForeignKey("officer.id")),
    Column("approved_at", Moment),
)
