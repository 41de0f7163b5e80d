"""learning"""

import sqlalchemy as sa
from alembic import op

import bot.tables.base


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    moment = bot.tables.base.Moment(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('entry', sa.Column('created_at', moment, nullable=True))
    op.add_column('entry_version', sa.Column('state', sa.String(length=10), nullable=True))
    op.add_column('alias', sa.Column('decided_by', sa.String(length=80), nullable=True))
    op.add_column('alias', sa.Column('decided_at', moment, nullable=True))
    op.create_table('alias_asker',
    sa.Column('alias_id', number, nullable=False),
    sa.Column('conversation_id', number, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['alias_id'], ['alias.id'], name=op.f('fk_alias_asker_alias_id_alias')),
    sa.PrimaryKeyConstraint('alias_id', 'conversation_id', name=op.f('pk_alias_asker'))
    )
    op.create_table('learned_model',
    sa.Column('id', number, nullable=False),
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('weights', sa.JSON(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=80), nullable=False),
    sa.Column('made_at', moment, nullable=False),
    sa.Column('activated_at', moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learned_model')),
    sa.UniqueConstraint('version', name=op.f('uq_learned_model_version'))
    )
    op.create_table('knowledge_file',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('complete', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('rows', sa.Integer(), server_default='0', nullable=False),
    sa.Column('preview', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.Column('seen_at', moment, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_file'))
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table('knowledge_file')
    op.drop_table('learned_model')
    op.drop_table('alias_asker')
    for table, column in (
        ('alias', 'decided_at'),
        ('alias', 'decided_by'),
        ('entry_version', 'state'),
        ('entry', 'created_at'),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
