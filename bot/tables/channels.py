"""What the service knows of its accounts at providers, beside their tokens."""

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, String, Table

from bot.tables.base import Id, Moment, metadata

provider_account = Table(
    "provider_account",
    metadata,
    Column("account", String(60), primary_key=True),  # "zalo:OA_ID"
    #: the provider said that the account's administrator took our permission back
    Column("revoked_at", Moment),
    #: everything that citizens wrote before is known to be here
    Column("caught_up_to", Moment),
)

#: a consent that was begun in the console; it ends at the callback, once
provider_consent = Table(
    "provider_consent",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the state
    Column("account", String(60), nullable=False),
    Column("verifier", LargeBinary, nullable=False),  # encrypted
    Column("officer_id", Id, ForeignKey("officer.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

#: what an administrator should have read about a channel: failures of tokens, permissions
channel_notice = Table(
    "channel_notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("what", String(60), nullable=False),
    Column("detail", JSON, nullable=False, server_default="{}"),
    Column("at", Moment, nullable=False, index=True),
)
