"""accounts at providers, consent begun in the console, broadcasts"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    """Apply this revision."""
    op.create_table('provider_account',
    sa.Column('account', sa.String(length=60), nullable=False),
    sa.Column('revoked_at', bot.tables.base.Moment(timezone=True), nullable=True),
    sa.Column('caught_up_to', bot.tables.base.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_provider_account'))
    )
    op.create_table('provider_consent',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=60), nullable=False),
    sa.Column('verifier', sa.LargeBinary(), nullable=False),
    sa.Column('officer_id', _ID, nullable=False),
    sa.Column('at', bot.tables.base.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_provider_consent_officer_id_officer')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_provider_consent'))
    )
    op.create_table('channel_notice',
    sa.Column('id', _ID, nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('detail', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('at', bot.tables.base.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_notice'))
    )
    op.create_index(op.f('ix_channel_notice_at'), 'channel_notice', ['at'], unique=False)
    op.create_table('broadcast',
    sa.Column('id', _ID, nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('article', sa.JSON(), nullable=False),
    sa.Column('prepared_by', _ID, nullable=False),
    sa.Column('prepared_at', bot.tables.base.Moment(timezone=True), nullable=False),
    sa.Column('approved_by', _ID, nullable=True),
    sa.Column('approved_at', bot.tables.base.Moment(timezone=True), nullable=True),
    sa.Column('article_token', sa.Text(), nullable=True),
    sa.Column('article_id', sa.String(length=200), nullable=True),
    sa.Column('message_id', sa.String(length=200), nullable=True),
    sa.Column('next_at', bot.tables.base.Moment(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('sent_at', bot.tables.base.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approved_by'], ['officer.id'], name=op.f('fk_broadcast_approved_by_officer')),
    sa.ForeignKeyConstraint(['prepared_by'], ['officer.id'], name=op.f('fk_broadcast_prepared_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast')),
    sa.UniqueConstraint('channel', 'month', name=op.f('uq_broadcast_channel_month'))
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table('broadcast')
    op.drop_index(op.f('ix_channel_notice_at'), table_name='channel_notice')
    op.drop_table('channel_notice')
    op.drop_table('provider_consent')
    op.drop_table('provider_account')
