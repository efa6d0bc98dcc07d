"""cancelReportSchedule: the schedule ends, and what it made stays."""

from datetime import timedelta

import pytest

from tests.api.production import fire
from tests.api.serving import FAULTY_LISTINGS, SCHEDULES, Client, Daybook


@pytest.mark.requirement("R004-138", "R004-143")
def test_a_cancelled_schedule_is_told_and_listed_no_more(first: Client) -> None:
    schedule_id = first.plan()
    answer = first.delete(f"{SCHEDULES}/{schedule_id}")
    assert (answer.status, answer.body) == (200, b"{}")
    assert first.get(f"{SCHEDULES}/{schedule_id}").refusal == (404, "NotFound")
    assert first.get(SCHEDULES, reportTypes=FAULTY_LISTINGS).json == {"reportSchedules": []}


@pytest.mark.requirement("R004-142")
def test_a_cancelled_schedule_makes_no_more_reports_and_those_it_made_stay(daybook: Daybook, first: Client) -> None:
    schedule_id = first.plan("PT1H")
    fire(daybook, after=timedelta(hours=1))
    made = first.listed(reportTypes=FAULTY_LISTINGS)
    first.delete(f"{SCHEDULES}/{schedule_id}")
    for _ in range(3):
        fire(daybook, after=timedelta(hours=1))
    assert first.listed(reportTypes=FAULTY_LISTINGS) == made
    assert len(made) == 1
    assert first.report(made[0])["reportScheduleId"] == schedule_id


def test_a_second_cancellation_finds_nothing(first: Client) -> None:
    schedule_id = first.plan()
    assert [first.delete(f"{SCHEDULES}/{schedule_id}").status for _ in range(2)] == [200, 404]


def test_a_body_with_the_cancellation_does_no_harm(first: Client) -> None:
    assert first.send("DELETE", f"{SCHEDULES}/{first.plan()}", b"{}").status == 200


@pytest.mark.parametrize("id", ["0", "ID323", "%00"])
def test_an_unknown_schedule_is_not_found(first: Client, id: str) -> None:
    assert first.delete(f"{SCHEDULES}/{id}").refusal == (404, "NotFound")
