"""crowds: where senders come from, for a day, and agencies that they crowd"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_HAS_ORIGIN = sa.text("origin IS NOT NULL")


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("conversation", sa.Column("origin", sa.String(length=24)))
    op.create_index(
        "ix_conversation_origin",
        "conversation",
        ["origin", "id"],
        sqlite_where=_HAS_ORIGIN,
        postgresql_where=_HAS_ORIGIN,
    )
    op.add_column("question", sa.Column("share", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "crowd",
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("since", bot.tables.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agency", name=op.f("pk_crowd")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("crowd")
    op.drop_column("question", "share")
    op.drop_index("ix_conversation_origin", "conversation")
    op.drop_column("conversation", "origin")
