"""While the database or the document store is away: a clear 503, nothing half done, and all is well again after it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from daybook.api.server import create_api
from daybook.contract.operations import OPERATIONS
from daybook.documents.objects import Objects
from daybook.store.buckets import SqliteBuckets
from daybook.store.opening import open_store
from daybook.store.postgres import PostgresStore
from daybook.store.sqlite import SqliteStore
from tests.api.production import done
from tests.api.serving import (
    ALL_LISTINGS,
    DOCUMENTS,
    REPORTS,
    TOKENS,
    Client,
    Daybook,
    ManualClock,
    serve,
    with_new_sellers,
)
from tests.api.wire import Answer, Wire
from tests.databases import PostgresDoor

BATCHES = "/daybook/v1/batches"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@contextmanager
def opened(url: str, runner: asyncio.Runner, objects: str = "memory://") -> Iterator[Daybook]:
    """A Daybook over a database of the test's own."""
    clock = ManualClock()
    store = open_store(url, clock)
    daybook = serve(store, clock, runner)
    door = replace(daybook.door, objects=Objects.open(objects))
    yield with_new_sellers(replace(daybook, door=door, wire=Wire(create_api(door), runner)))
    store.close()


def every_operation(client: Client) -> set[tuple[int, str]]:
    """How the nine operations answer."""
    return {client.send(each.method, each.path, b"{}" if each.body else b"").refusal for each in OPERATIONS}


def test_every_operation_tells_that_postgresql_is_away_and_serves_again_once_it_is_back(
    postgres_url: str, postgres_door: PostgresDoor, runner: asyncio.Runner
) -> None:
    with opened(postgres_url, runner) as daybook:
        client = daybook.client()
        report_id = client.ask()
        postgres_door.shut()
        assert every_operation(client) == {(503, "ServiceUnavailable")}
        answer = client.get(f"{REPORTS}/{report_id}")
        assert answer.error["details"] == ""
        assert daybook.wire.send("POST", TOKENS, FORM, b"grant_type=x").status in (400, 503)
        ready = daybook.wire.send("GET", "/readyz")
        assert (ready.status, ready.json["status"]) == (503, "unavailable")
        assert ready.json["database"]
        assert daybook.wire.send("GET", "/healthz").status == 200
        postgres_door.open()
        assert client.report(report_id)["processingStatus"] == "IN_QUEUE"
        assert daybook.wire.send("GET", "/readyz").json == {"status": "ready"}


def test_a_disk_that_is_full_refuses_a_report_and_keeps_what_there_was(sqlite_url: str, runner: asyncio.Runner) -> None:
    with opened(sqlite_url, runner) as daybook:
        client = daybook.client()
        report_id = client.ask()
        with full(daybook):
            answer = client.post(
                REPORTS,
                {
                    "reportType": ALL_LISTINGS,
                    "marketplaceIds": ["ATVPDKIKX0DER"],
                    "reportOptions": {"x": "y" * 500_000},
                },
            )
            assert answer.refusal == (503, "ServiceUnavailable")
            assert client.report(report_id)["processingStatus"] == "IN_QUEUE"
        assert client.listed() == [report_id]
        assert client.ask()


def test_a_disk_that_is_full_in_the_middle_of_a_batch_leaves_nothing_of_it_and_the_same_key_is_good_later(
    sqlite_url: str, runner: asyncio.Runner
) -> None:
    lines = "".join(f"SKU-{number},{number}.50\n" for number in range(1, 5001))
    query = "operation=set_price&marketplaceId=ATVPDKIKX0DER"
    with opened(sqlite_url, runner) as daybook:
        client = daybook.client()
        headers = {"content-type": "text/csv", "idempotency-key": "prices-1"}

        def submitted() -> Answer:
            return client.send("POST", f"{BATCHES}?{query}", f"sku,price\n{lines}".encode(), headers)

        with full(daybook):
            assert submitted().refusal == (503, "ServiceUnavailable")
            assert client.get(BATCHES).json["batches"] == []
        daybook.clock.advance(seconds=61)
        batch = submitted()
        assert batch.status == 202
        assert batch.json["statuses"] == {"queued": 5000}
        assert len(client.get(BATCHES).json["batches"]) == 1


@contextmanager
def full(daybook: Daybook) -> Iterator[None]:
    """The database's file may grow no more while the block lasts."""
    with daybook.store.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    yield
    with daybook.store.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


