"""media"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    moment = bot.tables.base.Moment(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('media_fetch',
    sa.Column('id', number, nullable=False),
    sa.Column('message_id', number, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('attachment', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_at', moment, nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('settled_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_media_fetch_message_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_fetch')),
    sa.UniqueConstraint('message_id', 'place', name=op.f('uq_media_fetch_message_id_place'))
    )
    waiting = sa.literal_column("state = 'waiting'")
    op.create_index('ix_media_fetch_waiting', 'media_fetch', ['next_at'], unique=False, sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Undo this revision."""
    op.drop_index('ix_media_fetch_waiting', table_name='media_fetch')
    op.drop_table('media_fetch')
