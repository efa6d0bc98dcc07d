"""getReportSchedules: every schedule that fits, in one answer."""

from itertools import combinations

import pytest

from tests.api.serving import CA, FAULTY_LISTINGS, MX, SCHEDULES, US, Client

PENDING_ORDERS = "GET_FLAT_FILE_PENDING_ORDERS_DATA"


@pytest.mark.requirement("R004-100", "R004-101")
@pytest.mark.parametrize("query", ["", "?reporttypes=X", "?nextToken=x", "?pageSize=5"])
def test_without_types_they_are_missing(first: Client, query: str) -> None:
    answer = first.get(f"{SCHEDULES}{query}")
    assert answer.refusal == (400, "InvalidInput")
    assert (answer.error["message"], answer.error["details"]) == (
        "One or more required parameters missing",
        "reportTypes;",
    )


@pytest.mark.requirement("R004-101", "R004-102")
@pytest.mark.parametrize("types", [(), ("",), (FAULTY_LISTINGS,) * 11])
def test_types_are_one_to_ten(first: Client, types: tuple[str, ...]) -> None:
    answer = first.get(SCHEDULES, reportTypes=types)
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["details"].startswith("reportTypes;")


@pytest.mark.requirement("R004-102")
def test_ten_types_are_taken(first: Client) -> None:
    assert first.get(SCHEDULES, reportTypes=(FAULTY_LISTINGS,) * 10).json == {"reportSchedules": []}


def test_an_unknown_type_is_refused_by_name(first: Client) -> None:
    answer = first.get(SCHEDULES, reportTypes=(FAULTY_LISTINGS, "GET_NOTHING"))
    assert (answer.status, answer.error["message"]) == (400, "Invalid Report Type GET_NOTHING")


@pytest.mark.requirement("R004-097", "R004-103", "R004-224")
def test_every_schedule_of_the_types_is_in_the_one_answer(first: Client) -> None:
    sets = [marketplaces for count in (1, 2, 3) for marketplaces in combinations((US, CA, MX), count)]
    made = [
        first.plan(marketplace_ids=marketplaces, reportType=report_type)
        for report_type in (FAULTY_LISTINGS, PENDING_ORDERS)
        for marketplaces in sets
    ]
    answer = first.get(SCHEDULES, reportTypes=(FAULTY_LISTINGS, PENDING_ORDERS))
    assert list(answer.json) == ["reportSchedules"]
    assert {schedule["reportScheduleId"] for schedule in answer.json["reportSchedules"]} == set(made)
    assert len(answer.json["reportSchedules"]) == 14
    one = first.get(SCHEDULES, reportTypes=PENDING_ORDERS).json["reportSchedules"]
    assert {schedule["reportScheduleId"] for schedule in one} == set(made[7:])
