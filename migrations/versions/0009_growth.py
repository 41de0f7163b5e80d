"""growth: indexes of the queue and of the desk's search

FTS5 keeps no words itself, it reads them from `question`; the triggers keep both alike. Whoever
rebuilds `question` on SQLite (batch mode) must create the triggers again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("bucket = 'open'")
_TOLD = "INSERT INTO question_search (rowid, folded) VALUES (new.id, new.folded)"
_UNTOLD = (
    "INSERT INTO question_search (question_search, rowid, folded)"
    " VALUES ('delete', old.id, old.folded)"
)
_TRIGGERS = {
    "question_search_insert": f"AFTER INSERT ON question BEGIN {_TOLD}; END",
    "question_search_delete": f"AFTER DELETE ON question BEGIN {_UNTOLD}; END",
    "question_search_update": f"AFTER UPDATE OF folded ON question BEGIN {_UNTOLD}; {_TOLD}; END",
}


def upgrade() -> None:
    """Apply this revision."""
    op.create_index("ix_question_bucket", "question", ["bucket", "id"])
    op.create_index(
        "ix_question_open",
        "question",
        ["due_at", "agency"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_question_search ON question"
            " USING gin (to_tsvector('simple'::regconfig, folded))"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE question_search"
        " USING fts5(folded, content='question', content_rowid='id', tokenize='unicode61')"
    )
    op.execute("INSERT INTO question_search (question_search) VALUES ('rebuild')")
    for name, body in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}")


def downgrade() -> None:
    """Take this revision back."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_question_search", "question")
    else:
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE question_search")
    op.drop_index("ix_question_open", "question")
    op.drop_index("ix_question_bucket", "question")
