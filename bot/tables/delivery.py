"""The ledger: what came in, what was decided, what goes out."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from bot.tables.base import Id, Moment, metadata

conversation = Table(
    "conversation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    #: the citizen's identity on the channel; for the web chat the SHA-256 of the secret token
    Column("address", String(200), nullable=False),
    #: bumped before every inbox insert in the same transaction: accept order is commit order
    Column("seq", Integer, nullable=False, server_default="0"),
    #: last inbox seq that was decided
    Column("decided_seq", Integer, nullable=False, server_default="0"),
    #: last number given to a row of the transcript (`message.seq`), both directions
    Column("message_seq", Integer, nullable=False, server_default="0"),
    #: raised at each take-over; a writer with an older fence is turned away
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("owner", String(80)),
    Column("leased_until", Moment),
    #: the dialogue's memory (what was offered, what is awaited), as JSON of our own
    Column("state", JSON, nullable=False, server_default="{}"),
    #: an officer writes by hand until then, the assistant stays silent
    Column("silent_until", Moment),
    #: until then nothing new of this sender goes to officers: a coordinator said so
    Column("barred_until", Moment),
    Column("blocked", Boolean, nullable=False, server_default=text("false")),
    #: last sign of life, whatever it was: what waits for the citizen is tried again
    Column("last_inbound_at", Moment),
    #: last interaction that opens the channel's reply window (bot.reach.windows), by the
    #: provider's clock
    Column("window_from", Moment),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    #: keyed digest of day and network it was opened from (web chat); forgotten after two days
    Column("origin", String(24)),
    UniqueConstraint("channel", "address"),
)
Index(
    "ix_conversation_origin",
    conversation.c.origin,
    conversation.c.id,
    sqlite_where=conversation.c.origin.is_not(None),
    postgresql_where=conversation.c.origin.is_not(None),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    #: the provider's bytes as they came; emptied by retention, the key stays
    Column("raw", LargeBinary),
    #: SHA-256 of the content, to tell a repeat from another message under the same id
    Column("digest", String(64), nullable=False),
    #: bot.messages.Incoming as JSON, text cleaned at the rim
    Column("event", JSON, nullable=False),
    #: pending | decided | aside (failed too often) | noted (receipts and the like)
    #: | doubt (a receipt or an echo that came before the outcome of the sending it may be about)
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment),
    Column("reason", Text),
    Column("received_at", Moment, nullable=False),
    Column("decided_at", Moment),
    UniqueConstraint("channel", "event_id"),
    UniqueConstraint("conversation_id", "seq"),
)
#: still to be looked at; literal words, since a parameter would keep the index from being used
inbox_open = inbox.c.state.in_([literal_column("'pending'"), literal_column("'doubt'")])
Index(
    "ix_inbox_open",
    inbox.c.conversation_id,
    inbox.c.seq,
    sqlite_where=inbox_open,
    postgresql_where=inbox_open,
)
#: what retention still has to empty
Index(
    "ix_inbox_raw",
    inbox.c.received_at,
    sqlite_where=inbox.c.raw.is_not(None),
    postgresql_where=inbox.c.raw.is_not(None),
)

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("role", String(10), nullable=False),  # citizen | assistant | officer
    Column("text", Text, nullable=False),
    #: buttons, sources, decision, codes (bot.messages.Outgoing as JSON), or the attachments
    Column("body", JSON, nullable=False),
    Column("question_id", Id, ForeignKey("question.id")),
    Column("inbox_id", Id, ForeignKey("inbox.id")),
    Column("at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    Index("ix_message_question_id", "question_id"),
    Index("ix_message_inbox_id", "inbox_id"),
)

#: bodies of old messages, compressed JSON of [id, text, body] by conversation and month
message_archive = Table(
    "message_archive",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    #: what made us write: "inbox:12", "question:5:answer:2", "slot:remind:2026-11-21"
    Column("cause", String(120), nullable=False),
    Column("step", Integer, nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False),
    Column("purpose", String(12), nullable=False),  # bot.messages.Purpose
    #: pending | sending | sent | unknown | waiting (for the citizen to write again) | failed
    #: | told (by another road than the channel: somebody called)
    Column("state", String(10), nullable=False),
    #: further along than "sent" only where the channel told us: delivered | seen
    Column("receipt", String(10)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    #: how often its outcome was unknown: only such a row can have reached the citizen twice
    Column("doubts", Integer, nullable=False, server_default="0"),
    #: when to try again; for "waiting", since when; an unknown row without it waits for a person
    Column("next_at", Moment),
    #: since when it was held because the citizen could not be reached, also once it is sent
    Column("held_at", Moment),
    #: the process that took the row to "sending"; for "told" who told, such as "officer:7"
    Column("owner", String(80)),
    Column("reason", Text),
    Column("provider_ids", JSON, nullable=False, server_default="[]"),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    UniqueConstraint("cause", "step"),
    Index("ix_outbox_message_id", "message_id"),
)
#: given up: what a citizen could not be told stays in sight
outbox_failed = outbox.c.state == literal_column("'failed'")
Index(
    "ix_outbox_failed",
    outbox.c.created_at,
    sqlite_where=outbox_failed,
    postgresql_where=outbox_failed,
)
#: neither arrived nor given up
outbox_open = outbox.c.state.in_(
    [literal_column(f"'{state}'") for state in ("pending", "sending", "unknown", "waiting")]
)
#: the same over all conversations: the range makes SQLite use the index instead of the table
outbox_open_at_all = outbox_open & (outbox.c.conversation_id > 0)
Index(
    "ix_outbox_open",
    outbox.c.conversation_id,
    outbox.c.id,
    sqlite_where=outbox_open,
    postgresql_where=outbox_open,
)

#: parts of a long message that arrived while later ones were still on their way
outbox_part = Table(
    "outbox_part",
    metadata,
    Column("outbox_id", Id, ForeignKey("outbox.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("provider_id", String(200), nullable=False),
)

#: which message of ours a provider's id belongs to, for quotes, receipts and echoes
provider_message = Table(
    "provider_message",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("provider_id", String(200), primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
)

#: files of citizens, kept outside the web root under a random name
attachment = Table(
    "attachment",
    metadata,
    Column("id", String(43), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("question_id", Id, ForeignKey("question.id"), index=True),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # waiting | kept | erased
    Column("received_at", Moment, nullable=False),
)

#: one row per scheduled work and period: inserting it is the right to run it
slot = Table(
    "slot",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("slot", String(40), primary_key=True),
    Column("state", String(10), nullable=False),  # running | done | failed
    Column("owner", String(80), nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("finished_at", Moment),
)

#: generic cell rate algorithm: theoretical arrival time per channel, in seconds since 1970
pace = Table(
    "pace",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("tat_us", Id, nullable=False),
)

#: counted by events, never by COUNT(*) on a hot path
counter = Table(
    "counter",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("label", String(80), primary_key=True, server_default=""),
    Column("value", Id, nullable=False, server_default="0"),
)
