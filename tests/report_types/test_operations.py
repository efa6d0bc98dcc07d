"""Operation reports through the Reports API."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from daybook.kernel.errors import NotFound
from daybook.operations.calls import Issue, Reply, ReplyStatus
from daybook.report_types.operations import PRODUCERS
from daybook.reports.report_types import report_types
from daybook.reports.reports import Report
from daybook.reports.status import Status
from tests.operations.driving import BEGIN, DE, SELLER, Book
from tests.operations.stub import LIVE, Stub

[PRODUCER] = PRODUCERS


@pytest.fixture
def book(database_url: str) -> Iterator[Book]:
    refused = Reply(ReplyStatus.INVALID, issues=(Issue("90220", "item_name is missing."),))
    opened = Book(database_url, Stub(lambda call: refused if call.sku == "SKU-000001" else LIVE))
    yield opened
    opened.store.close()


def produced(book: Book, start: float = 0, end: float = 0, **options: str) -> list[dict[str, str]]:
    """The rows of the report for a range in seconds after the beginning."""
    times = {"data_start": BEGIN + timedelta(seconds=start), "data_end": BEGIN + timedelta(seconds=end)}
    members: dict[str, Any] = {"status": Status.IN_PROGRESS, "marketplace_ids": (DE,), "options": options, **times}
    report = Report(SELLER, "1", PRODUCER.report_type, created_at=book.now, **members)
    with book.store.reading() as tx:
        text = b"".join(PRODUCER.produce(tx, report)).decode()
        assert PRODUCER.rows_up_to(tx, report, 1000) >= text.count("\n") - 1
    return list(csv.DictReader(io.StringIO(text)))


def test_the_type_can_be_asked_for_and_scheduled() -> None:
    found = report_types().find(PRODUCER.report_type)
    assert (found.requestable, found.schedulable, found.content_type) == ("yes", "yes", "text/csv; charset=UTF-8")


def test_a_batch_that_is_named_is_reported_whole_or_what_failed_of_it(book: Book) -> None:
    batch = book.prices(3)
    book.run()

    rows = produced(book, batchId=batch.batch_id)
    failed = produced(book, batchId=batch.batch_id, operationStatus="failed", timeZone="utc")

    assert [row["Operation Status"] for row in rows] == ["Success", "Error", "Success"]
    assert rows[0]["Queued At (America/Los_Angeles)"] == "2026-03-01 04:00:00"
    assert [(row["Reference"], row["price"], row["Queued At (UTC)"]) for row in failed] == [
        ("SKU-000001", "11.50", "2026-03-01 12:00:00")
    ]


def test_without_a_name_the_batches_of_the_range_are_reported_newest_first(book: Book) -> None:
    batches = []
    for place in range(4):
        batches.append(book.prices(1, first=10 + place).batch_id)
        book.pass_time(60)

    rows = produced(book, start=60, end=120)

    assert [row["Batch ID"] for row in rows] == [batches[2], batches[1]]


def test_where_there_is_no_batch_there_is_no_document_and_an_unknown_batch_is_an_error(book: Book) -> None:
    assert produced(book) == []
    with pytest.raises(NotFound):
        produced(book, batchId="1")
