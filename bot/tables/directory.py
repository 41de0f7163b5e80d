"""Agencies, places, calendars and policies: dated configuration with its source."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.tables.base import Id, Moment, metadata

agency = Table(
    "agency",
    metadata,
    Column("code", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # department | commune | district | broadcaster
    Column("fields", JSON, nullable=False, server_default="[]"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("two_persons", Boolean, nullable=False, server_default=text("false")),
    Column("calendar", String(40), nullable=False, server_default="standard"),
    Column("confidence", String(10), nullable=False),  # high | medium | low
    Column("source", Text, nullable=False),
    Column("checked_on", Date),
)

succession = Table(
    "succession",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agency", String(60), nullable=False, index=True),
    Column("successor", String(60), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    #: "" for the whole, else the topic or the former place that went there
    Column("part", String(200), nullable=False, server_default=""),
    Column("source", Text, nullable=False),
    UniqueConstraint("agency", "successor", "part"),
)

#: names of places, today's and former ones, and the commune agency that serves them now
place = Table(
    "place",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("folded", String(120), nullable=False, index=True),
    Column("district", String(120), nullable=False, server_default=""),
    Column("province", String(120), nullable=False, server_default=""),
    Column("agency", String(60), ForeignKey("agency.code"), nullable=False),
    Column("former", Boolean, nullable=False),
    UniqueConstraint("name", "district", "province", "agency"),
)

hours = Table(
    "hours",
    metadata,
    Column("calendar", String(40), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    #: seven lists of ["07:00", "11:00"] intervals, Monday first
    Column("week", JSON, nullable=False),
    Column("source", Text, nullable=False),
)

holiday = Table(
    "holiday",
    metadata,
    Column("calendar", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),  # true: a swapped Saturday that is worked
    Column("name", String(120), nullable=False),
    Column("source", Text, nullable=False),
    Column("checked_on", Date),
)

#: limits, thresholds, retention, wording: edited in the console, with audit
policy = Table(
    "policy",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(80), nullable=False),
)

plan_item = Table(
    "plan_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("theme", Text, nullable=False),
    Column("lead", String(200), nullable=False),
    Column("cooperating", JSON, nullable=False, server_default="[]"),
    Column("deadline", Date),
    Column("done", Boolean, nullable=False, server_default=text("false")),
    Column("evidence", Text),
    Column("source", Text, nullable=False),
    UniqueConstraint("year", "month", "theme"),
)
