"""Knowledge as data with a life: entries, their layers, versions, aliases and findings."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.tables.base import Id, Moment, metadata

entry = Table(
    "entry",
    metadata,
    Column("id", String(80), primary_key=True),  # "procedure:1.001193", "hotline:113", "faq:…"
    Column("kind", String(20), nullable=False),
    Column("code", String(60), nullable=False),
    Column("state", String(10), nullable=False),  # draft | reviewed | public | stale | retired
    Column("version", Integer, nullable=False, server_default="1"),
    #: the layers merged, local over office over starter over national, what is held back left
    #: out: knowledge.entries.Entry as JSON
    Column("merged", JSON, nullable=False),
    #: lower-case, without tone marks: what the search box looks through
    Column("folded", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    #: absent: it has been there since before this was noted
    Column("created_at", Moment),
    Index("ix_entry_kind_state", "kind", "state"),
)

layer = Table(
    "layer",
    metadata,
    Column("entry_id", String(80), ForeignKey("entry.id"), primary_key=True),
    Column("name", String(10), primary_key=True),  # national | starter | office | local
    Column("data", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("checked_on", Date),
    Column("import_id", Id, ForeignKey("import_run.id")),
    Column("changed_at", Moment, nullable=False),
)

#: what an entry said until `at`
entry_version = Table(
    "entry_version",
    metadata,
    Column("entry_id", String(80), ForeignKey("entry.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("merged", JSON, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(10)),
)

alias = Table(
    "alias",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", String(80), ForeignKey("entry.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("state", String(10), nullable=False),  # proposed | accepted | rejected
    Column("origin", String(20), nullable=False),  # officer | confirmed | answer
    Column("at", Moment, nullable=False),
    Column("decided_by", String(80)),
    Column("decided_at", Moment),
    UniqueConstraint("entry_id", "text"),
)

#: in which conversations a phrasing was used: one asker counts once
alias_asker = Table(
    "alias_asker",
    metadata,
    Column("alias_id", Id, ForeignKey("alias.id"), primary_key=True),
    Column("conversation_id", Id, primary_key=True, autoincrement=False),
)

#: what the lint found wrong with a fact, until an officer vouches for it
finding = Table(
    "finding",
    metadata,
    Column("entry_id", String(80), ForeignKey("entry.id"), primary_key=True),
    Column("facet", String(20), primary_key=True),
    Column("rule", String(40), primary_key=True),
    Column("excerpt", Text, nullable=False),
    #: of the text at fault: a confirmation holds as long as the text stays the same
    Column("text_digest", String(64), nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("cleared_by", String(80)),
    Column("cleared_at", Moment),
    Column("cleared_source", Text),
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("layer", String(10), nullable=False),
    Column("file", String(200), nullable=False),
    Column("state", String(10), nullable=False),  # staging | done | failed
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("vanished", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
)

#: rows of an import in the making; one short transaction moves them over
staged = Table(
    "staged",
    metadata,
    Column("import_id", Id, ForeignKey("import_run.id"), primary_key=True),
    Column("entry_id", String(80), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("code", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    Column("merged", JSON, nullable=False),
    Column("folded", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("checked_on", Date),
    Column("findings", JSON, nullable=False),
    #: the entry's version that `merged` was computed from, 0 for a new one
    Column("base_version", Integer, nullable=False),
)

#: one row: raised with every change of public knowledge; nodes watch it
knowledge_version = Table(
    "knowledge_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Id, nullable=False),
)
