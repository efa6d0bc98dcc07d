"""The step of a production lane, on both databases."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from daybook.documents.objects import Objects
from daybook.documents.sweep import sweep_orphans
from daybook.documents.verification import Condition, verify_document
from daybook.documents.writing import Written
from daybook.kernel.errors import InvalidInput, Unavailable
from daybook.lanes import PARK_FOR, LaneLost
from daybook.report_types.producers import producers
from daybook.reports.reports import RETENTION, Report, cancel, fail
from daybook.reports.status import Outcome, Status
from daybook.store.store import Store
from daybook.worker.making import AttemptDied, ProducerFailed
from daybook.worker.production import LARGE, MOST_ATTEMPTS, production_step
from tests.databases import let_pass
from tests.report_types.catalogs import CA, OTHER_SELLER, SELLER, US, item, stock
from tests.worker.producing import (
    TYPE,
    Pieces,
    ask,
    claim,
    content,
    document_of,
    documents_count,
    found,
    history,
    names,
    nothing_is_due,
    production,
    run,
)

FYP = "GET_MERCHANTS_LISTINGS_FYP_REPORT"


@pytest.fixture
def objects() -> Objects:
    return Objects.open("memory://")


class Killed(BaseException):
    """The process dies here: nothing after it is done, and nothing is given back."""


def die() -> None:
    raise Killed


@pytest.mark.requirement("R001-015", "R004-245")
def test_a_report_with_rows_is_done_and_has_a_document(store: Store, objects: Objects) -> None:
    report = ask(store)

    run(production(store, objects, Pieces((b"sku\n", b"A\n", b"", b"B\n"))))

    done, document = found(store, report), document_of(store, report)
    assert (done.status, done.outcome, done.evidence, done.attempts) == (Status.DONE, Outcome.DATA, None, 1)
    assert done.document_id == document.document_id
    assert content(objects, document) == b"sku\nA\nB\n"
    assert verify_document(objects, document) is Condition.INTACT
    assert (document.compression, document.content_type) == ("GZIP", "text/plain; charset=UTF-8")
    assert (document.content_size, document.report_id) == (8, report.report_id)
    assert document.expires_at - document.created_at == RETENTION
    assert done.finished_at == document.created_at
    assert nothing_is_due(store)


def test_the_ledger_names_the_worker_that_moved_the_report(store: Store, objects: Objects) -> None:
    report = ask(store)

    run(production(store, objects, Pieces(), worker="host-1"))

    _, begun, ended = history(store, report)
    assert (begun.from_status, begun.to_status, begun.actor) == ("IN_QUEUE", "IN_PROGRESS", "host-1")
    assert (ended.from_status, ended.to_status, ended.actor) == ("IN_PROGRESS", "DONE", "host-1")
    assert ended.evidence == {
        "outcome": "data",
        "documentId": document_of(store, report).document_id,
        "reportType": report.report_type,
        "createdTime": report.created_at.isoformat(),
    }


@pytest.mark.requirement("R001-014", "R001-016")
def test_a_report_without_rows_is_cancelled_without_a_document(store: Store, objects: Objects) -> None:
    report = ask(store)

    run(production(store, objects, Pieces(())))

    ended = found(store, report)
    assert (ended.status, ended.outcome) == (Status.CANCELLED, Outcome.NO_DATA)
    assert ended.evidence == f"The producer of {TYPE} found no rows for {US}."
    assert ended.document_id is None
    assert names(objects) == []


def test_where_only_the_first_marketplace_counts_the_others_are_not_said_to_be_without_rows(
    store: Store, objects: Objects
) -> None:
    report = ask(store, marketplaces=(US, CA))

    run(production(store, objects, Pieces(())))

    none = f"The producer of {TYPE} found no rows for {US}."
    assert found(store, report).evidence == f"{none} Of several marketplaces only the first counts: name another first."
    assert nothing_is_due(store)


@pytest.mark.requirement("R001-012", "R001-013", "R004-244")
def test_a_cancelled_report_tells_whether_it_was_asked_for(store: Store, objects: Objects) -> None:
    empty, unwanted = ask(store), ask(store)
    with store.transaction() as tx:
        cancel(tx, tx.now, SELLER, unwanted.report_id, "application X")

    run(production(store, objects, Pieces(())))

    assert {found(store, report).status for report in (empty, unwanted)} == {Status.CANCELLED}
    assert found(store, empty).outcome is Outcome.NO_DATA
    assert found(store, unwanted).outcome is Outcome.CANCELLED_BY_REQUEST
    assert found(store, unwanted).started_at is None
    assert nothing_is_due(store)


def test_a_type_that_nobody_makes_is_cancelled_and_says_so(store: Store, objects: Objects) -> None:
    report = ask(store, FYP)

    run(production(store, objects, Pieces()))

    ended = found(store, report)
    assert (ended.status, ended.outcome, ended.document_id) == (Status.CANCELLED, Outcome.NO_DATA, None)
    assert ended.evidence == f"No producer makes {FYP} here, so there is no data of this type."


@pytest.mark.requirement("R001-017", "R004-246")
def test_a_producer_that_raises_makes_the_report_fatal_with_a_document_that_says_why(
    store: Store, objects: Objects
) -> None:
    def refuse() -> None:
        raise InvalidInput("The option reportPeriod is missing.", "Write WEEK or MONTH.")

    report = ask(store)

    run(production(store, objects, Pieces(then=refuse)))

    ended, document = found(store, report), document_of(store, report)
    sentence = "The option reportPeriod is missing. Write WEEK or MONTH."
    assert (ended.status, ended.outcome, ended.evidence) == (Status.FATAL, Outcome.FAILED, sentence)
    assert json.loads(content(objects, document)) == {"errorDetails": sentence}
    assert (document.compression, document.content_type) == (None, "text/plain; charset=UTF-8")
    assert document.expires_at - document.created_at == RETENTION
    assert names(objects) == [document.object_name]  # of the pieces before the error there is nothing
    assert nothing_is_due(store)


def test_an_error_that_was_not_written_for_people_is_named_by_its_kind_alone(store: Store, objects: Objects) -> None:
    def leak() -> None:
        raise ValueError("postgresql://user:hunter2@db: File x.py, line 3")

    report = ask(store)

    run(production(store, objects, Pieces(then=leak)))

    told = content(objects, document_of(store, report)).decode() + str(found(store, report).evidence)
    assert "hunter2" not in told
    assert "line 3" not in told
    assert "ValueError" in told
    assert TYPE in told


@pytest.mark.requirement("R004-247", "R004-248")
def test_one_report_of_a_type_is_in_progress_and_the_others_wait_for_its_end(store: Store, objects: Objects) -> None:
    first, second, third = ask(store), ask(store), ask(store)
    seen: list[list[Status]] = []
    parts = production(
        store, objects, Pieces(then=lambda: seen.append([found(store, one).status for one in (first, second, third)]))
    )

    run(parts)
    run(parts)
    run(parts)

    busy, waits, done = Status.IN_PROGRESS, Status.IN_QUEUE, Status.DONE
    assert seen == [[busy, waits, waits], [done, busy, waits], [done, done, busy]]
    assert found(store, third).status is done
    assert nothing_is_due(store)


def test_other_types_and_other_sellers_do_not_wait(store: Store, objects: Objects) -> None:
    reports = [ask(store), ask(store, FYP), ask(store, seller_id=OTHER_SELLER)]
    step = production_step(production(store, objects, Pieces(), Pieces(report_type=FYP)))

    held = [claim(store) for _ in reports]
    for lane in held:
        step(lane)

    assert {found(store, report).status for report in reports} == {Status.DONE}
    assert documents_count(store) == 3


def test_a_report_that_was_cancelled_in_the_queue_is_passed_over(store: Store, objects: Objects) -> None:
    report = ask(store)
    with store.transaction() as tx:
        cancel(tx, tx.now, SELLER, report.report_id, "application X")
    producer = Pieces()

    run(production(store, objects, producer))

    assert producer.asked == 0
    assert nothing_is_due(store)


def test_a_dead_workers_report_is_made_by_the_next_one(store: Store, objects: Objects) -> None:
    report = ask(store)
    with pytest.raises(Killed):
        run(production(store, objects, Pieces(then=die)))
    assert found(store, report).status is Status.IN_PROGRESS
    assert names(objects) == []

    store.reap(everything=True)
    run(production(store, objects, Pieces()))

    assert found(store, report).status is Status.DONE
    assert found(store, report).attempts == 2
    assert documents_count(store) == 1


def test_a_report_that_kills_each_worker_is_fatal_after_five_attempts(store: Store, objects: Objects) -> None:
    report = ask(store)
    deadly = Pieces(then=die)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            run(production(store, objects, deadly))
        revive(store)

    run(production(store, objects, deadly))

    ended = found(store, report)
    assert deadly.asked == MOST_ATTEMPTS
    assert (ended.status, ended.outcome) == (Status.FATAL, Outcome.FAILED)
    assert "begun 5 times" in json.loads(content(objects, document_of(store, report)))["errorDetails"]


def revive(store: Store) -> None:
    """The dead worker's lane is freed, and its back-off is over."""
    store.reap(everything=True)
    let_pass(store, PARK_FOR)


