"""The tables, their invariants and their indexes: one schema for both databases.

Instants are whole microseconds since 1970 UTC in a BIGINT (exact, ordered, the same everywhere); lists of ids are text
with a comma before and after each (`,A,B,`); objects are JSON text. An index stands here because a named query needs
it.
"""

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, Table, Text

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(referred_table_name)s_fk",
        "ck": "%(table_name)s_%(constraint_name)s",
    }
)

# SQLite numbers rows by itself only where the key is declared INTEGER.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")
Instant = BigInteger
# Ordered by code points on both databases, whatever the language of the server.
Ordered = Text().with_variant(Text(collation="C"), "postgresql")


def partial_index(
    name: str, *columns: Column[object] | sa.ColumnElement[object], where: str, unique: bool = False
) -> Index:
    """An index of the rows for which the condition holds."""
    return Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


seller = Table(
    "seller",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

seller_marketplace = Table(
    "seller_marketplace",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("marketplace_id", Text, primary_key=True),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)

application = Table(
    "application",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("lenient", sa.Boolean(), nullable=False, server_default=sa.false()),
    CheckConstraint("scope IN ('seller', 'operator')", name="scope_known"),
)

authorisation = Table(
    "authorisation",
    metadata,
    Column("authorisation_id", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("seller_id", Text, nullable=False),
    Column("refresh_hash", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    ForeignKeyConstraint(["client_id"], ["application.client_id"]),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)
partial_index(
    "authorisation_live", authorisation.c.client_id, authorisation.c.seller_id, where="revoked_at IS NULL", unique=True
)

access_token = Table(
    "access_token",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("authorisation_id", Text),
    Column("scope", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    ForeignKeyConstraint(["client_id"], ["application.client_id"]),
    ForeignKeyConstraint(["authorisation_id"], ["authorisation.authorisation_id"]),
    CheckConstraint("(scope = 'seller') = (authorisation_id IS NOT NULL)", name="seller_scope_has_authorisation"),
)
Index("access_token_expiry", access_token.c.expires_at)

usage_plan = Table(
    "usage_plan",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seller_id", Text, primary_key=True),  # empty: every seller of the application
    Column("operation", Text, primary_key=True),
    Column("rate", sa.Double, nullable=False),
    Column("burst", Integer, nullable=False),
    ForeignKeyConstraint(["client_id"], ["application.client_id"]),
    CheckConstraint("rate > 0", name="rate_positive"),
    CheckConstraint("burst >= 1", name="burst_positive"),
)

report = Table(
    "report",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("report_id", Text, primary_key=True),
    Column("report_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome", Text),
    Column("evidence", Text),
    Column("marketplace_ids", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("data_start", Instant, nullable=False),
    Column("data_end", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("schedule_id", Text),
    Column("client_id", Text),
    Column("document_id", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("status IN ('IN_QUEUE', 'IN_PROGRESS', 'DONE', 'CANCELLED', 'FATAL')", name="status_known"),
    CheckConstraint(
        "(status IN ('DONE', 'CANCELLED', 'FATAL')) = (finished_at IS NOT NULL)", name="finished_has_finished_at"
    ),
    CheckConstraint("(outcome IS NULL) = (finished_at IS NULL)", name="finished_has_outcome"),
    CheckConstraint(
        "outcome IN ('data', 'no_data', 'cancelled_by_request', 'cancelled_upstream', 'too_soon', 'failed')",
        name="outcome_known",
    ),
    CheckConstraint("status <> 'DONE' OR document_id IS NOT NULL", name="done_has_document"),
    CheckConstraint("status <> 'IN_PROGRESS' OR started_at IS NOT NULL", name="in_progress_has_started_at"),
    CheckConstraint("status <> 'IN_QUEUE' OR started_at IS NULL", name="in_queue_has_not_started"),
    CheckConstraint("data_start <= data_end", name="range_in_order"),
)
Index(
    "report_page",
    report.c.seller_id,
    report.c.report_type,
    report.c.status,
    report.c.created_at,
    report.c.report_id,
)
partial_index(
    "report_one_in_progress",
    report.c.seller_id,
    report.c.report_type,
    where="status = 'IN_PROGRESS'",
    unique=True,
)
# Partial, so that no plan walks the reports of every seller, newest first, to fill one seller's page.
partial_index("report_age", report.c.created_at, where="finished_at IS NOT NULL")
partial_index("report_unended", report.c.created_at, where="finished_at IS NULL")

report_schedule = Table(
    "report_schedule",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("schedule_id", Text, primary_key=True),
    Column("report_type", Text, nullable=False),
    Column("schedule_group", Text, nullable=False),
    Column("marketplace_ids", Text, nullable=False),
    Column("marketplace_set", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("anchor_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("covered_until", Instant, nullable=False),
    Column("client_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
)
partial_index(
    "report_schedule_live",
    report_schedule.c.seller_id,
    report_schedule.c.schedule_group,
    report_schedule.c.marketplace_set,
    where="cancelled_at IS NULL",
    unique=True,
)
partial_index(
    "report_schedule_due",
    report_schedule.c.seller_id,
    report_schedule.c.next_at,
    where="cancelled_at IS NULL",
)

document = Table(
    "document",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("report_id", Text, nullable=False),
    Column("object_name", Text, nullable=False, unique=True),
    Column("content_type", Text, nullable=False),
    Column("compression", Text),
    Column("size", BigInteger, nullable=False),
    Column("content_size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("compression IS NULL OR compression = 'GZIP'", name="compression_known"),
)
Index("document_expiry", document.c.expires_at)

item = Table(
    "item",
    metadata,
    Column("seller_id", Text, primary_key=True),
    Column("marketplace_id", Text, primary_key=True),
    Column("sku", Ordered, primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("price", Text),
    Column("currency", Text, nullable=False, server_default=""),
    Column("quantity", BigInteger),
    Column("listing_id", Text, nullable=False, server_default=""),
    Column("product_id", Text, nullable=False, server_default=""),
    Column("product_id_type", Text, nullable=False, server_default=""),
    Column("asin", Text, nullable=False, server_default=""),
    Column("condition", Text, nullable=False, server_default=""),
    Column("image_url", Text, nullable=False, server_default=""),
    Column("fulfilment_channel", Text, nullable=False, server_default=""),
    Column("shipping_group", Text, nullable=False, server_default=""),
    Column("brand", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    ForeignKeyConstraint(["seller_id"], ["seller.seller_id"]),
    CheckConstraint("status IN ('Active', 'Inactive')", name="status_known"),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("sequence", RowNumber, primary_key=True, autoincrement=True),
    Column("seller_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("from_status", Text),
    Column("to_status", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
Index("event_of", event.c.seller_id, event.c.subject, event.c.subject_id, event.c.sequence)
Index("event_of_seller", event.c.seller_id, event.c.sequence)

# A removed scenario keeps its row, without content, so that the largest edition tells every process of each change.
scenario = Table(
    "scenario",
    metadata,
    Column("seller_id", Text, primary_key=True),  # or `*`
    Column("report_type", Text, primary_key=True),  # or `*`
    Column("content", Text),
    Column("edition", BigInteger, nullable=False, unique=True),
    Column("put_at", Instant, nullable=False),
    Column("put_by", Text, nullable=False),
)

scenario_count = Table(
    "scenario_count",
    metadata,
    Column("edition", Text, primary_key=True),
    Column("seller_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

# Times of lanes are the database's own on PostgreSQL, so that workers on many machines share one clock.
_LaneTime = sa.DateTime(timezone=True).with_variant(sa.Double(), "sqlite")

lane = Table(
    "lane",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("class", sa.SmallInteger, nullable=False, server_default="1"),
    Column("due_at", _LaneTime),
    Column("not_before", _LaneTime),
    Column("worker", Text),
    Column("lease_until", _LaneTime),
    Column("token", BigInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    CheckConstraint("(worker IS NULL) = (lease_until IS NULL)", name="held_has_lease"),
    # Claim and release touch indexed columns; room in the page keeps renewals, which do not, free of index writes.
    postgresql_with={
        "fillfactor": 70,
        "autovacuum_vacuum_scale_factor": 0.02,
        "autovacuum_vacuum_threshold": 1000,
    },
    sqlite_with_rowid=False,
)
partial_index("lane_due", lane.c["class"], lane.c.due_at, lane.c.kind, where="worker IS NULL AND due_at IS NOT NULL")
partial_index("lane_held", lane.c.kind, lane.c.key, where="worker IS NOT NULL")
