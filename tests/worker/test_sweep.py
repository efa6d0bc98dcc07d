"""The sweep's step, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daybook.accounts.applications import Application, Scope
from daybook.accounts.tokens import AccessToken
from daybook.documents.documents import Document, keep
from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.writing import DocumentWriter
from daybook.kernel.clock import to_micros
from daybook.kernel.errors import Unavailable
from daybook.kernel.ids import Ids
from daybook.kernel.keeping import Keep
from daybook.lanes import LEASE, Held, LaneLost, WorkClass
from daybook.operations.drafting import Draft
from daybook.operations.submitting import Submission, submit
from daybook.reports.reports import Report
from daybook.store import schema
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.sweep import EVERY, SWEEP, sweep_step, wake_sweep
from tests.databases import next_due
from tests.report_types.catalogs import SELLER, stock
from tests.worker.producing import Pieces, ask, documents_count, found, names, production, run

PAST = timedelta(days=-1)
FUTURE = timedelta(days=1)


@pytest.fixture
def objects() -> Objects:
    return Objects.open("memory://")


def claimed(store: Store) -> Held:
    with store.transaction() as tx:
        wake_sweep(tx)
    [held] = store.claim("a worker", WorkClass.BULK, [SWEEP], 1, LEASE)
    return held


def sweep(store: Store, objects: Objects, **more: object) -> float:
    """One step; seconds until the next."""
    sweep_step(store, objects, **more)(claimed(store))  # type: ignore[arg-type]
    seconds = next_due(store, WorkClass.BULK, [SWEEP])
    assert seconds is not None
    return seconds


def add_tokens(store: Store, count: int, expires_in: timedelta) -> None:
    with store.transaction() as tx:
        if not tx.applications():
            tx.add_application(Application("client-1", "an application", Scope.OPERATOR, tx.now, None), "hash")
        for number in range(count):
            token = AccessToken("client-1", None, Scope.OPERATOR, tx.now, tx.now + expires_in)
            tx.add_access_token(token, f"{expires_in}-{number}")


def rows_of(store: Store, table: str) -> int:
    with store.reading() as tx:
        count: int = tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return count


def tokens_count(store: Store) -> int:
    return rows_of(store, "access_token")


def write(objects: Objects, name: str) -> str:
    with DocumentWriter(objects, object_name(SELLER, name)) as writer:
        writer.write(b"content")
    return writer.close().object_name


def add_document(store: Store, objects: Objects, name: str, expires_in: timedelta) -> str:
    stock(store)
    written = write(objects, name)
    with store.transaction() as tx:
        expires_at = tx.now + expires_in
        keep(tx, Document(SELLER, name, "1", written, "text/plain", "GZIP", 1, 1, "00", tx.now, expires_at))
    return written


def test_expired_tokens_go_and_others_stay(store: Store, objects: Objects) -> None:
    add_tokens(store, 3, PAST)
    add_tokens(store, 2, FUTURE)

    assert sweep(store, objects) == pytest.approx(EVERY, abs=60)

    assert tokens_count(store) == 2


def test_expired_documents_go_with_their_objects(store: Store, objects: Objects) -> None:
    add_document(store, objects, "old", PAST)
    fresh = add_document(store, objects, "fresh", FUTURE)

    sweep(store, objects)

    assert documents_count(store) == 1
    assert names(objects) == [fresh]


def test_orphans_go_once_they_are_old_enough(store: Store, objects: Objects) -> None:
    known = add_document(store, objects, "known", FUTURE)
    orphan = write(objects, "orphan")

    sweep(store, objects)
    assert sorted(names(objects)) == sorted([known, orphan])

    sweep(store, objects, grace=timedelta(seconds=-1))
    assert names(objects) == [known]


def test_more_than_a_slice_is_removed_by_the_next_step_at_once(store: Store, objects: Objects) -> None:
    add_tokens(store, 5, PAST)
    add_document(store, objects, "old", PAST)
    orphan = write(objects, "orphan")
    now = timedelta(seconds=-1)

    steps = [sweep(store, objects, slice_=2, grace=now) <= 0 for _ in range(3)]

    assert steps == [True, True, False]
    assert (tokens_count(store), documents_count(store)) == (0, 0)
    assert orphan not in names(objects)


def test_reports_outlive_what_the_api_serves(store: Store, objects: Objects) -> None:
    report = ask(store)
    run(production(store, objects, Pieces(())))
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE report SET created_at = 0")

    sweep(store, objects)

    assert found(store, report).outcome == "no_data"


def aged(store: Store, report: Report, days: int) -> None:
    """As if the report had been asked for, and had ended, so long ago."""
    its = schema.report.c.report_id == report.report_id
    with store.transaction() as tx:
        then = to_micros(tx.now - timedelta(days=days))
        tx.connection.execute(schema.report.update().values(created_at=then, finished_at=then).where(its))


def test_the_record_of_a_report_goes_after_its_keep_and_its_ledger_after_its_own(
    store: Store, objects: Objects
) -> None:
    report = ask(store)
    run(production(store, objects, Pieces(())))
    aged(store, report, days=401)
    waiting = ask(store)

    sweep(store, objects, keep=Keep(reports=None))
    assert found(store, report).outcome == "no_data"

    sweep(store, objects)
    with store.reading() as tx:
        assert tx.report(SELLER, report.report_id) is None
        assert tx.events_of(SELLER, "report", report.report_id) != []
    assert found(store, waiting).status == "IN_QUEUE"


def test_a_submission_whose_server_died_goes_within_hours(store: Store, objects: Objects) -> None:
    stock(store)
    draft = Draft(1, "set_price", "M", "SKU-1", "{}")

    def transact(work: Callable[[Transaction], Any]) -> Any:
        if rows_of(store, "operation"):
            raise Unavailable("The server is dead.", "")
        return store.do(work)

    with pytest.raises(Unavailable):
        submit(transact, Ids(), Submission(SELLER, "file", "tester"), [draft])
    sweep(store, objects)
    assert rows_of(store, "batch") == rows_of(store, "operation") == 1

    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE batch SET progress_at = progress_at - 3600000001, queued_at = 0")
    sweep(store, objects)
    assert rows_of(store, "batch") == rows_of(store, "operation") == 0


def test_documents_that_have_no_room_go_with_their_objects_the_oldest_first(store: Store, objects: Objects) -> None:
    names_of = [add_document(store, objects, name, FUTURE) for name in ("a", "b", "c", "fresh")]
    with store.transaction() as tx:
        for number, name in enumerate(("a", "b", "c")):
            made = schema.document.update().values(created_at=to_micros(tx.now - timedelta(days=9 - number)))
            tx.connection.execute(made.where(schema.document.c.document_id == name))

    sweep(store, objects, keep=Keep(documents_bytes=2))

    assert sorted(names(objects)) == sorted(names_of[2:])
    assert documents_count(store) == 2


def test_a_document_is_kept_as_long_as_the_setting_says(store: Store, objects: Objects) -> None:
    report = ask(store)
    run(replace(production(store, objects, Pieces()), kept=timedelta(days=7)))

    with store.reading() as tx:
        document = tx.document(SELLER, found(store, report).document_id or "")
    assert document is not None
    assert document.expires_at - document.created_at == timedelta(days=7)


def test_a_sweep_that_lost_its_lane_removes_nothing_more(store: Store, objects: Objects) -> None:
    add_tokens(store, 1, PAST)
    stale = claimed(store)
    store.reap(everything=True)

    with pytest.raises(LaneLost):
        sweep_step(store, objects)(stale)

    assert tokens_count(store) == 1


def test_while_the_document_store_is_away_the_sweep_is_put_off(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    objects = Objects.open(folder.as_uri())
    old = add_document(store, objects, "old", PAST)
    folder.rename(tmp_path / "unmounted")
    held = claimed(store)

    with pytest.raises(Unavailable):
        sweep_step(store, objects)(held)

    assert documents_count(store) == 1
    assert (tmp_path / "unmounted" / old).exists()
