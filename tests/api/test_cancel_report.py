"""cancelReport: only what still waits can be cancelled, and it stays to be seen."""

from collections.abc import Callable

import pytest

from tests.api.production import begin, fail, finish, finish_without_data
from tests.api.serving import ALL_LISTINGS, REPORTS, Client, Daybook


@pytest.mark.requirement("R004-081", "R004-085", "R004-087", "R004-088", "R004-089", "R004-090")
def test_a_report_in_the_queue_is_cancelled_and_still_seen(first: Client) -> None:
    report_id = first.ask()
    answer = first.delete(f"{REPORTS}/{report_id}")
    assert (answer.status, answer.body) == (200, b"{}")
    assert first.report(report_id)["processingStatus"] == "CANCELLED"
    assert first.listed() == [report_id]
    assert first.listed(processingStatuses="CANCELLED") == [report_id]
    assert first.listed(processingStatuses="IN_QUEUE") == []


def test_a_cancelled_report_is_never_started(daybook: Daybook, first: Client) -> None:
    cancelled = first.ask()
    daybook.clock.advance(1)
    waiting = first.ask()
    first.delete(f"{REPORTS}/{cancelled}")
    assert begin(daybook).report_id == waiting


def again(daybook: Daybook) -> None:
    [report_id] = daybook.client().listed()
    daybook.client().delete(f"{REPORTS}/{report_id}")


def started(daybook: Daybook) -> None:
    begin(daybook)


def done(daybook: Daybook) -> None:
    finish(daybook, begin(daybook))


def without_data(daybook: Daybook) -> None:
    finish_without_data(daybook, begin(daybook))


def failed(daybook: Daybook) -> None:
    fail(daybook, begin(daybook))


@pytest.mark.requirement("R004-085", "R004-086")
@pytest.mark.parametrize(
    ("move", "status"),
    [
        (again, "CANCELLED"),
        (started, "IN_PROGRESS"),
        (done, "DONE"),
        (without_data, "CANCELLED"),
        (failed, "FATAL"),
    ],
)
def test_a_report_in_any_other_status_cannot_be_cancelled_and_stays_as_it_is(
    daybook: Daybook, first: Client, move: Callable[[Daybook], None], status: str
) -> None:
    report_id = first.ask()
    move(daybook)
    before = first.report(report_id)
    answer = first.delete(f"{REPORTS}/{report_id}")
    assert answer.refusal == (400, "InvalidInput")
    assert status in answer.error["details"]
    assert before["processingStatus"] == status
    assert first.report(report_id) == before


def test_one_of_two_cancellations_at_once_succeeds_and_the_ledger_has_one(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    answers = [first.delete(f"{REPORTS}/{report_id}").status for _ in range(2)]
    assert answers == [200, 400]
    with daybook.store.reading() as tx:
        moves = [(event.from_status, event.to_status) for event in tx.events_of(daybook.first, "report", report_id)]
    assert moves == [(None, "IN_QUEUE"), ("IN_QUEUE", "CANCELLED")]


def test_a_body_with_the_cancellation_does_no_harm(first: Client) -> None:
    report_id = first.ask()
    assert first.send("DELETE", f"{REPORTS}/{report_id}", b"{}").status == 200


def test_an_unknown_report_is_not_found(first: Client) -> None:
    assert first.delete(f"{REPORTS}/ID323").refusal == (404, "NotFound")


def test_a_report_of_ninety_days_ago_is_not_found(daybook: Daybook) -> None:
    report_id = daybook.client().ask(ALL_LISTINGS)
    daybook.clock.advance(days=90, seconds=1)
    assert daybook.client().delete(f"{REPORTS}/{report_id}").refusal == (404, "NotFound")
