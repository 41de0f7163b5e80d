"""liaison"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    identity = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    moment = bot.tables.base.Moment(timezone=True)
    op.create_table('liaison_group',
    sa.Column('id', identity, nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('chat', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('agency', sa.String(length=60), nullable=False),
    sa.Column('linked_by', sa.String(length=80), nullable=False),
    sa.Column('linked_at', moment, nullable=False),
    sa.Column('unlinked_at', moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_group')),
    sa.UniqueConstraint('channel', 'chat', name=op.f('uq_liaison_group_channel_chat'))
    )
    op.create_table('liaison_account',
    sa.Column('id', identity, nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('account', sa.String(length=200), nullable=False),
    sa.Column('officer_id', identity, nullable=False),
    sa.Column('linked_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_liaison_account_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_account')),
    sa.UniqueConstraint('channel', 'account', name='uq_liaison_account_account'),
    sa.UniqueConstraint('channel', 'officer_id', name='uq_liaison_account_officer')
    )
    op.create_table('liaison_code',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('agency', sa.String(length=60), nullable=True),
    sa.Column('officer_id', identity, nullable=True),
    sa.Column('made_by', sa.String(length=80), nullable=False),
    sa.Column('expires_at', moment, nullable=False),
    sa.Column('used_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_liaison_code_officer_id_officer')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_liaison_code'))
    )
    op.create_index(op.f('ix_liaison_code_expires_at'), 'liaison_code', ['expires_at'], unique=False)
    op.create_table('liaison_notice',
    sa.Column('group_id', identity, nullable=False),
    sa.Column('question_id', identity, nullable=False),
    sa.Column('occasion', sa.String(length=10), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['liaison_group.id'], name=op.f('fk_liaison_notice_group_id_liaison_group')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_liaison_notice_question_id_question')),
    sa.PrimaryKeyConstraint('group_id', 'question_id', 'occasion', 'n', name=op.f('pk_liaison_notice'))
    )
    op.create_index('ix_liaison_notice_question_id', 'liaison_notice', ['question_id'], unique=False)
    op.create_table('poll_cursor',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('owner', sa.String(length=80), nullable=False),
    sa.Column('leased_until', moment, nullable=False),
    sa.Column('fence', sa.Integer(), server_default='1', nullable=False),
    sa.Column('next_update', sa.BigInteger(), nullable=True),
    sa.Column('moved_at', moment, nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_poll_cursor'))
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table('poll_cursor')
    op.drop_index('ix_liaison_notice_question_id', table_name='liaison_notice')
    op.drop_table('liaison_notice')
    op.drop_index(op.f('ix_liaison_code_expires_at'), table_name='liaison_code')
    op.drop_table('liaison_code')
    op.drop_table('liaison_account')
    op.drop_table('liaison_group')
