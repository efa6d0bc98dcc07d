"""The tables of what comes in: receivers, notifications, followed reports and hearings; a part of the schema."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, Table, Text, UniqueConstraint

from daybook.store.schema import Instant, metadata, partial_index

receiver = Table(
    "receiver",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("receiver_id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("token_hash"),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("source IN ('walmart', 'amazon')", name="source_known"),
)

# What came in by a queue may be nobody's here: then its seller is empty. So there is no key to sellers.
inbound_event = Table(
    "inbound_event",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("inbound_id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("receiver_id", Text),
    Column("status", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("shape", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("event_time", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("report_type", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("seller_id", "source", "event_id"),
    CheckConstraint("source IN ('walmart', 'amazon')", name="source_known"),
    CheckConstraint("status IN ('MATCHED', 'UNMATCHED', 'KEPT', 'BAD')", name="status_known"),
)
Index("inbound_event_of_status", inbound_event.c.seller_id, inbound_event.c.status, inbound_event.c.inbound_id)
Index("inbound_event_of_subject", inbound_event.c.seller_id, inbound_event.c.subject_id, inbound_event.c.inbound_id)
Index("inbound_event_of_type", inbound_event.c.seller_id, inbound_event.c.event_type, inbound_event.c.inbound_id)
Index("inbound_event_age", inbound_event.c.received_at)

followed_report = Table(
    "followed_report",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("report_id", Text, primary_key=True),
    Column("report_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("looked_at", Instant),
    Column("next_look_at", Instant),
    Column("hinted_at", Instant),
    Column("ended_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("source IN ('walmart', 'amazon')", name="source_known"),
    CheckConstraint("status IN ('WAITING', 'READY', 'FAILED', 'LOST')", name="status_known"),
    CheckConstraint("(status = 'WAITING') = (ended_at IS NULL)", name="ended_has_ended_at"),
    CheckConstraint("status <> 'WAITING' OR next_look_at IS NOT NULL", name="waiting_has_next_look_at"),
)
partial_index(
    "followed_report_due",
    followed_report.c.seller_id,
    followed_report.c.source,
    followed_report.c.next_look_at,
    where="next_look_at IS NOT NULL",
)
Index("followed_report_page", followed_report.c.seller_id, followed_report.c.created_at, followed_report.c.report_id)
Index(
    "followed_report_of_status",
    followed_report.c.seller_id,
    followed_report.c.status,
    followed_report.c.created_at,
    followed_report.c.report_id,
)
partial_index("followed_report_age", followed_report.c.ended_at, where="ended_at IS NOT NULL")

hearing = Table(
    "hearing",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("missed", Integer, nullable=False),
    Column("missed_since", Instant),
    Column("silent_since", Instant),
    CheckConstraint("source IN ('walmart', 'amazon')", name="source_known"),
    CheckConstraint("(missed = 0) = (missed_since IS NULL)", name="missed_has_since"),
    CheckConstraint("silent_since IS NULL OR missed > 0", name="silent_has_missed"),
)
