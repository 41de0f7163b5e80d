"""reach"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision; until somebody writes, the last sign of life stands for the window."""
    moment = bot.tables.base.Moment(timezone=True)
    op.create_table('phone',
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('use', sa.String(length=12), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('given_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_phone_question_id_question')),
    sa.PrimaryKeyConstraint('question_id', name=op.f('pk_phone'))
    )
    op.create_table('progress',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('window_ended', moment, nullable=False),
    sa.Column('asked_at', moment, nullable=False),
    sa.Column('answered_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_progress_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_progress')),
    sa.UniqueConstraint('conversation_id', 'window_ended', name=op.f('uq_progress_conversation_id_window_ended'))
    )
    op.create_table('template_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('provider_id', sa.String(length=200), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('at', moment, nullable=False),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_template_note_outbox_id_outbox')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_template_note_question_id_question')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template_note')),
    sa.UniqueConstraint('outbox_id', name=op.f('uq_template_note_outbox_id'))
    )
    op.create_index(op.f('ix_template_note_question_id'), 'template_note', ['question_id'], unique=False)
    op.create_table('untold',
    sa.Column('cause', sa.String(length=120), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_untold_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_untold_question_id_question')),
    sa.PrimaryKeyConstraint('cause', name=op.f('pk_untold'))
    )
    op.create_index(op.f('ix_untold_conversation_id'), 'untold', ['conversation_id'], unique=False)
    op.create_index('ix_untold_at', 'untold', ['at'], unique=False)
    op.add_column('conversation', sa.Column('window_from', moment, nullable=True))
    op.execute("UPDATE conversation SET window_from = last_inbound_at")
    op.add_column('outbox', sa.Column('held_at', moment, nullable=True))
    op.execute("UPDATE outbox SET held_at = next_at WHERE state = 'waiting'")
    failed = sa.text("state = 'failed'")
    op.create_index(
        'ix_outbox_failed', 'outbox', ['created_at'], unique=False,
        sqlite_where=failed, postgresql_where=failed,
    )


def downgrade() -> None:
    """Take this revision back; who was told by telephone counts as told."""
    op.execute("UPDATE outbox SET state = 'sent' WHERE state = 'told'")
    op.drop_index('ix_outbox_failed', table_name='outbox')
    op.drop_column('outbox', 'held_at')
    op.drop_column('conversation', 'window_from')
    op.drop_index('ix_untold_at', table_name='untold')
    op.drop_index(op.f('ix_untold_conversation_id'), table_name='untold')
    op.drop_table('untold')
    op.drop_index(op.f('ix_template_note_question_id'), table_name='template_note')
    op.drop_table('template_note')
    op.drop_table('progress')
    op.drop_table('phone')
