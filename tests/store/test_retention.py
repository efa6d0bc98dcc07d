"""What is past its keep: never what is younger, never what is not done with, and no more than a slice at a time."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.documents.sweep import FRESH, remove_excess
from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.keeping import KEEP, Keep
from daybook.store.retention import Kind, count_excess, count_gone, ends, remove_gone
from daybook.store.schema import access_token, application, document, event, report, report_schedule, seller
from daybook.store.schema_operations import attempt, batch, batch_count, operation
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.documents.rows import NOW

DAY = timedelta(days=1)
BEFORE = NOW - 400 * DAY
ENDED = ("DONE", "CANCELLED", "FATAL")
TRIES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Undone(Exception):
    """Nothing of what an example wrote is kept."""


@dataclass(frozen=True)
class Made:
    """A report: its status, how many days ago it was asked for and had ended, and whether its document is kept."""

    status: str
    asked: int
    ended: int
    documented: bool

    @property
    def goes(self) -> bool:
        """Whether it is past 400 days, and nothing of it is needed any more."""
        return self.status in ENDED and self.ended >= 400 and not self.documented


def ago(days: float) -> int:
    """As the store has it."""
    return to_micros(NOW - days * DAY)


DAYS = st.integers(0, 800)
REPORTS = st.builds(
    lambda status, days, more, documented: Made(status, days + more, days, documented and status == "DONE"),
    st.sampled_from(("IN_QUEUE", "IN_PROGRESS", *ENDED)),
    DAYS | st.sampled_from([399, 400, 401]),
    st.integers(0, 30),
    st.booleans(),
)


@pytest.fixture
def tx(store: Store) -> Iterator[Transaction]:
    """A transaction in which there is a seller, and whose work is undone."""
    with suppress(Undone), store.transaction() as tx:
        tx.connection.execute(seller.insert().values(seller_id="S", name="S", created_at=0))
        yield tx
        raise Undone


def emptied(tx: Transaction, *tables: sa.Table) -> None:
    for table in tables:
        tx.connection.execute(table.delete())


def add_report(tx: Transaction, number: int, made: Made) -> None:
    times: dict[str, Any] = {"started_at": None, "finished_at": None, "outcome": None, "document_id": None}
    if made.status != "IN_QUEUE":
        times["started_at"] = ago(made.asked)
    if made.status in ENDED:
        times |= {"finished_at": ago(made.ended), "outcome": "data"}
    if made.status == "DONE":
        times["document_id"] = f"D{number}"
    row = {
        "seller_id": "S", "report_id": f"R{number}", "report_type": f"GET_{number}", "status": made.status,
        "marketplace_ids": ",M,", "options": "{}", "data_start": 0, "data_end": 0, "created_at": ago(made.asked),
    }  # fmt: skip
    tx.connection.execute(report.insert().values(row | times))
    if made.documented:
        add_document(tx, number, created=made.ended, size=1)


def add_document(tx: Transaction, number: int, created: float, size: int, expires: float = -1000) -> None:
    row = {
        "seller_id": "S", "document_id": f"D{number}", "report_id": f"R{number}", "object_name": f"o{number}",
        "content_type": "text/plain", "size": size, "content_size": size, "sha256": "", "created_at": ago(created),
        "expires_at": ago(expires),
    }  # fmt: skip
    tx.connection.execute(document.insert().values(row))


def left(tx: Transaction, column: sa.Column[Any]) -> set[Any]:
    return set(tx.connection.execute(sa.select(column)).scalars())


@TRIES
@given(made=st.lists(REPORTS, max_size=25), slice_=st.integers(1, 8))
def test_reports_go_that_ended_long_enough_ago_and_none_besides(tx: Transaction, made: list[Made], slice_: int) -> None:
    emptied(tx, document, report)
    for number, one in enumerate(made):
        add_report(tx, number, one)
    going = {f"R{number}" for number, one in enumerate(made) if one.goes}
    counted = count_gone(tx, Kind.REPORTS, BEFORE)
    assert counted.count == len(going)

    removed = [remove_gone(tx, Kind.REPORTS, BEFORE, slice_) for _ in range(len(going) // slice_ + 1)]

    assert max(removed) <= slice_
    assert (sum(removed), removed[-1] < slice_) == (len(going), True)
    assert left(tx, report.c.report_id) == {f"R{number}" for number in range(len(made))} - going


@TRIES
@given(days=st.lists(DAYS, max_size=25).map(lambda days: sorted(days, reverse=True)), slice_=st.integers(1, 8))
def test_the_ledger_goes_from_its_beginning_and_no_line_that_is_younger(
    tx: Transaction, days: list[int], slice_: int
) -> None:
    emptied(tx, event)
    for day in days:
        row = {"seller_id": "S", "subject": "x", "subject_id": "x", "to_status": "X", "actor": "a", "evidence": "{}"}
        tx.connection.execute(event.insert().values(row | {"at": ago(day)}))
    old = [day for day in days if day >= 400]

    removed = [remove_gone(tx, Kind.LEDGER, BEFORE, slice_) for _ in range(len(old) // slice_ + 1)]

    assert max(removed) <= slice_
    assert sum(removed) == len(old)
    assert left(tx, event.c.at) == {ago(day) for day in days if day < 400}


@TRIES
@given(
    documents=st.lists(st.tuples(st.integers(0, 10), st.integers(0, 50), st.booleans()), max_size=20),
    most=st.integers(0, 300),
    slice_=st.integers(1, 8),
)
def test_the_oldest_documents_go_until_the_rest_has_room(
    tx: Transaction, documents: list[tuple[int, int, bool]], most: int, slice_: int
) -> None:
    """Those that have expired count for nothing: they go by themselves. Those of the last day stay in any case."""
    emptied(tx, document)
    for number, (days, size, expired) in enumerate(documents):
        add_document(tx, number, days, size, expires=1 if expired else -1)
    live = {f"D{number}": one for number, one in enumerate(documents) if not one[2]}
    said = count_excess(tx, NOW, NOW - FRESH, most)

    removed: list[str] = []
    while names := remove_excess(tx, NOW, most, slice_):
        assert len(names) <= slice_
        removed += names

    gone = {f"D{name[1:]}" for name in removed}
    stays = {name: one for name, one in live.items() if name not in gone}
    assert left(tx, document.c.document_id) == {f"D{number}" for number in range(len(documents))} - gone
    assert all(live[name][0] >= 1 for name in gone)
    assert sum(size for _, size, _ in stays.values()) <= most or all(days < 1 for days, _, _ in stays.values())
    oldest_left = max((days for days, _, _ in stays.values()), default=0)
    assert all(live[name][0] >= oldest_left for name in gone)
    assert (said.count, said.bytes) == (len(gone), sum(live[name][1] for name in gone))


def test_schedules_go_once_they_were_cancelled_long_enough_ago(tx: Transaction) -> None:
    for name, cancelled in (("old", 401), ("young", 399), ("live", None)):
        row = {
            "seller_id": "S", "schedule_id": name, "report_type": "GET_X", "schedule_group": "GET_X",
            "marketplace_ids": ",M,", "marketplace_set": ",M,", "options": "{}", "period": "P1D", "anchor_at": 0,
            "next_at": 0, "covered_until": 0, "created_at": 0, "cancelled_at": cancelled and ago(cancelled),
        }  # fmt: skip
        tx.connection.execute(report_schedule.insert().values(row))
    assert count_gone(tx, Kind.SCHEDULES, BEFORE).count == remove_gone(tx, Kind.SCHEDULES, BEFORE, 10) == 1
    assert left(tx, report_schedule.c.schedule_id) == {"young", "live"}


@dataclass(frozen=True)
class MadeBatch:
    """A batch: its status, how many days ago it ended, how many operations it has, and how often each was tried."""

    status: str
    ended: int
    operations: int
    attempts: int

    @property
    def goes(self) -> bool:
        """Whether it is past 400 days, and has ended."""
        return self.status == "ended" and self.ended >= 400


BATCHES = st.builds(
    MadeBatch,
    st.sampled_from(("receiving", "running", "paused", "ended", "ended", "abandoned")),
    DAYS | st.sampled_from([399, 400, 401]),
    st.integers(0, 6),
    st.integers(0, 3),
)


def add_batch(tx: Transaction, number: int, made: MadeBatch) -> None:
    times = {"queued_at": 0, "progress_at": 0, "served_at": 0}
    ended_at = ago(made.ended) if made.status in ("ended", "abandoned") else None
    words = {"name": "", "submitted_by": "", "made_by": "submission", "status": made.status}
    row = {"number": number, "seller_id": "S", "batch_id": f"B{number}", "operations": made.operations}
    tx.connection.execute(batch.insert().values(row | words | times | {"ended_at": ended_at}))
    tried = {"attempts": made.attempts, "attempted_at": 0 if made.attempts else None, "repeats": 0}
    for line in range(1, made.operations + 1):
        words = {"marketplace_id": "M", "kind": "set_price", "reference": f"SKU-{line}", "body": "{}"}
        one = {"number": number, "line": line, "seller_id": "S", "status": "queued"}
        tx.connection.execute(operation.insert().values(one | words | tried))
        for turn in range(1, made.attempts + 1):
            told = {"outcome": "live", "http_status": 200, "request_id": "", "submission_id": ""}
            key = {"number": number, "line": line, "attempt": turn, "attempted_at": 0, "answered_at": 0}
            tx.connection.execute(attempt.insert().values(key | told))
    count = {"number": number, "kind": "set_price", "status": "queued", "code": "", "count": made.operations}
    tx.connection.execute(batch_count.insert().values(count))


@TRIES
@given(made=st.lists(BATCHES, max_size=12), slice_=st.integers(1, 8))
def test_batches_go_that_ended_long_enough_ago_with_all_of_their_lines_and_none_besides(
    tx: Transaction, made: list[MadeBatch], slice_: int
) -> None:
    emptied(tx, attempt, operation, batch_count, batch)
    for number, one in enumerate(made, 1):
        add_batch(tx, number, one)
    going = {number for number, one in enumerate(made, 1) if one.goes}
    rows = len(going) + sum(one.operations for one in made if one.goes)
    assert count_gone(tx, Kind.BATCHES, BEFORE).count == len(going)

    removed = [remove_gone(tx, Kind.BATCHES, BEFORE, slice_) for _ in range(rows // slice_ + 1)]

    assert (sum(removed), max(removed) <= slice_, removed[-1] < slice_) == (rows, True, True)
    stays = {number: one for number, one in enumerate(made, 1) if number not in going}
    assert left(tx, batch.c.number) == left(tx, batch_count.c.number) == stays.keys()
    assert len(left_rows(tx, operation)) == sum(one.operations for one in stays.values())
    assert len(left_rows(tx, attempt)) == sum(one.operations * one.attempts for one in stays.values())


def left_rows(tx: Transaction, table: sa.Table) -> list[Any]:
    return list(tx.connection.execute(sa.select(table)).all())


def test_abandoned_submissions_go_at_once_and_a_silent_one_is_abandoned_first(tx: Transaction) -> None:
    add_batch(tx, 1, MadeBatch("abandoned", 0, 3, 0))
    add_batch(tx, 2, MadeBatch("receiving", 0, 3, 0))
    add_batch(tx, 3, MadeBatch("running", 0, 3, 0))
    tx.connection.execute(batch.update().values(progress_at=ago(1)))

    assert tx.abandon_silent(NOW, NOW - 2 * DAY) == 0
    assert [tx.remove_abandoned(3), tx.remove_abandoned(3)] == [3, 1]
    assert left(tx, batch.c.number) == {2, 3}

    assert tx.abandon_silent(NOW, NOW - DAY / 2) == 1
    assert tx.remove_abandoned(10) == 4
    assert left(tx, batch.c.number) == left(tx, operation.c.number) == {3}


def test_access_tokens_go_when_they_expire(tx: Transaction) -> None:
    row = {"client_id": "C", "name": "app", "scope": "operator", "secret_hash": "", "created_at": 0}
    tx.connection.execute(application.insert().values(row))
    for name, days in (("old", 0.1), ("young", -0.01)):
        token = {"token_hash": name, "client_id": "C", "scope": "operator", "issued_at": 0, "expires_at": ago(days)}
        tx.connection.execute(access_token.insert().values(token))
    assert remove_gone(tx, Kind.ACCESS_TOKENS, NOW, 10) == 1
    assert left(tx, access_token.c.token_hash) == {"young"}


def test_what_would_go_is_told_with_its_size_its_oldest_and_its_newest(tx: Transaction) -> None:
    for number, (expires, size) in enumerate([(1, 10), (3, 20), (-1, 40)]):
        add_document(tx, number, created=9, size=size, expires=expires)
    gone = count_gone(tx, Kind.DOCUMENTS, NOW)
    assert (gone.count, gone.bytes) == (2, 30)
    assert (gone.oldest, gone.newest) == (from_micros(ago(3)), from_micros(ago(1)))
    nothing = count_gone(tx, Kind.REPORTS, BEFORE)
    assert (nothing.count, nothing.bytes, nothing.oldest, nothing.newest) == (0, None, None, None)


def test_a_kind_that_is_kept_for_ever_has_no_end() -> None:
    assert ends(KEEP, NOW)[Kind.REPORTS] == BEFORE
    for_ever = {Kind.REPORTS, Kind.BATCHES, Kind.FOLLOWED, Kind.LEDGER}
    assert ends(Keep(reports=None, ledger=None), NOW).keys() == set(Kind) - for_ever
