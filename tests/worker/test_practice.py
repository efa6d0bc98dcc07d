"""What scenarios make of productions, on both databases: they wait by their lanes, and end as was chosen."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest

from daybook.documents.objects import Objects
from daybook.documents.verification import Condition, verify_document
from daybook.lanes import WorkClass
from daybook.reports.reports import PRODUCTION, Report, cancel, production_lane
from daybook.reports.scenarios.putting import put, remove
from daybook.reports.scenarios.scenario import DocumentForm, Ending, Scenario, Time
from daybook.reports.status import Outcome, Status
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.making import ProducerFailed
from daybook.worker.production import Production
from tests.api.serving import ManualClock
from tests.databases import let_pass, next_due
from tests.report_types.catalogs import SELLER
from tests.worker.producing import (
    TYPE,
    Pieces,
    ask,
    content,
    document_of,
    found,
    history,
    names,
    nothing_is_due,
    production,
    run,
)


@pytest.fixture
def objects() -> Objects:
    return Objects.open("memory://")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(database_url: str, clock: ManualClock) -> Iterator[Store]:
    """The test's database, by a clock that the test moves."""
    store = open_store(database_url, clock)
    yield store
    store.close()


class Killed(BaseException):
    """The process dies here."""


def die() -> None:
    raise Killed


def hold(store: Store, **parts: object) -> None:
    """From now on the scenario with these parts holds."""
    with store.transaction() as tx:
        put(tx, tx.now, Scenario(**parts), "application X")  # type: ignore[arg-type]


