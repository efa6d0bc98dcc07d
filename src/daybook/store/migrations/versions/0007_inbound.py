"""What comes in: receivers, notifications, the reports that are followed, and how it is with the news of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hearing",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_since", sa.BigInteger(), nullable=True),
        sa.Column("silent_since", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("source IN ('walmart', 'amazon')", name=op.f("hearing_source_known")),
        sa.CheckConstraint("(missed = 0) = (missed_since IS NULL)", name=op.f("hearing_missed_has_since")),
        sa.CheckConstraint("silent_since IS NULL OR missed > 0", name=op.f("hearing_silent_has_missed")),
        sa.PrimaryKeyConstraint("seller_id", "source", name=op.f("hearing_pk")),
    )
    op.create_table(
        "inbound_event",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("inbound_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("receiver_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("event_time", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("source IN ('walmart', 'amazon')", name=op.f("inbound_event_source_known")),
        sa.CheckConstraint(
            "status IN ('MATCHED', 'UNMATCHED', 'KEPT', 'BAD')", name=op.f("inbound_event_status_known")
        ),
        sa.PrimaryKeyConstraint("seller_id", "inbound_id", name=op.f("inbound_event_pk")),
        sa.UniqueConstraint("seller_id", "source", "event_id"),
    )
    op.create_index("inbound_event_age", "inbound_event", ["received_at"], unique=False)
    op.create_index("inbound_event_of_status", "inbound_event", ["seller_id", "status", "inbound_id"], unique=False)
    op.create_index(
        "inbound_event_of_subject", "inbound_event", ["seller_id", "subject_id", "inbound_id"], unique=False
    )
    op.create_index("inbound_event_of_type", "inbound_event", ["seller_id", "event_type", "inbound_id"], unique=False)
    op.create_table(
        "followed_report",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("next_look_at", sa.BigInteger(), nullable=True),
        sa.Column("hinted_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'WAITING') = (ended_at IS NULL)", name=op.f("followed_report_ended_has_ended_at")
        ),
        sa.CheckConstraint("source IN ('walmart', 'amazon')", name=op.f("followed_report_source_known")),
        sa.CheckConstraint(
            "status <> 'WAITING' OR next_look_at IS NOT NULL", name=op.f("followed_report_waiting_has_next_look_at")
        ),
        sa.CheckConstraint(
            "status IN ('WAITING', 'READY', 'FAILED', 'LOST')", name=op.f("followed_report_status_known")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("followed_report_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "source", "report_id", name=op.f("followed_report_pk")),
    )
    op.create_index(
        "followed_report_age",
        "followed_report",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "followed_report_due",
        "followed_report",
        ["seller_id", "source", "next_look_at"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.create_index(
        "followed_report_of_status", "followed_report", ["seller_id", "status", "created_at", "report_id"], unique=False
    )
    op.create_index("followed_report_page", "followed_report", ["seller_id", "created_at", "report_id"], unique=False)
    op.create_table(
        "receiver",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("receiver_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("source IN ('walmart', 'amazon')", name=op.f("receiver_source_known")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("receiver_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "receiver_id", name=op.f("receiver_pk")),
        sa.UniqueConstraint("token_hash"),
    )
