"""Each hot query about operations finds its rows by an index, however many operations there are."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from daybook.kernel.clock import from_micros
from daybook.operations.batches import Batch
from daybook.operations.pages import Filters, Position, Sort
from daybook.operations.status import Status
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.databases import own_postgres
from tests.store.recording import Recorder, Undone

LINES = 20_000
NOW = from_micros(10**15)
FILL = (
    "INSERT INTO seller (seller_id, name, created_at) VALUES ('S', 'S', 0)",
    """INSERT INTO batch (number, seller_id, batch_id, status, name, submitted_by, made_by, operations, queued_at,
         progress_at, served_at) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 500)
       SELECT n, 'S', 'B' || (1000 + n), CASE WHEN n % 50 = 0 THEN 'running' ELSE 'paused' END, '', '', 'submission', 1,
         n, n, n FROM n""",
    f"""INSERT INTO operation (number, line, seller_id, marketplace_id, kind, reference, body, status, code, attempts,
         repeats, attempted_at, completed_at, due_at)
       WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {LINES})
       SELECT CASE WHEN n % 4 = 0 THEN 1 + n % 499 ELSE 500 END, n, 'S', 'M', 'set_price', 'SKU-' || n, '{{}}',
         CASE WHEN n % 10 = 0 THEN 'rejected' WHEN n % 10 = 1 THEN 'throttled' WHEN n % 10 < 5 THEN 'success'
              ELSE 'queued' END,
         CASE WHEN n % 10 < 2 THEN '90220' END, CASE WHEN n % 10 < 5 THEN 1 ELSE 0 END, 0,
         CASE WHEN n % 10 < 5 THEN n END, CASE WHEN n % 10 IN (0, 2, 3, 4) THEN n END,
         CASE WHEN n % 10 = 1 THEN n END FROM n""",
    """INSERT INTO attempt (number, line, attempt, attempted_at, answered_at, outcome, http_status, request_id,
         submission_id) SELECT number, line, 1, 0, 1, 'live', 200, 'r', '' FROM operation WHERE attempts = 1""",
    """INSERT INTO batch_count (number, kind, status, code, count)
       SELECT number, kind, status, coalesce(code, ''), count(*) FROM operation GROUP BY 1, 2, 3, 4""",
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database of thousands of operations that no test changes."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("plans") / "daybook.sqlite"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield from _filled(f"sqlite:///{path}")
    else:
        with own_postgres(*(request.getfixturevalue(name) for name in ("postgres_server", "postgres_admin"))) as url:
            yield from _filled(url)


def _filled(url: str) -> Iterator[Store]:
    store = open_store(url)
    with store.transaction() as tx:
        for statement in FILL:
            tx.driver.execute(statement)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    yield store
    store.close()


def steps(store: Store, ask: Callable[[Transaction], object], before: Sequence[str] = ()) -> set[str]:
    """The indexes by which the statements find rows, and `SCAN table` where one reads all of a table.

    `before` are statements that are done first, and undone.
    """
    with suppress(Undone), store.transaction() as tx:
        driver = tx.driver
        for statement in before:
            driver.execute(statement)
        tx.driver = recorder = Recorder(driver)
        note = recorder.note
        sa.event.listen(tx.connection, "before_cursor_execute", note)
        ask(tx)
        sa.event.remove(tx.connection, "before_cursor_execute", note)
        assert recorder.sent
        explain = _sqlite_steps if tx.dialect == "sqlite" else _postgres_steps
        found = {step for statement, values in recorder.sent for step in explain(driver, statement, values)}
        raise Undone
    return found


def _sqlite_steps(driver: Any, statement: str, values: Any) -> Iterator[str]:
    for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values):
        if named := re.match(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+)", row[3]):
            yield named[1]
        elif named := re.match(r"SEARCH (\w+) USING (?:INTEGER )?PRIMARY KEY", row[3]):
            yield f"{named[1]}_pk"
        elif named := re.match(r"SCAN (batch|operation|attempt|batch_count)\b", row[3]):
            yield row[3]


def _postgres_steps(driver: Any, statement: str, values: Any) -> Iterator[str]:
    plan = driver.execute(f"EXPLAIN (FORMAT JSON) {statement}", values).fetchone()[0][0]["Plan"]
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", ())
        if "Index Name" in node:
            yield node["Index Name"]
        elif node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("operation", "attempt"):
            yield f"SCAN {node['Relation Name']}"


def page(**filters: Any) -> Callable[[Transaction], object]:
    return lambda tx: tx.operations_page("S", Filters(page_size=50, **filters), Position(500, 4000, "SKU-2"))


def sorted_page(sort: Sort, *, descending: bool, **filters: Any) -> Callable[[Transaction], object]:
    position = Position(500, 500, "SKU-2", 500)  # a time at which the batch moved
    asked = Filters(page_size=50, sort=sort, descending=descending, batch_id="B1500", **filters)
    return lambda tx: tx.operations_page("S", asked, position)


def large(tx: Transaction) -> Batch:
    found = tx.batch("S", "B1500")
    assert found is not None
    return found


SMALL = {
    "batch_pk",
    "batch_id_of",
    "batch_running",
    "batch_unended",
    "batch_ended",
    "batch_of_seller",
    "batch_count_pk",
    "batch_seller_fk",
}
"""Indexes of the tables that have a row for a batch, not for an operation."""
HOT: list[tuple[str, Callable[[Transaction], object], set[str]]] = [
    ("what is queued", lambda tx: tx.operations_in(500, Status.QUEUED, ["set_price"], 50, 100), {"operation_state"}),
    (
        "what is due",
        lambda tx: tx.operations_due(500, Status.THROTTLED, ["set_price"], from_micros(3000), 100),
        {"operation_due"},
    ),
    ("when the next is due", lambda tx: tx.next_due_of("S", Status.THROTTLED, ["set_price"]), {"operation_due"}),
    (
        "moves",
        lambda tx: tx.move_operations(500, Status.QUEUED, [5, 6], status=Status.SENDING, attempted_at=NOW, tried=True),
        {"operation_pk"},
    ),
    ("batches to serve", lambda tx: tx.batches_to_serve("S", NOW, ["set_price"], [Status.QUEUED], 16), set()),
    ("earlier lines of a batch", lambda tx: tx.lines_of(large(tx), ["SKU-6", "SKU-7"]), {"operation_reference"}),
    ("what was in effect", lambda tx: tx.known_of("S", [("M", "SKU-6")], 501), {"operation_reference", "item_pk"}),
    ("a page of everything", page(), {"operation_pk", "attempt_pk"}),
    ("a page of errors", page(statuses=(Status.REJECTED,)), {"operation_state", "attempt_pk"}),
    ("a page of a batch", page(batch_id="B1500"), {"operation_pk", "attempt_pk"}),
    ("a page of a code", page(code="90220"), {"operation_code", "attempt_pk"}),
    ("a page of a kind", page(kinds=("set_price",)), {"operation_state", "attempt_pk"}),
    (
        "a page of a kind in a status",
        page(kinds=("set_price",), statuses=(Status.REJECTED,)),
        {"operation_state", "attempt_pk"},
    ),
    ("a page of SKUs", page(reference="SKU-1999"), {"operation_reference", "attempt_pk"}),
    ("the last attempted", sorted_page(Sort.ATTEMPTED, descending=True), {"operation_attempted", "attempt_pk"}),
    ("the first attempted", sorted_page(Sort.ATTEMPTED, descending=False), {"operation_attempted", "attempt_pk"}),
    (
        "failures, the last first",
        sorted_page(Sort.COMPLETED, descending=True, statuses=(Status.REJECTED,)),
        {"operation_completed", "attempt_pk"},
    ),
    (
        "what a code ended, the last first",
        sorted_page(Sort.COMPLETED, descending=True, code="90220", completed=(from_micros(1), None)),
        {"operation_code_completed", "attempt_pk"},
    ),
    ("a page of SKUs in a batch", page(reference="SKU-1999", batch_id="B1500"), {"operation_reference", "attempt_pk"}),
    ("a slice of a report", lambda tx: tx.report_lines(large(tx), 5000, 1000, ()), {"operation_pk", "attempt_pk"}),
    (
        "a slice of what has ended",
        lambda tx: tx.remove_ended(from_micros(900), 100),
        {"operation_pk", "attempt_pk"},
    ),
    ("silent submissions", lambda tx: tx.abandon_silent(NOW, from_micros(900)), set()),
    ("attempts of an operation", lambda tx: tx.attempts_of(500, 2), {"attempt_pk"}),
    ("the queue of everybody", lambda tx: tx.depth_of(None), set()),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "indexes"), [case[1:] for case in HOT], ids=[case[0] for case in HOT])
def test_a_hot_query_finds_its_operations_by_an_index(
    filled: Store, ask: Callable[[Transaction], object], indexes: set[str]
) -> None:
    assert steps(filled, ask) - SMALL <= indexes


ALL_WAIT = (
    """UPDATE operation SET status = 'queued', code = NULL, message = NULL, attempts = 0, attempted_at = NULL,
         completed_at = NULL, due_at = NULL""",
    "ANALYZE operation",
)


def test_what_waits_is_found_by_its_state_even_where_the_statistics_say_that_all_of_it_waits(filled: Store) -> None:
    """By the table's key it would be found as soon then, and past all that has ended once most of it has."""
    found = steps(filled, lambda tx: tx.operations_in(500, Status.QUEUED, ["set_price"], 50, 100), ALL_WAIT)

    assert found - SMALL == {"operation_state"}
