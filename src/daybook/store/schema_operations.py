"""The tables of batches and operations; a part of the schema."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from daybook.store.schema import Instant, Ordered, RowNumber, metadata, partial_index

batch = Table(
    "batch",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("seller_id", Text, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("parent_id", Text),
    Column("idempotency_key", Text),
    Column("digest", Text),
    Column("operations", BigInteger, nullable=False),
    Column("start_at", Instant),
    Column("queued_at", Instant, nullable=False),
    Column("progress_at", Instant, nullable=False),
    Column("served_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("stalled_at", Instant),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("status IN ('receiving', 'running', 'paused', 'ended', 'abandoned')", name="status_known"),
    CheckConstraint("(status IN ('ended', 'abandoned')) = (ended_at IS NOT NULL)", name="ended_has_ended_at"),
    CheckConstraint("made_by IN ('submission', 'undo', 'rebuild')", name="made_by_known"),
    CheckConstraint("queued_at <= progress_at", name="times_in_order"),
    sqlite_autoincrement=True,
)
Index("batch_id_of", batch.c.seller_id, batch.c.batch_id, unique=True)
Index("batch_of_seller", batch.c.seller_id, batch.c.number)
partial_index(
    "batch_key_of", batch.c.seller_id, batch.c.idempotency_key, where="idempotency_key IS NOT NULL", unique=True
)
partial_index("batch_running", batch.c.seller_id, batch.c.served_at, where="status = 'running'")
partial_index("batch_unended", batch.c.status, batch.c.queued_at, where="ended_at IS NULL")
partial_index("batch_ended", batch.c.status, batch.c.ended_at, where="ended_at IS NOT NULL")

# `number` is the batch's and `line` the record's in its file. Neither this table nor the next has a foreign key: every
# one of a million rows would be checked by it, and rows come and go with their batch alone.
operation = Table(
    "operation",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("seller_id", Text, nullable=False),
    Column("marketplace_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Ordered, nullable=False),
    Column("body", Text, nullable=False),
    Column("before", Text),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("message", Text),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("attempted_at", Instant),
    Column("completed_at", Instant),
    Column("due_at", Instant),
    CheckConstraint(
        "status IN ('queued', 'held', 'throttled', 'sending', 'uncertain', 'accepted', 'success', 'invalid', "
        "'rejected', 'cancelled')",
        name="status_known",
    ),
    CheckConstraint("(attempts = 0) = (attempted_at IS NULL)", name="attempted_has_attempted_at"),
    CheckConstraint(
        "(status IN ('success', 'rejected')) = (completed_at IS NOT NULL)", name="answered_has_completed_at"
    ),
    CheckConstraint("attempted_at <= completed_at", name="times_in_order"),
    CheckConstraint(
        "status NOT IN ('invalid', 'rejected', 'cancelled', 'held', 'uncertain', 'throttled') OR code IS NOT NULL",
        name="error_has_code",
    ),
    CheckConstraint("status <> 'success' OR code IS NULL", name="success_has_no_code"),
    CheckConstraint("status NOT IN ('throttled', 'uncertain', 'accepted') OR due_at IS NOT NULL", name="waits_until"),
    sqlite_with_rowid=False,
)
Index("operation_state", operation.c.number, operation.c.status, operation.c.kind, operation.c.line)
Index("operation_reference", operation.c.seller_id, operation.c.reference, operation.c.number, operation.c.line)
partial_index("operation_code", operation.c.number, operation.c.code, operation.c.line, where="code IS NOT NULL")
partial_index("operation_due", operation.c.number, operation.c.status, operation.c.due_at, where="due_at IS NOT NULL")
partial_index(
    "operation_attempted",
    operation.c.number,
    operation.c.status,
    operation.c.attempted_at,
    operation.c.line,
    where="attempted_at IS NOT NULL",
)
partial_index(
    "operation_completed",
    operation.c.number,
    operation.c.status,
    operation.c.completed_at,
    operation.c.line,
    where="completed_at IS NOT NULL",
)
partial_index(
    "operation_code_completed",
    operation.c.number,
    operation.c.code,
    operation.c.completed_at,
    operation.c.line,
    where="code IS NOT NULL AND completed_at IS NOT NULL",
)

# One row for each time an operation left the house: an operation's history.
attempt = Table(
    "attempt",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("attempted_at", Instant, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text),
    Column("message", Text),
    Column("http_status", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("submission_id", Text, nullable=False),
    Column("issues", Text),
    CheckConstraint(
        "outcome IN ('live', 'accepted', 'invalid', 'throttled', 'fault', 'unreachable', 'uncertain')",
        name="outcome_known",
    ),
    CheckConstraint("attempted_at <= answered_at", name="times_in_order"),
    sqlite_with_rowid=False,
)

batch_count = Table(
    "batch_count",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("code", Text, primary_key=True),  # empty: none
    Column("count", BigInteger, nullable=False),
    ForeignKeyConstraint(["number"], ["batch.number"]),
    CheckConstraint("count >= 0", name="count_not_negative"),
    sqlite_with_rowid=False,
)

# How it is with a seller's calls to one operation of the marketplace: the tokens, and until when it waits.
sending = Table(
    "sending",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("tokens", sa.Double, nullable=False),
    Column("filled_at", Instant, nullable=False),
    Column("blocked_until", Instant),
    Column("send_by", Instant),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)

sending_stop = Table(
    "sending_stop",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("stopped_at", Instant, nullable=False),
    Column("stopped_by", Text, nullable=False),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)

price_guard = Table(
    "price_guard",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("currency", Text, primary_key=True),  # empty: every currency that has none of its own
    Column("floor", Text),
    Column("ceiling", Text),
    Column("change", Text),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)
