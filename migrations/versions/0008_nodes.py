"""nodes"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table('node',
    sa.Column('owner', sa.String(length=80), nullable=False),
    sa.Column('beats', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('joined_at', bot.tables.base.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('owner', name=op.f('pk_node'))
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table('node')
