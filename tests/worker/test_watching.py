"""A report that takes much longer than is usual is stuck: the ledger tells of it once, as it does of a batch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from daybook.activity import Event
from daybook.kernel.clock import to_micros
from daybook.lanes import WorkClass
from daybook.reports.reports import SUBJECT
from daybook.reports.watching import REPORT_WATCH, wake_watch
from daybook.stalled import STALLED
from daybook.store import schema
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.watching import watching_step

BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SELLER = "A1SHOP"


class Clock:
    """A clock that stands until it is moved."""

    now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """Twenty-five reports of a type, each made in ten seconds, and one that was begun just now."""
    opened = open_store(database_url, clock)
    with opened.transaction() as tx:
        tx.connection.execute(schema.seller.insert().values(seller_id=SELLER, name="S", created_at=0))
        for number in range(25):
            add(opened, tx.connection, f"D{number}", BEGIN - timedelta(hours=1), "DONE")
        add(opened, tx.connection, "SLOW", BEGIN, "IN_PROGRESS")
    yield opened
    opened.close()


def add(opened: Store, connection: object, report_id: str, at: datetime, status: str) -> None:
    asked, done = to_micros(at), to_micros(at + timedelta(seconds=10))
    row = {
        "seller_id": SELLER, "report_id": report_id, "report_type": "GET_X", "status": status, "marketplace_ids": "",
        "options": "{}", "data_start": asked, "data_end": asked, "created_at": asked, "started_at": asked,
        "attempts": 1,
    }  # fmt: skip
    if status == "DONE":
        row |= {"finished_at": done, "outcome": "data", "document_id": report_id}
    connection.execute(schema.report.insert().values(row))  # type: ignore[attr-defined]


def look(store: Store) -> None:
    """One step of the lane."""
    with store.transaction() as tx:
        wake_watch(tx)
    [held] = store.claim("test", WorkClass.BULK, [REPORT_WATCH], 1, 30.0)
    watching_step(store)(held)


def told(store: Store) -> list[Event]:
    with store.reading() as tx:
        return [event for event in tx.events_of(SELLER, SUBJECT, "SLOW") if event.to_status == STALLED]


@pytest.mark.requirement("X-03")
def test_a_report_that_takes_much_longer_than_is_usual_is_told_of_once(store: Store, clock: Clock) -> None:
    clock.now += timedelta(seconds=59)
    look(store)
    assert told(store) == []

    clock.now += timedelta(minutes=5)
    look(store)
    look(store)

    [event] = told(store)
    assert (event.from_status, event.actor, event.at) == ("IN_PROGRESS", "watch lane", clock.now)
    assert event.evidence == {"lastProgress": BEGIN.isoformat(), "mayLastSeconds": 60.0, "reportType": "GET_X"}
    with store.reading() as tx:
        kept = tx.report(SELLER, "SLOW")
    assert kept is not None
    assert kept.status == "IN_PROGRESS"
