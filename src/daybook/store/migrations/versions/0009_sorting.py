"""Indexes by which operations are sorted by the times of their attempts and answers, and unended reports by age."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIMES = {"operation_attempted": "attempted_at", "operation_completed": "completed_at"}


def upgrade() -> None:
    for name, column in _TIMES.items():
        there = sa.text(f"{column} IS NOT NULL")
        columns = ["number", "status", column, "line"]
        op.create_index(name, "operation", columns, sqlite_where=there, postgresql_where=there)
    unended = sa.text("finished_at IS NULL")
    op.create_index("report_unended", "report", ["created_at"], sqlite_where=unended, postgresql_where=unended)