def readiness(daybook: Daybook) -> tuple[int, dict[str, str]]:
    """Of a probe that is late enough to look again."""
    daybook.clock.advance(seconds=5)
    answer = daybook.wire.send("GET", "/readyz")
    return answer.status, answer.json


@pytest.mark.parametrize("away", ["database", "buckets"])
def test_a_sqlite_that_cannot_be_written_to_is_not_ready(sqlite_url: str, runner: asyncio.Runner, away: str) -> None:
    with opened(sqlite_url, runner) as daybook:
        assert readiness(daybook) == (200, {"status": "ready"})
        turn_off_writing(daybook, away, "ON")
        status, told = readiness(daybook)
        assert (status, told["status"]) == (503, "unavailable")
        assert told["database"] == ("The database cannot be written to. SQLite: attempt to write a readonly database.")
        assert daybook.wire.send("GET", "/readyz").status == 503
        turn_off_writing(daybook, away, "OFF")
        assert daybook.wire.send("GET", "/readyz").status == 200


def turn_off_writing(daybook: Daybook, of: str, word: str) -> None:
    store = daybook.store
    assert isinstance(store, SqliteStore)
    assert isinstance(store.buckets, SqliteBuckets)
    driver = store.buckets._connection if of == "buckets" else store._writer.on.driver  # noqa: SLF001
    driver.execute(f"PRAGMA query_only = {word}")


def test_a_postgresql_that_only_reads_is_not_ready(
    postgres_url: str, postgres_admin: psycopg.Connection, runner: asyncio.Runner
) -> None:
    name = sa.make_url(postgres_url).database
    with opened(postgres_url, runner) as daybook:
        client = daybook.client()
        assert readiness(daybook) == (200, {"status": "ready"})
        postgres_admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        try:
            renew_connections(daybook)
            assert client.post(REPORTS, {"reportType": ALL_LISTINGS, "marketplaceIds": ["ATVPDKIKX0DER"]}).refusal == (
                503,
                "ServiceUnavailable",
            )
            status, told = readiness(daybook)
            assert status == 503
            assert told["database"].startswith("The database cannot be written to. PostgreSQL: cannot execute UPDATE")
        finally:
            postgres_admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
        renew_connections(daybook)
        assert readiness(daybook) == (200, {"status": "ready"})


def renew_connections(daybook: Daybook) -> None:
    """As after a failover: those that there were have ended."""
    store = daybook.store
    assert isinstance(store, PostgresStore)
    store.engine.dispose()
    store._reads.dispose()  # noqa: SLF001


def test_probes_that_come_close_together_write_once(daybook: Daybook) -> None:
    written: list[float] = []
    daybook.clock.advance(seconds=5)
    daybook.store.on_commit(lambda seconds, _: written.append(seconds))
    for _ in range(3):
        assert daybook.wire.send("GET", "/readyz").status == 200
    assert len(written) == 1
    readiness(daybook)
    assert len(written) == 2


def test_while_the_document_store_is_away_reports_are_told_and_downloads_wait(
    sqlite_url: str, tmp_path: Path, runner: asyncio.Runner
) -> None:
    folder = tmp_path / "documents"
    with opened(sqlite_url, runner, objects=folder.as_uri()) as daybook:
        client = daybook.client()
        document_id = done(daybook, client.ask())
        url = urlsplit(client.get(f"{DOCUMENTS}/{document_id}").json["url"])
        folder.rename(tmp_path / "elsewhere")
        answer = daybook.wire.send("GET", f"{url.path}?{url.query}")
        assert answer.refusal == (503, "ServiceUnavailable")
        assert str(tmp_path) not in answer.body.decode()
        assert client.listed()
        ready = daybook.wire.send("GET", "/readyz")
        assert (ready.status, list(ready.json)) == (503, ["status", "documents"])
        (tmp_path / "elsewhere").rename(folder)
        assert daybook.wire.send("GET", f"{url.path}?{url.query}").status == 200


def test_the_server_says_that_it_lives_and_that_it_is_ready(daybook: Daybook) -> None:
    assert daybook.wire.send("GET", "/healthz").json == {"status": "ok"}
    assert daybook.wire.send("GET", "/readyz").json == {"status": "ready"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_whoever_asks_after_its_health_needs_no_token(daybook: Daybook, path: str) -> None:
    answer = daybook.wire.send("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["x-amzn-requestid"]
