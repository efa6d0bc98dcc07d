"""createReportSchedule: one schedule for a report type and a set of marketplaces."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.production import fire
from tests.api.serving import CA, DE, DECODING, FAULTY_LISTINGS, MX, SCHEDULES, US, Client, Daybook

MINIMAL = {"reportType": FAULTY_LISTINGS, "marketplaceIds": [US], "period": "P1D"}
FLAT_ORDERS = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
XML_ORDERS = "GET_ORDER_REPORT_DATA_SHIPPING"
PERIODS = (
    "PT5M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "P1D", "P2D", "P3D", "PT84H", "P7D", "P14D",
    "P15D", "P18D", "P30D", "P1M",
)  # fmt: skip


def refused(client: Client, **members: object) -> dict[str, str]:
    """The error that a body with these members is answered with; it has made no schedule."""
    answer = client.post(SCHEDULES, MINIMAL | members)
    assert answer.refusal == (400, "InvalidInput"), answer.body
    assert live(client) == []
    return answer.error


def live(client: Client, *report_types: str) -> list[dict[str, Any]]:
    """The schedules of the types as getReportSchedules lists them."""
    answer = client.get(SCHEDULES, reportTypes=report_types or (FAULTY_LISTINGS,))
    assert answer.status == 200, answer.body
    return list(answer.json["reportSchedules"])


def ids(schedules: list[dict[str, Any]]) -> set[str]:
    return {schedule["reportScheduleId"] for schedule in schedules}


@pytest.mark.requirement("R004-111", "R004-115", "R004-218", "R004-219", "R004-220", "R004-222", "R004-223")
def test_a_schedule_is_made_and_seen_at_once(first: Client) -> None:
    answer = first.post(SCHEDULES, MINIMAL)
    assert answer.status == 201
    assert list(answer.json) == ["reportScheduleId"]
    assert live(first) == [
        {
            "reportScheduleId": answer.json["reportScheduleId"],
            "reportType": FAULTY_LISTINGS,
            "period": "P1D",
            "marketplaceIds": [US],
            "nextReportCreationTime": "2026-11-22T12:00:00+00:00",
        }
    ]


@DECODING
@pytest.mark.requirement("R004-208", "R004-209", "R004-211")
@pytest.mark.parametrize("name", ["reportType", "marketplaceIds", "period"])
def test_a_body_without_a_required_member_is_refused_by_name(first: Client, name: str) -> None:
    error = refused(first, **{name: None})
    assert (error["message"], error["details"]) == ("One or more required parameters missing", f"{name};")


@pytest.mark.requirement("R004-211", "R004-274")
@pytest.mark.parametrize("period", PERIODS)
def test_every_one_of_the_eighteen_periods_is_taken(first: Client, period: str) -> None:
    first.plan(period)
    assert [schedule["period"] for schedule in live(first)] == [period]


@DECODING
@pytest.mark.requirement("R004-211", "R004-274")
@pytest.mark.parametrize(
    "wrong", ["PT10M", "PT6H", "P4D", "P1W", "P12M", "P1Y", "pt5m", "PT5M ", "", "P1D\0", 5, [], True]
)
def test_any_other_period_is_refused(first: Client, wrong: object) -> None:
    assert "period" in refused(first, period=wrong)["details"] or wrong == "P1D\0"


@pytest.mark.requirement("R004-210", "R004-221")
def test_options_are_kept_and_given_back(first: Client) -> None:
    first.plan(reportOptions={"reportPeriod": "DAY", "é": " "})
    assert live(first)[0]["reportOptions"] == {"reportPeriod": "DAY", "é": " "}


@DECODING
@pytest.mark.requirement("R004-233", "R004-234")
@pytest.mark.parametrize("wrong", [{"a": 1}, {"a": None}, {"a": ["b"]}, ["a"], "a", 1])
def test_options_that_are_not_text_to_text_are_refused(first: Client, wrong: object) -> None:
    assert "reportOptions" in refused(first, reportOptions=wrong)["details"]


@pytest.mark.requirement("R004-212", "R004-223")
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00+00:00"),
        ("2026-12-01T02:30:00.250+02:00", "2026-12-01T00:30:00.250+00:00"),
        ("2026-12-01", "2026-12-01T00:00:00+00:00"),
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+00:00"),
    ],
    ids=["to come", "an offset and milliseconds", "a date alone", "in the past"],
)
def test_the_first_report_is_due_when_it_was_asked_for(first: Client, sent: str, told: str) -> None:
    first.plan(nextReportCreationTime=sent)
    assert live(first)[0]["nextReportCreationTime"] == told


@DECODING
@pytest.mark.parametrize(
    "wrong", ["", "soon", "2026-02-30", "0001-01-01", "1999-12-31", "9000-01-01", "9999-12-31T23:59:59-14:00", "\0"]
)
def test_a_next_time_that_is_none_or_lies_too_far_away_is_refused(first: Client, wrong: str) -> None:
    refused(first, nextReportCreationTime=wrong)


@pytest.mark.requirement("R004-275")
def test_a_month_from_the_thirty_first_is_the_end_of_the_next_and_then_the_thirty_first_again(daybook: Daybook) -> None:
    daybook.clock.now += timedelta(days=71)  # 31 January
    daybook.client().plan("P1M")
    assert live(daybook.client())[0]["nextReportCreationTime"] == "2027-02-28T12:00:00+00:00"
    fire(daybook, after=timedelta(days=28))
    assert live(daybook.client())[0]["nextReportCreationTime"] == "2027-03-31T12:00:00+00:00"


def test_an_unknown_type_and_one_that_cannot_be_scheduled_are_refused(first: Client) -> None:
    assert refused(first, reportType="GET_NOTHING")["message"] == "Invalid Report Type GET_NOTHING"
    message = refused(first, reportType="GET_MERCHANT_LISTINGS_ALL_DATA")["message"]
    assert message == "Creation of report schedule type GET_MERCHANT_LISTINGS_ALL_DATA is not allowed at this time"


@pytest.mark.parametrize("wrong", [[], [DE], [US] * 26, "US", [1], {}])
def test_marketplaces_are_one_to_twenty_five_of_the_sellers_own(first: Client, wrong: object) -> None:
    refused(first, marketplaceIds=wrong)


# Replacement


@pytest.mark.requirement("R004-116", "R004-117")
@pytest.mark.parametrize("again", [(US, CA), (CA, US), (CA, US, CA, US)])
def test_a_schedule_of_the_same_type_and_set_of_marketplaces_is_replaced(first: Client, again: tuple[str, ...]) -> None:
    old = first.plan(marketplace_ids=(US, CA))
    new = first.plan("PT1H", marketplace_ids=again)
    assert [(each["reportScheduleId"], each["period"]) for each in live(first)] == [(new, "PT1H")]
    assert first.get(f"{SCHEDULES}/{old}").refusal == (404, "NotFound")


@pytest.mark.requirement("R004-117")
def test_a_schedule_of_other_marketplaces_stays(first: Client) -> None:
    made = {first.plan(marketplace_ids=marketplace_ids) for marketplace_ids in ((US,), (CA,), (US, CA), (US, CA, MX))}
    assert ids(live(first)) == made
    assert len(made) == 4


def test_a_schedule_of_another_type_stays_and_types_of_one_group_share_a_schedule(first: Client) -> None:
    listings = first.plan()
    flat = first.plan(reportType=FLAT_ORDERS)
    assert ids(live(first, FAULTY_LISTINGS, FLAT_ORDERS)) == {listings, flat}
    xml = first.plan(reportType=XML_ORDERS)
    assert ids(live(first, FAULTY_LISTINGS, FLAT_ORDERS, XML_ORDERS)) == {listings, xml}


def test_a_schedule_of_another_seller_stays(first: Client, second: Client) -> None:
    made = first.plan(), second.plan()
    assert (ids(live(first)), ids(live(second))) == ({made[0]}, {made[1]})


@pytest.mark.requirement("R004-116")
def test_a_replaced_schedule_makes_no_more_reports_and_what_it_made_stays(daybook: Daybook, first: Client) -> None:
    old = first.plan("PT1H")
    fire(daybook, after=timedelta(hours=1))
    new = first.plan("PT1H")
    fire(daybook, after=timedelta(hours=1))
    reports = first.get("/reports/2021-06-30/reports", reportTypes=FAULTY_LISTINGS).json["reports"]
    assert [report["reportScheduleId"] for report in reports] == [new, old]
