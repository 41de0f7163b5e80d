"""bars: senders whose new questions officers do not take for a time"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("conversation", sa.Column("barred_until", bot.tables.base.Moment(timezone=True)))


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("conversation") as table:
        table.drop_column("barred_until")
