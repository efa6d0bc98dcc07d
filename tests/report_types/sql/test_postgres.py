"""A real PostgreSQL as a source: it is read, and never written."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.report_types.sql.sources import Source
from tests.report_types.sql.writing import Folder

TABLES = """
CREATE TABLE orders (id bigint, name text, price numeric(9, 2), at timestamptz);
INSERT INTO orders SELECT n, 'n' || n, n / 2.0, '2026-11-01T00:00Z'::timestamptz + n * interval '1 day'
    FROM generate_series(1, 30) AS n;
CREATE TABLE written (n int);
CREATE FUNCTION write() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (1); RETURN 1; END $$;
CREATE VIEW writing AS SELECT write() AS n;
CREATE VIEW sleeping AS SELECT pg_sleep(600)::text AS n;
"""
_names = count(1)


@pytest.fixture
def address(postgres_server: str) -> Iterator[str]:
    """A database with orders in it."""
    name = f"sql_source_{next(_names)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        found = postgres_server.replace("/postgres?", f"/{name}?")
        with psycopg.connect(found, autocommit=True) as database:
            database.execute(TABLES)
        yield found
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def erp(folder: Folder, address: str) -> Folder:
    folder.sources["erp"] = Source("postgresql", address)
    return folder


def test_a_database_holds_tables(erp: Folder) -> None:
    erp.add("names.csv", "name\nn3\nn4\n")
    assert erp.rows(
        "SELECT o.id, o.price, $seller AS seller FROM erp.orders AS o JOIN names USING (name) "
        'WHERE o."at" >= $start AND o."at" < $end ORDER BY id'
    ) == [{"id": 3, "price": 1.5, "seller": "A1EXAMPLE"}, {"id": 4, "price": 2.0, "seller": "A1EXAMPLE"}]
    assert erp.rows('SELECT count(*) AS n FROM erp.public.orders WHERE "at" < $end') == [{"n": 19}]


def test_a_view_that_writes_is_stopped_by_the_session(erp: Folder, address: str) -> None:
    with pytest.raises(Misconfigured, match="cannot execute INSERT in a read-only transaction"):
        erp.rows("FROM erp.writing")
    with psycopg.connect(address) as database:
        assert database.execute("SELECT count(*) FROM written").fetchall() == [(0,)]


def test_a_query_that_waits_on_the_server_is_ended_in_its_time(erp: Folder) -> None:
    erp.limits = type(erp.limits)(seconds=1)
    with pytest.raises(Misconfigured, match=r"took longer than 1 s|statement timeout"):
        erp.rows("FROM erp.sleeping")


def test_a_table_that_is_not_there_ends_the_report(erp: Folder) -> None:
    with pytest.raises(Misconfigured, match=r"a\.sql, line 4: .*no_such"):
        erp.rows("FROM erp.no_such")


def test_a_server_that_is_away_is_waited_for_and_its_password_is_not_told(folder: Folder) -> None:
    folder.sources["erp"] = Source("postgresql", "postgresql://reader:s3cret@127.0.0.1:1/erp")
    with pytest.raises(Unavailable, match="The source erp cannot be reached") as raised:
        folder.rows("FROM erp.orders")
    assert "s3cret" not in raised.value.message + raised.value.details
    assert raised.value.__suppress_context__


def test_a_server_that_refuses_ends_the_report_and_the_password_is_not_told(folder: Folder, address: str) -> None:
    folder.sources["erp"] = Source("postgresql", address.replace("postgres:@", "nobody:s3cret@"))
    with pytest.raises(Misconfigured, match="The source erp cannot be opened") as raised:
        folder.rows("FROM erp.orders")
    assert 'role "nobody" does not exist' in raised.value.details
    assert "s3cret" not in raised.value.message + raised.value.details
