"""Applications that are warned where others are refused."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("lenient", sa.Boolean(), nullable=False, server_default=sa.false()))
