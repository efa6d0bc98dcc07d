"""Batches of operations, their attempts and counts, and how it is with each seller's sending."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("progress_at", sa.BigInteger(), nullable=False),
        sa.Column("served_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("stalled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('ended', 'abandoned')) = (ended_at IS NOT NULL)", name=op.f("batch_ended_has_ended_at")
        ),
        sa.CheckConstraint("made_by IN ('submission', 'undo', 'rebuild')", name=op.f("batch_made_by_known")),
        sa.CheckConstraint(
            "status IN ('receiving', 'running', 'paused', 'ended', 'abandoned')", name=op.f("batch_status_known")
        ),
        sa.CheckConstraint("queued_at <= progress_at", name=op.f("batch_times_in_order")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("batch_seller_fk")),
        sa.PrimaryKeyConstraint("number", name=op.f("batch_pk")),
        sqlite_autoincrement=True,
    )
    op.create_index("batch_id_of", "batch", ["seller_id", "batch_id"], unique=True)
    op.create_index(
        "batch_key_of",
        "batch",
        ["seller_id", "idempotency_key"],
        unique=True,
        sqlite_where=sa.text("idempotency_key IS NOT NULL"),
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "batch_running",
        "batch",
        ["seller_id", "served_at"],
        unique=False,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "batch_unended",
        "batch",
        ["status", "queued_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "price_guard",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), nullable=True),
        sa.Column("ceiling", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("price_guard_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "currency", name=op.f("price_guard_pk")),
    )
    op.create_table(
        "sending",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=True),
        sa.Column("send_by", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("sending_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "operation", name=op.f("sending_pk")),
    )
    op.create_table(
        "sending_stop",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("sending_stop_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", name=op.f("sending_stop_pk")),
    )
    op.create_table(
        "attempt",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Text(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('live', 'accepted', 'invalid', 'throttled', 'fault', 'unreachable', 'uncertain')",
            name=op.f("attempt_outcome_known"),
        ),
        sa.CheckConstraint("attempted_at <= answered_at", name=op.f("attempt_times_in_order")),
        sa.PrimaryKeyConstraint("number", "line", "attempt", name=op.f("attempt_pk")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batch_count",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("batch_count_count_not_negative")),
        sa.ForeignKeyConstraint(["number"], ["batch.number"], name=op.f("batch_count_batch_fk")),
        sa.PrimaryKeyConstraint("number", "kind", "status", "code", name=op.f("batch_count_pk")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operation",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("marketplace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('success', 'rejected')) = (completed_at IS NOT NULL)",
            name=op.f("operation_answered_has_completed_at"),
        ),
        sa.CheckConstraint("status <> 'success' OR code IS NULL", name=op.f("operation_success_has_no_code")),
        sa.CheckConstraint(
            "status IN ('queued', 'held', 'throttled', 'sending', 'uncertain', "
            "'accepted', 'success', 'invalid', 'rejected', 'cancelled')",
            name=op.f("operation_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('invalid', 'rejected', 'cancelled', 'held', 'uncertain', 'throttled') OR code IS NOT NULL",
            name=op.f("operation_error_has_code"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('throttled', 'uncertain', 'accepted') OR due_at IS NOT NULL",
            name=op.f("operation_waits_until"),
        ),
        sa.CheckConstraint(
            "(attempts = 0) = (attempted_at IS NULL)", name=op.f("operation_attempted_has_attempted_at")
        ),
        sa.CheckConstraint("attempted_at <= completed_at", name=op.f("operation_times_in_order")),
        sa.PrimaryKeyConstraint("number", "line", name=op.f("operation_pk")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "operation_code",
        "operation",
        ["number", "code", "line"],
        unique=False,
        sqlite_where=sa.text("code IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_index(
        "operation_due",
        "operation",
        ["number", "status", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("operation_reference", "operation", ["seller_id", "reference", "number", "line"], unique=False)
    op.create_index("operation_state", "operation", ["number", "status", "kind", "line"], unique=False)
