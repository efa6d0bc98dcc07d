"""Each hot query finds its rows by the index that was made for it, however many rows there are.

What is explained is what the store sends, in tables of thousands of rows that the database has analysed. PostgreSQL is
asked for its plan often: after five times it may keep one that does not know the values.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg.sql import Literal

from daybook.activity import Event
from daybook.kernel.clock import from_micros
from daybook.lanes import Held, Lane, LaneLost, WorkClass
from daybook.notifications.deliveries import Delivery
from daybook.notifications.searching import Search
from daybook.notifications.status import DeliveryStatus
from daybook.reports.pages import Filters, Position
from daybook.reports.reports import Report
from daybook.reports.status import Status
from daybook.store.lanes import LaneTable
from daybook.store.opening import open_store
from daybook.store.retention import Kind, remove_gone
from daybook.store.schema import metadata
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.databases import own_postgres
from tests.store.recording import Recorder, Undone

HELD = Held(Lane("production", "7"), 1, 0)
KINDS = ["production", "sweep"]

# How many rows a table has, and what the row with the number n holds: a hundred sellers, one of them big.
SELLER = "'S' || (n % 100 + 1)"
CLIENT = "'C' || (n % 2000 + 1)"
HOUR = "n * 3600000000"
ROWS: dict[str, tuple[int, dict[str, str]]] = {
    "seller": (100, {"seller_id": "'S' || n", "name": "''", "created_at": "0"}),
    "application": (
        2000,
        {"client_id": "'C' || n", "name": "'app' || n", "scope": "'seller'", "secret_hash": "''", "created_at": "0"},
    ),
    "authorisation": (
        5000,
        {
            "authorisation_id": "'A' || n",
            "client_id": CLIENT,
            "seller_id": SELLER,
            "refresh_hash": "'R' || n",
            "created_at": "0",
            "revoked_at": "n",
        },
    ),
    "usage_plan": (
        2000,
        {"client_id": "'C' || n", "seller_id": "''", "operation": "'getReport'", "rate": "1", "burst": "1"},
    ),
    "access_token": (
        40_000,
        {
            "token_hash": "'T' || n",
            "client_id": CLIENT,
            "authorisation_id": "'A' || (n % 5000 + 1)",
            "scope": "'seller'",
            "issued_at": "0",
            "expires_at": HOUR,
        },
    ),
    "report": (
        20_000,
        {
            "seller_id": "CASE WHEN n % 2 = 0 THEN 'S7' ELSE 'S' || (n % 100 + 1) END",
            "report_id": "'R' || n",
            "report_type": "'GET_' || (n % 7)",
            "status": "CASE WHEN n % 3 = 0 THEN 'IN_QUEUE' WHEN n % 3 = 1 THEN 'CANCELLED' ELSE 'DONE' END",
            "outcome": "CASE WHEN n % 3 = 0 THEN NULL WHEN n % 3 = 1 THEN 'no_data' ELSE 'data' END",
            "finished_at": "CASE WHEN n % 3 <> 0 THEN n END",
            "document_id": "'D' || n",
            "marketplace_ids": "',M,'",
            "options": "'{}'",
            "data_start": "0",
            "data_end": "0",
            "created_at": HOUR,
        },
    ),
    "report_schedule": (
        5000,
        {
            "seller_id": SELLER,
            "schedule_id": "'H' || n",
            "report_type": "'GET_' || (n % 7)",
            "schedule_group": "'G' || n",
            "marketplace_ids": "',M,'",
            "marketplace_set": "',M,'",
            "options": "'{}'",
            "period": "'PT5M'",
            "anchor_at": "0",
            "next_at": HOUR,
            "covered_until": "0",
            "created_at": "0",
            "cancelled_at": "CASE WHEN n % 5 = 0 THEN 1 END",
        },
    ),
    "document": (
        10_000,
        {
            "seller_id": SELLER,
            "document_id": "'D' || n",
            "report_id": "'R' || n",
            "object_name": "'o' || n",
            "content_type": "''",
            "size": "0",
            "content_size": "0",
            "sha256": "''",
            "created_at": "0",
            "expires_at": HOUR,
        },
    ),
    "item": (
        10_000,
        {
            "seller_id": SELLER,
            "marketplace_id": "'M'",
            "sku": "'sku' || n",
            "status": "'Active'",
            "opened_at": "0",
            "updated_at": "0",
        },
    ),
    "event": (
        10_000,
        {
            "seller_id": SELLER,
            "subject": "'report'",
            "subject_id": "'R' || (n % 3000)",
            "to_status": "'DONE'",
            "actor": "'W'",
            "evidence": "'{}'",
            "at": "0",
        },
    ),
    "destination": (
        2000,
        {
            "seller_id": SELLER,
            "destination_id": "'T' || n",
            "name": "''",
            "url": "''",
            "status": "'ACTIVE'",
            "sealed": "''",
            "calls": "2",
            "created_at": "0",
            "changed_at": "0",
        },
    ),
    "subscription": (
        4000,
        {
            "seller_id": SELLER,
            "subscription_id": "'B' || n",
            "destination_id": "'T' || ((n - 1) % 2000 + 1)",
            "event_type": "'REPORT_STATUS'",
            "format": "'walmart'",
            "report_types": "''",
            "statuses": "''",
            "status": "'ACTIVE'",
            "created_at": "0",
            "changed_at": "0",
        },
    ),
    "untold": (3000, {"seller_id": SELLER, "event_sequence": "n"}),
    "delivery": (
        40_000,
        {
            "seller_id": SELLER,
            "delivery_id": "'msg_' || (1000000 + n)",
            "destination_id": "'T' || (n % 2000 + 1)",
            "subscription_id": "'B' || (n % 4000 + 1)",
            "event_sequence": "n",
            "event_type": "'REPORT_STATUS'",
            "subject_id": "'R' || (n % 3000)",
            "subject_status": "'DONE'",
            "number": "3",
            "format": "'walmart'",
            "body": "'{}'",
            "status": "CASE WHEN n % 9 = 0 THEN 'WAITING' WHEN n % 9 = 1 THEN 'FAILED' ELSE 'DELIVERED' END",
            "next_at": "CASE WHEN n % 9 = 0 THEN n END",
            "finished_at": "CASE WHEN n % 9 <> 0 THEN n END",
            "created_at": HOUR,
        },
    ),
    "delivery_attempt": (
        40_000,
        {
            "seller_id": SELLER,
            "delivery_id": "'msg_' || (1000000 + n)",
            "number": "1",
            "destination_id": "'T' || (n % 2000 + 1)",
            "url": "''",
            "began_at": "0",
            "send_by": "0",
            "ended_at": "CASE WHEN n % 5000 <> 0 THEN 1 END",
        },
    ),
    "lane": (
        20_000,
        {
            "kind": "'production'",
            "key": "CAST(n AS TEXT)",
            "class": "n % 3",
            "due_at": "CASE WHEN n % 2 = 0 THEN {time} END",
            "worker": "CASE WHEN n % 501 = 0 THEN 'W' END",
            "lease_until": "CASE WHEN n % 501 = 0 THEN {time} END",
        },
    ),
}
TIME = {"sqlite": "1000.0 + n", "postgresql": "now() - interval '1 day' + n * interval '1 s'"}


def fill(store: Store) -> Store:
    with store.transaction() as tx:
        for table, (count, columns) in ROWS.items():
            numbers = f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
            values = ", ".join(columns.values()).replace("{time}", TIME[tx.dialect])
            insert = f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {values} FROM numbers"
            tx.driver.execute(insert)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database of thousands of rows that no test changes."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("plans") / "daybook.sqlite"
        path.write_bytes(template.read_bytes())
        store = open_store(f"sqlite:///{path}")
        yield fill(store)
        store.close()
    else:
        server, admin = (request.getfixturevalue(name) for name in ("postgres_server", "postgres_admin"))
        with own_postgres(server, admin) as url:
            store = open_store(url)
            yield fill(store)
            store.close()


def ways(store: Store, ask: Callable[[Transaction], object]) -> list[list[str]]:
    """For each plan of each statement that is sent: the indexes by which it finds rows, and what else it does."""
    found: list[list[str]] = []
    with suppress(Undone), store.transaction() as tx:
        driver = tx.driver
        tx.driver = recorder = Recorder(driver)
        note = recorder.note
        sa.event.listen(tx.connection, "before_cursor_execute", note)
        ask(tx)
        sa.event.remove(tx.connection, "before_cursor_execute", note)
        explain = _sqlite_ways if tx.dialect == "sqlite" else _postgres_ways
        for statement, values in recorder.sent:
            found.extend(explain(driver, statement, values))
        raise Undone
    assert found
    return found


def _sqlite_ways(driver: Any, statement: str, values: Any) -> list[list[str]]:
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    # What is sorted behind a branch is no more than a page.
    kept = [
        line for before, line in pairwise(["", *plan]) if not before.startswith("SCAN branch") or "B-TREE" not in line
    ]
    return [[way for line in kept if (way := _sqlite_way(driver, line))]]


def _sqlite_way(driver: Any, line: str) -> str | None:
    if found := re.match(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+)", line):
        return _sqlite_index(driver, found[1])
    if found := re.match(r"SEARCH (\w+) USING PRIMARY KEY", line):
        return f"{found[1]}_pk"
    if line.startswith("USE TEMP B-TREE"):
        return "sort"
    if found := re.match(r"SCAN \w+ USING (?:COVERING )?INDEX (\w+)", line):
        return found[1] if found[1] in PARTIAL else line
    found = re.match(r"SCAN (\w+)", line)
    return line if found and found[1] in metadata.tables else None


def _sqlite_index(driver: Any, name: str) -> str:
    """The name that PostgreSQL would give to an index that SQLite makes by itself."""
    if not name.startswith("sqlite_autoindex"):
        return name
    [table] = driver.execute("SELECT tbl_name FROM sqlite_master WHERE name = ?", [name]).fetchone()
    [(_, _, _, origin, _)] = [row for row in driver.execute(f"PRAGMA index_list({table})") if row[1] == name]
    columns = "_".join(row[2] for row in driver.execute(f"PRAGMA index_info({name})"))
    return f"{table}_pk" if origin == "pk" else f"{table}_{columns}_key"


def _postgres_ways(driver: Any, statement: str, values: Any) -> list[list[str]]:
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    prepared = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
    given = ", ".join(Literal(values[name]).as_string(driver) for name in names)
    driver.execute(f"PREPARE hot AS {prepared}")
    explain = f"EXPLAIN (FORMAT JSON) EXECUTE hot{f' ({given})' if given else ''}"
    plans = [driver.execute(explain).fetchone()[0][0]["Plan"] for _ in range(PREPARED_AFTER)]
    driver.execute("DEALLOCATE hot")
    return [list(_postgres_steps(plans[0])), list(_postgres_steps(plans[-1]))]


def _postgres_steps(node: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        yield node["Index Name"]
    elif node["Node Type"] == "Seq Scan":
        yield f"SCAN {node['Relation Name']}"
    elif "Sort" in node["Node Type"]:
        yield "sort"
    for part in node.get("Plans", ()):
        yield from _postgres_steps(part)


def filters(types: int, statuses: Sequence[Status], marketplace_ids: tuple[str, ...] = ()) -> Filters:
    names = tuple(f"GET_{n}" for n in range(types))
    return Filters(names, tuple(statuses), marketplace_ids, EARLY, EARLY + timedelta(days=90), 10)


EARLY = from_micros(90 * 3_600_000_000)
PREPARED_AFTER = 7
PARTIAL = {"lane_held"}
"""Indexes that hold just the rows that are wanted, and are read from end to end."""
PAGE = {"report_page", "report_pk"}
"""The index of a page, and the key of the rows that stand on it."""
AFTER = Position(from_micros(5000 * 3_600_000_000), "R5000")

# The query, what asks it, and the indexes by which alone it may find its rows.
HOT: list[tuple[str, Callable[[Transaction], object], set[str]]] = [
    (
        "who shows a token",
        lambda tx: tx.admission("T500", "getReport"),
        {"access_token_pk", "application_pk", "authorisation_pk", "usage_plan_pk"},
    ),
    (
        "an application by its refresh token",
        lambda tx: tx.authorisation_by_refresh("C1", "R77"),
        {"authorisation_refresh_hash_key"},
    ),
    ("a report by its key", lambda tx: tx.report("S7", "R1008"), {"report_pk"}),
    ("what a poll is told of a report", lambda tx: tx.report_polled("S7", "R1008"), {"report_pk"}),
    ("a change of status", lambda tx: tx.move_report(a_report(tx), Status.IN_QUEUE, attempts=1), {"report_pk"}),
    (
        "the report in progress",
        lambda tx: tx.report_in_progress("S7", "GET_3"),
        {"report_page", "report_one_in_progress"},
    ),
    ("the next report in the queue", lambda tx: tx.report_next_in_queue("S7", "GET_3"), {"report_page"}),
    (
        "a page of one type and status",
        lambda tx: tx.report_page("S7", filters(1, [Status.DONE]), AFTER),
        PAGE,
    ),
    ("a first page", lambda tx: tx.report_page("S7", filters(1, [Status.DONE]), None), PAGE),
    ("a page of many types and every status", lambda tx: tx.report_page("S7", filters(10, ()), AFTER), PAGE),
    ("a page of a marketplace", lambda tx: tx.report_page("S7", filters(2, (), ("M", "N")), None), PAGE),
    (
        "reports past their keep",
        lambda tx: remove_gone(tx, Kind.REPORTS, EARLY, 100),
        {"report_age", "report_pk", "document_pk"},
    ),
    (
        "the schedules that are due",
        lambda tx: tx.schedules_due("S7", EARLY, 50),
        {"report_schedule_due"},
    ),
    ("the next due schedule", lambda tx: tx.schedule_next_due("S7"), {"report_schedule_due"}),
    ("a schedule by its key", lambda tx: tx.schedule("S7", "H6"), {"report_schedule_pk"}),
    ("a document by its key", lambda tx: tx.document("S7", "D6"), {"document_pk"}),
    ("documents that have expired", lambda tx: tx.documents_expired(EARLY, 100), {"document_expiry"}),
    ("objects that a document names", lambda tx: tx.object_is_known(["o1", "o2"]), {"document_object_name_key"}),
    (
        "tokens that have expired",
        lambda tx: remove_gone(tx, Kind.ACCESS_TOKENS, EARLY, 100),
        {"access_token_expiry", "access_token_pk"},
    ),
    ("an item by its key", lambda tx: tx.item("S7", "M", "sku6"), {"item_pk"}),
    ("the lines of a seller behind one", lambda tx: tx.events_since("S7", 5000, 100), {"event_of_seller"}),
    ("the last line of each seller", lambda tx: tx.last_events(["S7", "S8", "S9"]), {"event_of_seller"}),
    ("a destination by its key", lambda tx: tx.destination("S7", "T6"), {"destination_pk"}),
    (
        "whether anybody hears of an event",
        lambda tx: tx.note_untold("S7", "REPORT_STATUS", 90_000),
        {"subscription_pk"},
    ),
    ("what is to be fanned out", lambda tx: tx.untold_events("S7", 100), {"untold_pk", "event_pk"}),
    ("lines of the ledger about one thing", lambda tx: tx.number_of(an_event()), {"event_of"}),
    (
        "the delivery of an event",
        lambda tx: tx.delivery_of("B7", 6),
        {"delivery_subscription_id_event_sequence_key"},
    ),
    ("the deliveries that are due", lambda tx: tx.deliveries_due("S7", "T7", EARLY, 2), {"delivery_due"}),
    ("the next delivery that is due", lambda tx: tx.delivery_next_due("S7", "T7"), {"delivery_due"}),
    (
        "a delivery's change",
        lambda tx: tx.move_delivery(a_delivery(tx), DeliveryStatus.WAITING, attempts=1),
        {"delivery_pk"},
    ),
    ("a page of deliveries", lambda tx: tx.delivery_page("S7", Search(), "msg_1020000"), {"delivery_page"}),
    (
        "a page of a destination's deliveries",
        lambda tx: tx.delivery_page("S7", Search(destination_id="T7"), None),
        {"delivery_of_destination"},
    ),
    (
        "a page of deliveries about one thing",
        lambda tx: tx.delivery_page("S7", Search(subject_id="R6"), None),
        {"delivery_of_subject"},
    ),
    (
        "deliveries past their keep",
        lambda tx: remove_gone(tx, Kind.DELIVERIES, EARLY, 100),
        {"delivery_age", "delivery_pk", "delivery_attempt_pk"},
    ),
    (
        "attempts without an outcome",
        lambda tx: tx.delivery_attempts_open("S1", "T1"),
        {"delivery_attempt_open"},
    ),
    ("the attempts of a delivery", lambda tx: tx.delivery_attempts("S7", "msg_1000006"), {"delivery_attempt_pk"}),
    ("the history of a report", lambda tx: tx.events_of("S7", "report", "R6"), {"event_of"}),
]

LANES: list[tuple[str, Callable[[LaneTable, Any], object], set[str]]] = [
    (
        "claim",
        lambda lanes, driver: lanes.claim(driver, "W", WorkClass.NORMAL, KINDS, 8, 30.0),
        {"lane_due", "lane_pk"},
    ),
    ("next dues", lambda lanes, driver: lanes.next_dues(driver, dict.fromkeys(WorkClass, KINDS)), {"lane_due"}),
    ("wake", lambda lanes, driver: lanes.wake(driver, HELD.lane, WorkClass.NORMAL, 0.0), {"lane_pk"}),
    ("fence", lambda lanes, driver: lanes.fence(driver, HELD), {"lane_pk", "lane_held"}),
    ("release", lambda lanes, driver: lanes.release(driver, HELD, 1.0), {"lane_pk", "lane_held"}),
    ("put back", lambda lanes, driver: lanes.put_back(driver, HELD, 1, 1.0), {"lane_pk", "lane_held"}),
    ("renew", lambda lanes, driver: lanes.renew(driver, [HELD], 30.0), {"lane_pk", "lane_held"}),
    ("reap", lambda lanes, driver: lanes.reap(driver, everything=False), {"lane_held", "lane_pk"}),
]


def a_delivery(tx: Transaction) -> Delivery:
    found = tx.delivery("S10", "msg_1000009")
    assert found is not None
    return found


def an_event() -> Event:
    return Event("S7", "report", "R6", None, "DONE", "W", {}, EARLY, 5000)


def a_report(tx: Transaction) -> Report:
    found = tx.report("S7", "R1008")
    assert found is not None
    return found


@pytest.mark.parametrize(("ask", "indexes"), [case[1:] for case in HOT], ids=[case[0] for case in HOT])
def test_a_hot_query_finds_its_rows_by_its_index(
    filled: Store, ask: Callable[[Transaction], object], indexes: set[str]
) -> None:
    for way in ways(filled, ask):
        assert {step for step in way if step != "sort"} <= indexes, way


@pytest.mark.parametrize(("verb", "indexes"), [case[1:] for case in LANES], ids=[case[0] for case in LANES])
def test_a_verb_of_the_lanes_finds_its_rows_by_its_index(
    filled: Store, verb: Callable[[LaneTable, Any], object], indexes: set[str]
) -> None:
    def ask(tx: Transaction) -> None:
        with suppress(LaneLost):
            verb(filled.lanes, tx.driver)

    for way in ways(filled, ask):
        assert {step for step in way if step != "sort"} <= indexes, way


IN_ORDER = {
    name: ask
    for name, ask, _ in HOT
    if name.startswith(("the next", "a page of one", "a first page", "the schedules", "documents that", "the hist"))
}


@pytest.mark.parametrize("ask", IN_ORDER.values(), ids=IN_ORDER)
def test_rows_that_are_wanted_in_order_stand_in_that_order(filled: Store, ask: Callable[[Transaction], object]) -> None:
    for way in ways(filled, ask):
        assert "sort" not in way, way


@pytest.mark.parametrize("verb", [case[1] for case in LANES[:2]], ids=["claim", "next due"])
def test_due_lanes_stand_in_the_order_in_which_they_are_claimed(
    filled: Store, verb: Callable[[LaneTable, Any], object]
) -> None:
    for way in ways(filled, lambda tx: verb(filled.lanes, tx.driver)):
        assert "sort" not in way
