"""GET /daybook/v1/reports/{id}: what Amazon's contract leaves open, and why a report is still waiting."""

from typing import Any

import pytest

from daybook.lanes import WorkClass
from daybook.reports.reports import PRODUCTION
from daybook.reports.waiting import ENOUGH
from tests.api.production import begin, fail, finish, finish_without_data
from tests.api.serving import Client, Daybook

EXPLAINED = "/daybook/v1/reports"


def explained(client: Client, report_id: str) -> dict[str, Any]:
    answer = client.get(f"{EXPLAINED}/{report_id}")
    assert answer.status == 200, answer.body
    return dict(answer.json)


def with_history(daybook: Daybook, client: Client, reports: int = ENOUGH, seconds: int = 60) -> None:
    """Reports that waited and took so many seconds each, the last of which has just ended."""
    for _ in range(reports):
        client.ask()
        daybook.clock.advance(seconds)
        report = begin(daybook)
        daybook.clock.advance(seconds)
        finish(daybook, report)


def test_a_report_of_no_data_tells_its_outcome_its_meaning_and_its_evidence(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    finish_without_data(daybook, begin(daybook))
    told = explained(first, report_id)
    assert (told["outcome"], told["evidence"]) == ("no_data", "0 rows")
    assert "nothing to report" in str(told["outcomeMeaning"])
    assert "waiting" not in told


def test_the_history_names_each_move_and_who_made_it(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    fail(daybook, begin(daybook))
    told = explained(first, report_id)
    moves = [(step.get("fromStatus"), step["toStatus"]) for step in told["history"]]
    assert moves == [(None, "IN_QUEUE"), ("IN_QUEUE", "IN_PROGRESS"), ("IN_PROGRESS", "FATAL")]


def test_a_report_in_the_queue_names_its_place_and_the_report_before_it(daybook: Daybook, first: Client) -> None:
    blocking = first.ask()
    begin(daybook)
    daybook.clock.advance(1)
    first.ask()
    daybook.clock.advance(1)
    report_id = first.ask()
    waiting = explained(first, report_id)["waiting"]
    assert (waiting["place"], waiting["blockedBy"], waiting["stalled"]) == (2, blocking, False)
    assert blocking in waiting["sentence"]


def test_without_history_nothing_is_expected_and_nothing_is_stalled(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    daybook.clock.advance(days=2)
    waiting = explained(first, report_id)["waiting"]
    assert waiting["stalled"] is False
    assert waiting.keys() & {"expectedEndTime", "usualInProgress", "blockedBy"} == set()


def test_the_end_is_expected_after_what_is_usual_for_the_type(daybook: Daybook, first: Client) -> None:
    with_history(daybook, first, reports=3, seconds=60)
    report_id = first.ask()
    waiting = explained(first, report_id)["waiting"]
    assert waiting["usualInProgress"]["p50"] == 60
    asked = first.report(report_id)["createdTime"]
    daybook.clock.advance(60)
    now = daybook.clock.now.isoformat(timespec="seconds")
    assert (asked != now, waiting["expectedEndTime"]) == (True, now)


def test_a_report_is_stalled_once_it_takes_longer_than_99_of_100(daybook: Daybook, first: Client) -> None:
    with_history(daybook, first, seconds=120)
    report_id = first.ask()
    begin(daybook)
    daybook.clock.advance(119)
    at_most = explained(first, report_id)["waiting"]
    daybook.clock.advance(2)
    longer = explained(first, report_id)["waiting"]
    assert (at_most["stalled"], longer["stalled"], longer["place"]) == (False, True, 0)


def test_a_lane_that_keeps_failing_is_told(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    daybook.store.claim("worker 1", WorkClass.INTERACTIVE, {PRODUCTION}, 10_000, 30.0)
    daybook.store.reap(everything=True)
    waiting = explained(first, report_id)["waiting"]
    assert waiting["failures"] == 1
    assert "failed" in waiting["sentence"]


@pytest.mark.requirement("R001-023", "R004-282")
def test_another_sellers_report_is_not_found(first: Client, second: Client) -> None:
    report_id = first.ask()
    assert second.get(f"{EXPLAINED}/{report_id}").status == 404
