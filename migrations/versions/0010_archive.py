"""archive: bodies of old messages, by conversation and month"""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "message_archive",
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_message_archive_conversation_id_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "month", name=op.f("pk_message_archive")),
    )


def downgrade() -> None:
    """Take this revision back: what was packed stands in its rows again."""
    connection = op.get_bind()
    put = sa.text("UPDATE message SET text = :text, body = :body WHERE id = :id").bindparams(
        sa.bindparam("body", type_=sa.JSON)
    )
    for row in connection.execute(sa.text("SELECT packed FROM message_archive")).all():
        for number, text, body in json.loads(zlib.decompress(row.packed)):
            connection.execute(put, {"id": number, "text": text, "body": body})
    op.drop_table("message_archive")
