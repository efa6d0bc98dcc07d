"""What ended with an error code, in the order of time, so that a rare code is not looked for among all errors."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "operation_code_completed",
        "operation",
        ["number", "code", "completed_at", "line"],
        unique=False,
        sqlite_where=sa.text("code IS NOT NULL AND completed_at IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL AND completed_at IS NOT NULL"),
    )