def test_a_worker_that_lost_its_lane_leaves_no_second_document(store: Store, objects: Objects) -> None:
    report = ask(store)
    parts = production(store, objects, Pieces(), worker="the second")

    def lose_the_lane() -> None:
        store.reap(everything=True)
        run(parts)

    with pytest.raises(LaneLost):
        run(production(store, objects, Pieces((b"sku\n", b"LATE\n"), then=lose_the_lane), worker="the first"))

    document = document_of(store, report)
    assert content(objects, document) == b"sku\nA\n"
    assert documents_count(store) == 1
    assert [event.actor for event in history(store, report) if event.to_status == "DONE"] == ["the second"]
    assert len(names(objects)) == 2

    sweep_orphans(store.do, objects, store.clock(), grace=timedelta(seconds=-1))

    assert names(objects) == [document.object_name]


def test_a_report_ends_once_even_where_somebody_else_ended_it(store: Store, objects: Objects) -> None:
    report = ask(store)

    def end_it() -> None:
        with store.transaction() as tx:
            fail(tx, tx.now, found(store, report), "by hand", None, "operator")

    run(production(store, objects, Pieces(then=end_it)))

    assert (found(store, report).status, found(store, report).evidence) == (Status.FATAL, "by hand")
    assert documents_count(store) == 0
    assert [event.to_status for event in history(store, report)] == ["IN_QUEUE", "IN_PROGRESS", "FATAL"]
    assert nothing_is_due(store)


