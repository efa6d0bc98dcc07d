"""The schema: what the migrations build is what the code describes, and its rules bite."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from daybook.store import schema
from daybook.store.schema import metadata
from daybook.store.store import Store

REPORT: dict[str, Any] = {
    "seller_id": "S", "report_id": "1", "report_type": "GET_X", "status": "IN_QUEUE", "marketplace_ids": ",M,",
    "options": "{}", "data_start": 0, "data_end": 0, "created_at": 0,
}  # fmt: skip
STARTED = {"status": "IN_PROGRESS", "started_at": 1}
DONE = {"status": "DONE", "started_at": 1, "finished_at": 2, "outcome": "data", "document_id": "D"}
SCHEDULE: dict[str, Any] = {
    "seller_id": "S", "schedule_id": "1", "report_type": "GET_X", "schedule_group": "GET_X", "marketplace_ids": ",M,",
    "marketplace_set": ",M,", "options": "{}", "period": "PT5M", "anchor_at": 0, "next_at": 0, "covered_until": 0,
    "created_at": 0,
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "seller_id": "S", "document_id": "1", "report_id": "1", "object_name": "o", "content_type": "text/plain",
    "compression": "GZIP", "size": 1, "content_size": 1, "sha256": "", "created_at": 0, "expires_at": 0,
}  # fmt: skip
AUTHORISATION: dict[str, Any] = {
    "authorisation_id": "1", "client_id": "C", "seller_id": "S", "refresh_hash": "1", "created_at": 0,
}  # fmt: skip
TOKEN: dict[str, Any] = {
    "token_hash": "1", "client_id": "C", "authorisation_id": None, "scope": "operator", "issued_at": 0, "expires_at": 0,
}  # fmt: skip
ITEM: dict[str, Any] = {
    "seller_id": "S", "marketplace_id": "M", "sku": "1", "status": "Active", "opened_at": 0, "updated_at": 0,
}  # fmt: skip
PLAN: dict[str, Any] = {"client_id": "C", "seller_id": "", "operation": "getReport", "rate": 1.0, "burst": 1}
LANE: dict[str, Any] = {"kind": "work", "key": "A"}


@pytest.fixture
def connection(store: Store) -> Iterator[sa.Connection]:
    """A transaction in which there is a seller and an application."""
    with store.transaction() as tx:
        tx.connection.execute(schema.seller.insert().values(seller_id="S", name="S", created_at=0))
        application = {"client_id": "C", "name": "app", "scope": "seller", "secret_hash": "", "created_at": 0}
        tx.connection.execute(schema.application.insert().values(application))
        yield tx.connection


def accepts(connection: sa.Connection, table: sa.Table, *rows: dict[str, Any]) -> None:
    for row in rows:
        connection.execute(table.insert().values(row))


def refuses(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> str:
    """What the database says against the row."""
    with pytest.raises(sa.exc.IntegrityError) as refused, connection.begin_nested():
        connection.execute(table.insert().values(row))
    return str(refused.value.orig)


# The migrations


# What each database knows of its tables, columns, indexes and rules, in its own words.
DESCRIPTIONS = {
    "sqlite": ["SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
    "postgresql": [
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
           FROM information_schema.columns WHERE table_schema = 'public'""",
        """SELECT relname, reloptions::text FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'""",
    ],
}
NOT_DESCRIBED = ("alembic_version", "bucket")
_PARTS = re.compile(r"\n|, (?=\w+ (?:BIGINT|BOOLEAN|DOUBLE|INTEGER|TEXT))")


def described(connection: sa.Connection) -> list[str]:
    """Every table, column, index and rule, sorted."""
    rows = [row for statement in DESCRIPTIONS[connection.dialect.name] for row in connection.exec_driver_sql(statement)]
    return sorted(str([_words(value) for value in row]) for row in rows if row[0] not in NOT_DESCRIBED)


def _words(value: object) -> object:
    """Tables are the same whatever the order in which their parts stand, and a column that SQLite adds has no line."""
    return sorted(part.strip(" ,()\t") for part in _PARTS.split(value)) if isinstance(value, str) else value


def test_the_migrations_build_what_the_code_describes(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": lambda name, *_: name != "bucket"})

        assert compare_metadata(context, metadata) == []


def test_its_rules_and_partial_indexes_are_those_too(store: Store, empty: sa.Engine) -> None:
    metadata.create_all(empty)

    with store.engine.connect() as migrated, empty.connect() as created:
        assert described(migrated) == described(created)


@pytest.fixture
def empty(request: pytest.FixtureRequest, store: Store) -> Iterator[sa.Engine]:
    """A database of the same kind without a schema."""
    if store.engine.dialect.name == "sqlite":
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    else:
        engine = sa.create_engine(request.getfixturevalue("postgres_own_url").replace("://", "+psycopg://"))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    yield engine
    engine.dispose()


def test_skus_are_ordered_by_code_points_whatever_the_language_of_the_server(postgres_store: Store) -> None:
    """As SQLite orders them: B comes before a."""
    of_sku = sa.select(sa.func.pg_collation_for(schema.item.c.sku)).select_from(schema.item)
    with postgres_store.transaction() as tx:
        accepts(tx.connection, schema.seller, {"seller_id": "S", "name": "S", "created_at": 0})
        accepts(tx.connection, schema.item, ITEM)
        assert tx.connection.execute(of_sku).scalar_one() == '"C"'


# Reports


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"status": "READY"}, "report_status_known"),
        (STARTED | {"status": "CANCELLED", "outcome": "no_data"}, "report_finished_has_finished_at"),
        (STARTED | {"finished_at": 2, "outcome": "data"}, "report_finished_has_finished_at"),
        (DONE | {"outcome": None}, "report_finished_has_outcome"),
        (STARTED | {"outcome": "data"}, "report_finished_has_outcome"),
        (DONE | {"outcome": "splendid"}, "report_outcome_known"),
        (DONE | {"document_id": None}, "report_done_has_document"),
        ({"status": "IN_PROGRESS"}, "report_in_progress_has_started_at"),
        ({"started_at": 1}, "report_in_queue_has_not_started"),
        ({"data_start": 2, "data_end": 1}, "report_range_in_order"),
    ],
)
def test_a_report_that_cannot_be_is_refused(connection: sa.Connection, row: dict[str, Any], rule: str) -> None:
    assert rule in refuses(connection, schema.report, REPORT | row)


