"""The tables of destinations, subscriptions and deliveries; a part of the schema."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from daybook.store.schema import Instant, metadata, partial_index

# Lines of the ledger that somebody may be subscribed to and that were not fanned out yet.
untold = Table(
    "untold",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("event_sequence", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

destination = Table(
    "destination",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("destination_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("sealed", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("failing_since", Instant),
    Column("warned_at", Instant),
    Column("paused_until", Instant),
    Column("pauses", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("status IN ('ACTIVE', 'INACTIVE')", name="status_known"),
    CheckConstraint("(status = 'INACTIVE') = (reason IS NOT NULL)", name="inactive_has_reason"),
    CheckConstraint("reason IN ('by_request', 'gone', 'failing')", name="reason_known"),
    CheckConstraint("calls >= 1", name="calls_positive"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("subscription_id", Text, primary_key=True),
    Column("destination_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("report_types", Text, nullable=False),
    Column("statuses", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    ForeignKeyConstraint(["seller_id", "destination_id"], ["destination.seller_id", "destination.destination_id"]),
    CheckConstraint("status IN ('ACTIVE', 'INACTIVE')", name="status_known"),
)

# Deliveries outlive their destination and their subscription, as the record of what was sent.
delivery = Table(
    "delivery",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("delivery_id", Text, primary_key=True),
    Column("destination_id", Text, nullable=False),
    Column("subscription_id", Text, nullable=False),
    Column("event_sequence", BigInteger),  # of what was sent to try a destination out there is no event
    Column("event_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("subject_status", Text, nullable=False),
    Column("report_type", Text),
    Column("number", Integer, nullable=False),
    Column("format", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant),
    sa.UniqueConstraint("subscription_id", "event_sequence"),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("status IN ('WAITING', 'SENDING', 'DELIVERED', 'FAILED', 'DROPPED')", name="status_known"),
    CheckConstraint("(status = 'WAITING') = (next_at IS NOT NULL)", name="waiting_has_next_at"),
    CheckConstraint(
        "(status IN ('DELIVERED', 'FAILED', 'DROPPED')) = (finished_at IS NOT NULL)", name="finished_has_finished_at"
    ),
)
partial_index(
    "delivery_due",
    delivery.c.seller_id,
    delivery.c.destination_id,
    delivery.c.next_at,
    delivery.c.event_sequence,
    where="next_at IS NOT NULL",
)
Index("delivery_page", delivery.c.seller_id, delivery.c.status, delivery.c.delivery_id)
Index(
    "delivery_of_destination",
    delivery.c.seller_id,
    delivery.c.destination_id,
    delivery.c.status,
    delivery.c.delivery_id,
)
Index("delivery_of_subject", delivery.c.seller_id, delivery.c.subject_id, delivery.c.delivery_id)
Index("delivery_age", delivery.c.created_at)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("delivery_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("destination_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("send_by", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("address", Text, nullable=False, server_default=""),
    Column("http_status", Integer),
    Column("milliseconds", Integer),
    Column("error", Text),
    Column("detail", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    ForeignKeyConstraint(
        ["seller_id", "delivery_id"], ["delivery.seller_id", "delivery.delivery_id"], ondelete="CASCADE"
    ),
    CheckConstraint("ended_at IS NOT NULL OR (error IS NULL AND http_status IS NULL)", name="open_knows_nothing"),
)
partial_index(
    "delivery_attempt_open",
    delivery_attempt.c.seller_id,
    delivery_attempt.c.destination_id,
    where="ended_at IS NULL",
)
