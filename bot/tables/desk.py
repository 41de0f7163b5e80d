"""Questions, their history, consent, and the people who answer."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from bot.tables.base import Id, Moment, metadata

officer = Table(
    "officer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("full_name", String(120), nullable=False, server_default=""),
    Column("title", String(120), nullable=False, server_default=""),
    Column("password", Text, nullable=False),
    Column("role", String(20), nullable=False),  # bot.officers.Role
    Column("agency", String(60)),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("must_change_password", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
)

#: a login: the cookie holds a random id, the table its SHA-256
session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("officer_id", Id, ForeignKey("officer.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

access_token = Table(
    "access_token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scope", String(40), nullable=False),
    Column("officer_id", Id, ForeignKey("officer.id")),
    Column("note", String(120), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(60), nullable=False),
    Column("address", String(64), nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_login_attempt_username_at", "username", "at"),
    Index("ix_login_attempt_address_at", "address", "at"),
)

#: what administrators and coordinators changed: settings, accounts, calendars, knowledge
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("act", String(60), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("detail", JSON, nullable=False, server_default="{}"),
)

question = Table(
    "question",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(7), nullable=False, unique=True),
    #: SHA-256 of the key in the asker's link
    Column("key_digest", String(64)),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("kind", String(12), nullable=False),  # question | feedback | complaint | denunciation
    Column("state", String(16), nullable=False),  # bot.questions.life.State
    #: open | answered | withdrawn | refused: exactly one, kept after erasure
    Column("bucket", String(10), nullable=False),
    Column("agency", String(60), nullable=False),
    Column("commune", String(60)),
    #: the citizen's words in lower case without tone marks, for the desk's search; erased with them
    Column("folded", Text, nullable=False, server_default=""),
    Column("text_id", Id),  # content row with the citizen's words
    Column("answer_id", Id),  # content row with the answer that was sent
    #: ids of entries the matcher thought of, with versions: how the decision can be explained
    Column("decision", JSON, nullable=False, server_default="{}"),
    Column("assignee_id", Id, ForeignKey("officer.id")),
    Column("approver_id", Id, ForeignKey("officer.id")),
    Column("two_persons", Boolean, nullable=False, server_default=text("false")),
    Column("merged_into_id", Id, ForeignKey("question.id")),
    Column("sealed", Boolean, nullable=False, server_default=text("false")),
    #: raised by every change; an act on an older version is turned away
    Column("version", Integer, nullable=False, server_default="1"),
    #: how many its sender's place had open with the agency when it was filed, this one included
    Column("share", Integer, nullable=False, server_default="1"),
    Column("received_at", Moment, nullable=False),
    Column("acknowledge_by", Moment),
    Column("due_at", Moment),
    Column("due_trace", JSON, nullable=False, server_default="{}"),
    Column("waiting_since", Moment),
    Column("answered_at", Moment),
    Column("closed_at", Moment),
    Index("ix_question_queue", "agency", "bucket", "due_at"),
    Index("ix_question_answered_at", "answered_at"),
    Index("ix_question_bucket", "bucket", "id"),
)
_merged = question.c.merged_into_id.is_not(None)
Index(
    "ix_question_merged",
    question.c.merged_into_id,
    sqlite_where=_merged,
    postgresql_where=_merged,
)
#: what officers work on; a literal, since a parameter would keep the index from being used
question_open = question.c.bucket == literal_column("'open'")
Index(
    "ix_question_open",
    question.c.due_at,
    question.c.agency,
    sqlite_where=question_open,
    postgresql_where=question_open,
)

#: agencies at which very many questions of nameless senders are open, as last looked
crowd = Table(
    "crowd",
    metadata,
    Column("agency", String(60), primary_key=True),
    Column("open", Integer, nullable=False),
    Column("since", Moment, nullable=False),
)

#: words of people, apart from the history so that they can be erased: text and salt go
content = Table(
    "content",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", Id, ForeignKey("question.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # bot.questions.history.ContentKind
    Column("text", Text),
    #: the legal basis of a draft or an answer
    Column("basis", Text),
    Column("salt", String(32)),
    Column("digest", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

#: append-only, one hash chain per question
question_event = Table(
    "question_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", Id, ForeignKey("question.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("act", String(20), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16), nullable=False),
    Column("actor", String(80), nullable=False),  # "citizen", "service", "officer:7"
    Column("at", Moment, nullable=False),
    #: facts without personal text: agencies, dates, reasons by code
    Column("detail", JSON, nullable=False),
    Column("content_id", Id, ForeignKey("content.id")),
    Column("content_digest", String(64)),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("question_id", "n"),
)

chain_anchor = Table(
    "chain_anchor",
    metadata,
    Column("day", Date, primary_key=True),
    Column("questions", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question_id", Id, ForeignKey("question.id"), nullable=False),
    Column("use", String(12), nullable=False),  # reply | publish | air | name
    Column("granted", Boolean, nullable=False),
    Column("wording", String(60), nullable=False),  # message id of the words that were shown
    Column("wording_version", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    UniqueConstraint("question_id", "use"),
)

rating = Table(
    "rating",
    metadata,
    Column("question_id", Id, ForeignKey("question.id"), primary_key=True),
    Column("score", Integer, nullable=False),  # 1 satisfied, 2 acceptable, 3 not satisfied
    Column("at", Moment, nullable=False),
)
