"""By which road citizens can be told: what they were asked, what they gave, what was tried."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from bot.tables.base import Id, Moment, metadata

#: one progress message for each window of a citizen: inserting the row is the right to send it
progress = Table(
    "progress",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    #: end of the window it was sent in; any later interaction moves that end
    Column("window_ended", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    #: when its button was pressed
    Column("answered_at", Moment),
    UniqueConstraint("conversation_id", "window_ended"),
)

#: a number given for one question and one use; the row goes when its purpose is over
phone = Table(
    "phone",
    metadata,
    Column("question_id", Id, ForeignKey("question.id"), primary_key=True),
    Column("use", String(12), nullable=False),  # call | template
    Column("number", String(20), nullable=False),  # "+84901234567"
    Column("given_at", Moment, nullable=False),
)

#: a template message that says that an answer waits, at most one for each message held back
template_note = Table(
    "template_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbox_id", Id, ForeignKey("outbox.id"), nullable=False, unique=True),
    Column("question_id", Id, ForeignKey("question.id"), nullable=False, index=True),
    Column("state", String(10), nullable=False),  # sending | sent | unknown | failed
    Column("provider_id", String(200)),
    Column("reason", Text),
    Column("at", Moment, nullable=False),
)

#: a message that was not even written, since its reader wants none: counted, never dropped
untold = Table(
    "untold",
    metadata,
    Column("cause", String(120), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("question_id", Id, ForeignKey("question.id")),
    Column("reason", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_untold_at", "at"),
)