def pass_time(store: Store, clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    if store.engine.dialect.name == "postgresql":  # where lanes keep the database's time
        let_pass(store, seconds)


def due_in(store: Store) -> float | None:
    return next_due(store, WorkClass.INTERACTIVE, [PRODUCTION])


def due(store: Store, report: Report) -> tuple[Status, int]:
    """Status and attempts."""
    now = found(store, report)
    return now.status, now.attempts


def test_a_lane_is_given_back_until_its_report_may_begin_and_may_end(
    store: Store, objects: Objects, clock: ManualClock
) -> None:
    hold(store, in_queue=30.0, in_progress=60.0)
    report, parts = ask(store), production(store, objects, Pieces())
    run(parts)
    assert due(store, report) == (Status.IN_QUEUE, 0)
    assert due_in(store) == pytest.approx(30, abs=1)
    assert nothing_is_due(store)
    pass_time(store, clock, 30)
    run(parts)
    assert due(store, report) == (Status.IN_PROGRESS, 0)
    assert due_in(store) == pytest.approx(60, abs=1)
    pass_time(store, clock, 60)
    run(parts)
    assert due(store, report) == (Status.DONE, 1)
    assert [event.to_status for event in history(store, report)] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    done = found(store, report)
    assert (done.started_at, done.finished_at) == (
        report.created_at + timedelta(seconds=30),
        report.created_at + timedelta(seconds=90),
    )


def test_looking_too_early_again_and_again_changes_nothing(store: Store, objects: Objects, clock: ManualClock) -> None:
    hold(store, in_progress=60.0)
    report, parts = ask(store), production(store, objects, Pieces())
    run(parts)
    for _ in range(9):
        pass_time(store, clock, 6)
        with store.transaction() as tx:
            tx.wake(production_lane(SELLER, TYPE), WorkClass.INTERACTIVE)
        run(parts)
        assert due(store, report) == (Status.IN_PROGRESS, 0)
    pass_time(store, clock, 6)
    run(parts)
    assert due(store, report) == (Status.DONE, 1)


def test_a_report_in_progress_outlives_its_worker(
    store: Store, database_url: str, objects: Objects, clock: ManualClock
) -> None:
    hold(store, in_progress=60.0)
    report = ask(store)
    run(production(store, objects, Pieces()))
    pass_time(store, clock, 60)
    with pytest.raises(Killed):
        run(production(store, objects, Pieces(then=die)))
    assert due(store, report) == (Status.IN_PROGRESS, 1)
    store.reap(everything=True)
    another = open_store(database_url, clock)
    run(production(another, objects, Pieces()))
    another.close()
    done = found(store, report)
    assert (done.status, done.attempts, done.finished_at) == (
        Status.DONE,
        2,
        report.created_at + timedelta(seconds=60),
    )


def test_a_wait_goes_on_after_a_restart(store: Store, database_url: str, objects: Objects, clock: ManualClock) -> None:
    hold(store, seed=7, in_progress=Time(between=(50, 100)))
    ask(store)
    run(production(store, objects, Pieces()))
    first = due_in(store)
    store.reap(everything=True)
    with store.transaction() as tx:
        tx.wake(production_lane(SELLER, TYPE), WorkClass.INTERACTIVE)
    another = open_store(database_url, clock)
    run(production(another, objects, Pieces()))
    assert due_in(another) == pytest.approx(first, abs=1)
    another.close()


def test_only_the_first_in_the_queue_is_waited_for(store: Store, objects: Objects, clock: ManualClock) -> None:
    hold(store, in_queue=30.0)
    parts = production(store, objects, Pieces())
    first = ask(store)
    clock.advance(1)
    second = ask(store)
    run(parts)
    with store.transaction() as tx:
        cancel(tx, tx.now, SELLER, first.report_id, "application X")
    pass_time(store, clock, 29)
    run(parts)
    assert due(store, second) == (Status.IN_QUEUE, 0)
    pass_time(store, clock, 1)
    run(parts)
    assert due(store, second)[0] is Status.DONE


def test_without_a_scenario_nothing_waits(store: Store, objects: Objects) -> None:
    hold(store, report_type="GET_AFN_INVENTORY_DATA", in_queue=30.0)
    hold(store, seller_id="ANOTHER", in_queue=30.0)
    report = ask(store)
    run(production(store, objects, Pieces()))
    assert due(store, report) == (Status.DONE, 1)


def test_every_worker_sees_a_scenario_at_once(store: Store, objects: Objects) -> None:
    parts = production(store, objects, Pieces())
    run_one(parts)
    hold(store, endings=(Ending(status="FATAL"),))
    fatal = run_one(parts)
    with store.transaction() as tx:
        remove(tx, tx.now, ("*", "*"), "application X")
    assert (due(store, fatal)[0], due(store, run_one(parts))[0]) == (Status.FATAL, Status.DONE)


def run_one(parts: Production) -> Report:
    report = ask(parts.store)
    run(parts)
    return report


# How it ends


def test_a_chosen_ending_asks_no_producer(store: Store, objects: Objects) -> None:
    hold(store, endings=(Ending(status="CANCELLED", outcome="cancelled_upstream"),))
    producer = Pieces()
    report = run_one(production(store, objects, producer))
    ended = found(store, report)
    assert (ended.status, ended.outcome, ended.evidence) == (
        Status.CANCELLED,
        Outcome.CANCELLED_UPSTREAM,
        "A practice scenario: it is to end so.",
    )
    assert (producer.asked, names(objects)) == (0, [])


def test_the_ledger_says_that_it_was_practice(store: Store, objects: Objects) -> None:
    hold(store, endings=(Ending(status="FATAL", error_details="Not yet."),))
    report = run_one(production(store, objects, Pieces()))
    assert history(store, report)[-1].evidence["evidence"] == "A practice scenario: Not yet."
    assert found(store, report).evidence == "A practice scenario: Not yet."


def test_a_failure_of_the_producer_stays_what_it_is(store: Store, objects: Objects) -> None:
    def fail() -> None:
        raise ProducerFailed("No.")

    hold(store, in_queue=0.0, document=DocumentForm(charset="Cp1252"))
    report = run_one(production(store, objects, Pieces(then=fail)))
    assert found(store, report).status is Status.FATAL


# How its document is


def test_the_document_of_a_producer_comes_in_another_charset(store: Store, objects: Objects) -> None:
    hold(store, document=DocumentForm(charset="Cp1252"))
    text = "sku\tname\nA\tPiñata 12 €\nB\t電気\n".encode()
    report = run_one(production(store, objects, Pieces([text[i : i + 1] for i in range(len(text))])))
    document = document_of(store, report)
    assert document.content_type == "text/plain; charset=Cp1252"
    assert content(objects, document) == "sku\tname\nA\tPiñata 12 €\nB\t??\n".encode("cp1252")
    assert verify_document(objects, document) is Condition.INTACT
    assert names(objects) == [document.object_name]


def test_the_document_of_a_producer_is_plain_and_known_as_it_is(store: Store, objects: Objects) -> None:
    hold(store, document=DocumentForm(plain=True, charset="Windows-31J"))
    report = run_one(production(store, objects, Pieces(["商品\n".encode(), "①\n".encode()])))
    document = document_of(store, report)
    stored = b"".join(objects.read(document.object_name, 0, document.size))
    assert (document.compression, document.content_size) == ("GZIP", len(stored))
    assert stored == "商品\n①\n".encode("cp932")
    assert verify_document(objects, document) is Condition.INTACT


def test_what_is_no_text_keeps_its_bytes(store: Store, objects: Objects) -> None:
    hold(store, document=DocumentForm(charset="Cp1252"))
    table = "FEE_DISCOUNTS_REPORT"
    parts = production(store, objects, Pieces([b"PK\x03\x04\xff"], report_type=table))
    report = ask(store, table)
    run(parts)
    document = document_of(store, report)
    assert "charset" not in document.content_type
    assert content(objects, document) == b"PK\x03\x04\xff"


def test_an_even_document_is_written_once(store: Store, objects: Objects) -> None:
    hold(store, in_queue=0.0)
    report = run_one(production(store, objects, Pieces()))
    document = document_of(store, report)
    assert document.object_name.endswith(document.document_id)
    assert gzip.decompress(b"".join(objects.read(document.object_name, 0, document.size))) == b"sku\nA\n"


def test_a_shared_document_stays_that_of_the_first_report(store: Store, objects: Objects, clock: ManualClock) -> None:
    hold(store, document=DocumentForm(shared_seconds=3600))
    parts = production(store, objects, producer := Pieces())
    first = run_one(parts)
    clock.advance(60)
    second = run_one(parts)
    document = document_of(store, second)
    assert (document.report_id, producer.asked) == (first.report_id, 1)
    assert document == document_of(store, first)
