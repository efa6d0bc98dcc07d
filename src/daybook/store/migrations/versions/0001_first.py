"""The first schema: accounts, reports, schedules, documents, items, the ledger, lanes, buckets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("scope IN ('seller', 'operator')", name=op.f("application_scope_known")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("application_pk")),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "event",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("event_pk")),
        sqlite_autoincrement=True,
    )
    op.create_index("event_of", "event", ["seller_id", "subject", "subject_id", "sequence"], unique=False)
    op.create_table(
        "lane",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("class", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True).with_variant(sa.Double(), "sqlite"), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True).with_variant(sa.Double(), "sqlite"), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True).with_variant(sa.Double(), "sqlite"), nullable=True),
        sa.Column("token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(worker IS NULL) = (lease_until IS NULL)", name=op.f("lane_held_has_lease")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("lane_pk")),
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_threshold": 1000},
        sqlite_with_rowid=False,
    )
    op.create_index(
        "lane_due",
        "lane",
        ["class", "due_at", "kind"],
        unique=False,
        sqlite_where=sa.text("worker IS NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("worker IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "lane_held",
        "lane",
        ["kind", "key"],
        unique=False,
        sqlite_where=sa.text("worker IS NOT NULL"),
        postgresql_where=sa.text("worker IS NOT NULL"),
    )
    op.create_table(
        "seller",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", name=op.f("seller_pk")),
    )
    op.create_table(
        "authorisation",
        sa.Column("authorisation_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("refresh_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["application.client_id"], name=op.f("authorisation_application_fk")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("authorisation_seller_fk")),
        sa.PrimaryKeyConstraint("authorisation_id", name=op.f("authorisation_pk")),
        sa.UniqueConstraint("refresh_hash"),
    )
    op.create_index(
        "authorisation_live",
        "authorisation",
        ["client_id", "seller_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "document",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("compression", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("compression IS NULL OR compression = 'GZIP'", name=op.f("document_compression_known")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("document_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "document_id", name=op.f("document_pk")),
        sa.UniqueConstraint("object_name"),
    )
    op.create_index("document_expiry", "document", ["expires_at"], unique=False)
    op.create_table(
        "item",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("marketplace_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("listing_id", sa.Text(), server_default="", nullable=False),
        sa.Column("product_id", sa.Text(), server_default="", nullable=False),
        sa.Column("product_id_type", sa.Text(), server_default="", nullable=False),
        sa.Column("asin", sa.Text(), server_default="", nullable=False),
        sa.Column("condition", sa.Text(), server_default="", nullable=False),
        sa.Column("image_url", sa.Text(), server_default="", nullable=False),
        sa.Column("fulfilment_channel", sa.Text(), server_default="", nullable=False),
        sa.Column("shipping_group", sa.Text(), server_default="", nullable=False),
        sa.Column("brand", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('Active', 'Inactive')", name=op.f("item_status_known")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("item_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "marketplace_id", "sku", name=op.f("item_pk")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("marketplace_ids", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("data_start", sa.BigInteger(), nullable=False),
        sa.Column("data_end", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("schedule_id", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(status IN ('DONE', 'CANCELLED', 'FATAL')) = (finished_at IS NOT NULL)",
            name=op.f("report_finished_has_finished_at"),
        ),
        sa.CheckConstraint(
            "outcome IN ('data', 'no_data', 'cancelled_by_request', 'cancelled_upstream', 'too_soon', 'failed')",
            name=op.f("report_outcome_known"),
        ),
        sa.CheckConstraint("status <> 'DONE' OR document_id IS NOT NULL", name=op.f("report_done_has_document")),
        sa.CheckConstraint(
            "status <> 'IN_PROGRESS' OR started_at IS NOT NULL", name=op.f("report_in_progress_has_started_at")
        ),
        sa.CheckConstraint("status <> 'IN_QUEUE' OR started_at IS NULL", name=op.f("report_in_queue_has_not_started")),
        sa.CheckConstraint(
            "status IN ('IN_QUEUE', 'IN_PROGRESS', 'DONE', 'CANCELLED', 'FATAL')", name=op.f("report_status_known")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (finished_at IS NULL)", name=op.f("report_finished_has_outcome")),
        sa.CheckConstraint("data_start <= data_end", name=op.f("report_range_in_order")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("report_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "report_id", name=op.f("report_pk")),
    )
    op.create_index(
        "report_age",
        "report",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "report_one_in_progress",
        "report",
        ["seller_id", "report_type"],
        unique=True,
        sqlite_where=sa.text("status = 'IN_PROGRESS'"),
        postgresql_where=sa.text("status = 'IN_PROGRESS'"),
    )
    op.create_index(
        "report_page", "report", ["seller_id", "report_type", "status", "created_at", "report_id"], unique=False
    )
    op.create_table(
        "report_schedule",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("schedule_id", sa.Text(), nullable=False),
        sa.Column("report_type", sa.Text(), nullable=False),
        sa.Column("schedule_group", sa.Text(), nullable=False),
        sa.Column("marketplace_ids", sa.Text(), nullable=False),
        sa.Column("marketplace_set", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("anchor_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("covered_until", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("report_schedule_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "schedule_id", name=op.f("report_schedule_pk")),
    )
    op.create_index(
        "report_schedule_due",
        "report_schedule",
        ["seller_id", "next_at"],
        unique=False,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_index(
        "report_schedule_live",
        "report_schedule",
        ["seller_id", "schedule_group", "marketplace_set"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "seller_marketplace",
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("marketplace_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.seller_id"], name=op.f("seller_marketplace_seller_fk")),
        sa.PrimaryKeyConstraint("seller_id", "marketplace_id", name=op.f("seller_marketplace_pk")),
    )
    op.create_table(
        "usage_plan",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.CheckConstraint("burst >= 1", name=op.f("usage_plan_burst_positive")),
        sa.CheckConstraint("rate > 0", name=op.f("usage_plan_rate_positive")),
        sa.ForeignKeyConstraint(["client_id"], ["application.client_id"], name=op.f("usage_plan_application_fk")),
        sa.PrimaryKeyConstraint("client_id", "seller_id", "operation", name=op.f("usage_plan_pk")),
    )
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("authorisation_id", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'seller') = (authorisation_id IS NOT NULL)",
            name=op.f("access_token_seller_scope_has_authorisation"),
        ),
        sa.ForeignKeyConstraint(
            ["authorisation_id"], ["authorisation.authorisation_id"], name=op.f("access_token_authorisation_fk")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["application.client_id"], name=op.f("access_token_application_fk")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("access_token_pk")),
    )
    op.create_index("access_token_expiry", "access_token", ["expires_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":  # on SQLite the buckets have a file of their own
        op.execute(
            """
            CREATE UNLOGGED TABLE bucket (
              operation text NOT NULL, seller_id text NOT NULL, client_id text NOT NULL,
              tokens float8 NOT NULL, filled_at float8 NOT NULL,
              PRIMARY KEY (operation, seller_id, client_id))"""
        )
