"""Officers' groups and accounts on a messenger, and what the groups were told."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.tables.base import Id, Moment, metadata

#: a group is told of one agency's questions; its row stays when it is untied
liaison_group = Table(
    "liaison_group",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(200), nullable=False),
    Column("title", String(120), nullable=False),
    Column("agency", String(60), nullable=False),
    Column("linked_by", String(80), nullable=False),  # the officer who made the code
    Column("linked_at", Moment, nullable=False),
    Column("unlinked_at", Moment),
    UniqueConstraint("channel", "chat"),
)

#: whose account on the messenger acts for which officer
liaison_account = Table(
    "liaison_account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(200), nullable=False),
    Column("officer_id", Id, ForeignKey("officer.id"), nullable=False),
    Column("linked_at", Moment, nullable=False),
    UniqueConstraint("channel", "account", name="uq_liaison_account_account"),
    UniqueConstraint("channel", "officer_id", name="uq_liaison_account_officer"),
)

#: good once and for minutes: ties a group to an agency, or an account to an officer
liaison_code = Table(
    "liaison_code",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("agency", String(60)),
    Column("officer_id", Id, ForeignKey("officer.id")),
    Column("made_by", String(80), nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)

#: what a group was told: inserting the row is the right to say it
liaison_notice = Table(
    "liaison_notice",
    metadata,
    Column("group_id", Id, ForeignKey("liaison_group.id"), primary_key=True),
    Column("question_id", Id, ForeignKey("question.id"), primary_key=True),
    Column("occasion", String(10), primary_key=True),  # new | due | overdue
    #: the event of the question's history that gave the occasion
    Column("n", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Index("ix_liaison_notice_question_id", "question_id"),
)