def test_while_the_document_store_is_away_the_report_waits_and_nothing_is_kept(store: Store, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "documents", tmp_path / "unmounted"
    objects = Objects.open(folder.as_uri())
    report = ask(store)
    parts = production(store, objects, Pieces())
    step = production_step(parts)
    folder.rename(elsewhere)

    for _ in range(MOST_ATTEMPTS + 1):
        held = claim(store)
        with pytest.raises(Unavailable):
            step(held)
        store.put_back(held, held.failures, 0.0)

    waiting = found(store, report)
    assert (waiting.status, waiting.attempts, documents_count(store)) == (Status.IN_PROGRESS, 0, 0)

    elsewhere.rename(folder)
    run(parts)

    assert found(store, report).status is Status.DONE
    assert len(names(objects)) == 1


def test_while_the_database_is_away_for_a_producer_the_report_is_not_fatal(store: Store, objects: Objects) -> None:
    def away() -> None:
        raise sqlite3.OperationalError("unable to open database file")

    report = ask(store)

    with pytest.raises(Unavailable, match="temporarily unavailable"):
        run(production(store, objects, Pieces(then=away)))

    assert (found(store, report).status, found(store, report).attempts) == (Status.IN_PROGRESS, 0)
    assert names(objects) == []


class Child:
    """A child process that answers what it is told to."""

    def __init__(self, *answers: Written | Exception | None) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def make(self, report: Report, name: str) -> Written | None:
        self.asked.append((report.report_id, name))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(("rows", "asked"), [(LARGE - 1, 0), (LARGE, 1)])
def test_a_large_report_is_made_in_a_child_process(store: Store, objects: Objects, rows: int, asked: int) -> None:
    ask(store)
    child = Child(None)

    run(production(store, objects, Pieces(rows=rows), child=child))

    assert len(child.asked) == asked


def test_each_attempt_writes_an_object_of_its_own(store: Store, objects: Objects) -> None:
    report = ask(store)
    child = Child(AttemptDied("killed"), None)
    parts = production(store, objects, Pieces(rows=LARGE), child=child)
    with pytest.raises(AttemptDied):
        run(parts)
    revive(store)

    run(parts)

    (first, one), (second, other) = child.asked
    assert first == second == report.report_id
    assert one != other


def test_a_report_whose_child_dies_each_time_is_fatal_with_the_fifth(store: Store, objects: Objects) -> None:
    report = ask(store)
    parts = production(store, objects, Pieces(rows=LARGE), child=Child(*[AttemptDied("killed")] * MOST_ATTEMPTS))
    for _ in range(MOST_ATTEMPTS - 1):
        with pytest.raises(AttemptDied):
            run(parts)
        revive(store)

    run(parts)

    assert found(store, report).status is Status.FATAL
    assert "begun 5 times" in content(objects, document_of(store, report)).decode()


def test_what_a_child_says_of_its_producer_is_the_reports_end(store: Store, objects: Objects) -> None:
    report = ask(store)

    run(production(store, objects, Pieces(rows=LARGE), child=Child(ProducerFailed("No such column."))))

    assert (found(store, report).status, found(store, report).evidence) == (Status.FATAL, "No such column.")


def test_a_catalogs_report_is_made_by_its_own_producer(store: Store, objects: Objects) -> None:
    stock(store, item("A"), item("B", price=None))
    report = ask(store, FYP)

    run(production(store, objects, *producers().values()))

    [header, row] = content(objects, document_of(store, report)).decode().splitlines()
    assert header.startswith("Status\tReason\tSKU")
    assert row.startswith("Active\tMissing price\tB\t")
