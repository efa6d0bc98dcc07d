"""Practice scenarios that operators put, and how often what they speak of has happened."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.Column("put_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "report_type", name=op.f("scenario_pk")),
        sa.UniqueConstraint("edition"),
    )
    op.create_table(
        "scenario_count",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "seller_id", "subject", name=op.f("scenario_count_pk")),
    )
