"""getReportSchedule."""

from datetime import timedelta

import pytest

from tests.api.production import fire
from tests.api.serving import FAULTY_LISTINGS, SCHEDULES, US, Client, Daybook


@pytest.mark.requirement("R004-126")
def test_a_schedule_is_told_as_it_is_listed(first: Client) -> None:
    schedule_id = first.plan(reportOptions={"a": "b"})
    told = first.get(f"{SCHEDULES}/{schedule_id}").json
    assert [told] == first.get(SCHEDULES, reportTypes=FAULTY_LISTINGS).json["reportSchedules"]
    assert told["reportScheduleId"] == schedule_id


@pytest.mark.requirement("R004-130")
@pytest.mark.parametrize("id", ["0", "ID323", "9" * 400, "%00", "%FF", "a%00b"])
def test_an_unknown_id_is_not_found(first: Client, id: str) -> None:
    first.plan()
    answer = first.get(f"{SCHEDULES}/{id}")
    assert answer.refusal == (404, "NotFound")
    assert answer.error["message"] == "The report schedule could not be found."


@pytest.mark.requirement("R004-223")
def test_the_next_time_moves_on_as_the_schedule_fires(daybook: Daybook, first: Client) -> None:
    schedule_id = first.plan("PT8H", marketplace_ids=(US,))
    fire(daybook, after=timedelta(hours=8))
    told = daybook.client().get(f"{SCHEDULES}/{schedule_id}").json
    assert told["nextReportCreationTime"] == "2026-11-22T04:00:00+00:00"
