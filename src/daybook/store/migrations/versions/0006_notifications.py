"""Destinations, subscriptions, deliveries with their attempts, and what of the ledger waits to be fanned out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "untold",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("event_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "event_sequence", name=op.f("untold_pk")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("event_sequence", sa.BigInteger(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("subject_status", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(status = 'WAITING') = (next_at IS NOT NULL)", name=op.f("delivery_waiting_has_next_at")),
        sa.CheckConstraint(
            "(status IN ('DELIVERED', 'FAILED', 'DROPPED')) = (finished_at IS NOT NULL)",
            name=op.f("delivery_finished_has_finished_at"),
        ),
        sa.CheckConstraint(
            "status IN ('WAITING', 'SENDING', 'DELIVERED', 'FAILED', 'DROPPED')", name=op.f("delivery_status_known")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("delivery_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "delivery_id", name=op.f("delivery_pk")),
        sa.UniqueConstraint("subscription_id", "event_sequence"),
    )
    op.create_index("delivery_age", "delivery", ["created_at"], unique=False)
    op.create_index(
        "delivery_due",
        "delivery",
        ["seller_id", "destination_id", "next_at", "event_sequence"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "delivery_of_destination", "delivery", ["seller_id", "destination_id", "status", "delivery_id"], unique=False
    )
    op.create_index("delivery_of_subject", "delivery", ["seller_id", "subject_id", "delivery_id"], unique=False)
    op.create_index("delivery_page", "delivery", ["seller_id", "status", "delivery_id"], unique=False)
    op.create_table(
        "destination",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("pauses", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(status = 'INACTIVE') = (reason IS NOT NULL)", name=op.f("destination_inactive_has_reason")
        ),
        sa.CheckConstraint("reason IN ('by_request', 'gone', 'failing')", name=op.f("destination_reason_known")),
        sa.CheckConstraint("status IN ('ACTIVE', 'INACTIVE')", name=op.f("destination_status_known")),
        sa.CheckConstraint("calls >= 1", name=op.f("destination_calls_positive")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("destination_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "destination_id", name=op.f("destination_pk")),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("send_by", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR (error IS NULL AND http_status IS NULL)",
            name=op.f("delivery_attempt_open_knows_nothing"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "delivery_id"],
            ["delivery.seller_id", "delivery.delivery_id"],
            ondelete="CASCADE",
            name=op.f("delivery_attempt_delivery_fk"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "delivery_id", "number", name=op.f("delivery_attempt_pk")),
    )
    op.create_index(
        "delivery_attempt_open",
        "delivery_attempt",
        ["seller_id", "destination_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "subscription",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("report_types", sa.Text(), nullable=False),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('ACTIVE', 'INACTIVE')", name=op.f("subscription_status_known")),
        sa.ForeignKeyConstraint(
            ["seller_id", "destination_id"],
            ["destination.seller_id", "destination.destination_id"],
            name=op.f("subscription_destination_fk"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "subscription_id", name=op.f("subscription_pk")),
    )
    op.create_index("event_of_seller", "event", ["seller_id", "sequence"], unique=False)