def test_reports_that_can_be_are_kept(connection: sa.Connection) -> None:
    ended = {"finished_at": 2, "started_at": 1}
    accepts(
        connection,
        schema.report,
        REPORT,
        REPORT | STARTED | {"report_id": "2"},
        REPORT | DONE | {"report_id": "3"},
        REPORT | {"report_id": "4", "status": "CANCELLED", "finished_at": 2, "outcome": "cancelled_by_request"},
        REPORT | ended | {"report_id": "5", "status": "FATAL", "outcome": "failed"},
    )


def test_one_report_of_a_type_is_in_progress_per_seller(connection: sa.Connection) -> None:
    accepts(connection, schema.seller, {"seller_id": "T", "name": "T", "created_at": 0})
    accepts(connection, schema.report, REPORT | STARTED, REPORT | DONE | {"report_id": "2"})

    refuses(connection, schema.report, REPORT | STARTED | {"report_id": "3"})

    accepts(
        connection,
        schema.report,
        REPORT | STARTED | {"report_id": "4", "report_type": "GET_Y"},
        REPORT | STARTED | {"seller_id": "T"},
    )


# Schedules, documents, accounts, items, lanes


def test_one_schedule_of_a_group_lives_per_seller_and_set_of_marketplaces(connection: sa.Connection) -> None:
    accepts(connection, schema.report_schedule, SCHEDULE, SCHEDULE | {"schedule_id": "2", "cancelled_at": 1})

    refuses(connection, schema.report_schedule, SCHEDULE | {"schedule_id": "3"})

    accepts(
        connection,
        schema.report_schedule,
        SCHEDULE | {"schedule_id": "4", "marketplace_set": ",M,N,"},
        SCHEDULE | {"schedule_id": "5", "schedule_group": "GET_Y"},
    )


def test_one_authorisation_of_an_application_lives_per_seller(connection: sa.Connection) -> None:
    revoked = AUTHORISATION | {"authorisation_id": "2", "refresh_hash": "2", "revoked_at": 1}
    accepts(connection, schema.authorisation, AUTHORISATION, revoked)

    refuses(connection, schema.authorisation, AUTHORISATION | {"authorisation_id": "3", "refresh_hash": "3"})


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (schema.document, DOCUMENT | {"document_id": "2"}),
        (schema.authorisation, AUTHORISATION | {"authorisation_id": "2", "revoked_at": 1}),
        (schema.application, {"client_id": "D", "name": "app", "scope": "seller", "secret_hash": "", "created_at": 0}),
    ],
    ids=["the same object", "the same refresh token", "the same name"],
)
def test_what_must_be_unlike_every_other_is(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> None:
    if table is not schema.application:
        accepts(connection, table, DOCUMENT if table is schema.document else AUTHORISATION)

    said = refuses(connection, table, row)

    assert "unique" in said.lower()


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        (schema.document, DOCUMENT | {"compression": "ZSTD"}, "document_compression_known"),
        (schema.access_token, TOKEN | {"scope": "seller"}, "access_token_seller_scope_has_authorisation"),
        (schema.usage_plan, PLAN | {"rate": 0.0}, "usage_plan_rate_positive"),
        (schema.usage_plan, PLAN | {"burst": 0}, "usage_plan_burst_positive"),
        (schema.item, ITEM | {"status": "Sold"}, "item_status_known"),
        (schema.lane, LANE | {"worker": "W"}, "lane_held_has_lease"),
        (
            schema.application,
            {"client_id": "D", "name": "D", "scope": "root", "secret_hash": "", "created_at": 0},
            "application_scope_known",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    connection: sa.Connection, table: sa.Table, row: dict[str, Any], rule: str
) -> None:
    assert rule in refuses(connection, table, row)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (schema.report, REPORT),
        (schema.report_schedule, SCHEDULE),
        (schema.document, DOCUMENT),
        (schema.item, ITEM),
        (schema.authorisation, AUTHORISATION),
        (schema.seller_marketplace, {"seller_id": "S", "marketplace_id": "M"}),
    ],
    ids=lambda value: value.name if isinstance(value, sa.Table) else "",
)
def test_nothing_belongs_to_a_seller_who_is_not_there(
    connection: sa.Connection, table: sa.Table, row: dict[str, Any]
) -> None:
    assert "foreign key" in refuses(connection, table, row | {"seller_id": "nobody"}).lower()
