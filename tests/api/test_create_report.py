"""createReport."""

from typing import Any

import pytest

from tests.api.serving import ALL_LISTINGS, CA, DE, DECODING, MX, OPEN_LISTINGS, REPORTS, US, Client, Daybook

SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
MINIMAL = {"reportType": ALL_LISTINGS, "marketplaceIds": [US]}


def refused(client: Client, **members: object) -> dict[str, str]:
    """The error that a body with these members is answered with; it has made no report."""
    answer = client.post(REPORTS, MINIMAL | members)
    assert answer.refusal == (400, "InvalidInput"), answer.body
    assert client.listed() == []
    return answer.error


def made(client: Client, **members: object) -> dict[str, Any]:
    """The report that a body with these members makes."""
    return client.report(client.ask(**members))  # type: ignore[arg-type]


@pytest.mark.requirement("R004-056", "R004-060", "R004-061", "R001-002")
def test_a_new_report_is_accepted_and_seen_at_once_in_the_queue(first: Client) -> None:
    answer = first.post(REPORTS, MINIMAL)
    assert answer.status == 202
    assert list(answer.json) == ["reportId"]
    report = first.report(answer.json["reportId"])
    assert report["processingStatus"] == "IN_QUEUE"
    assert "reportDocumentId" not in report
    assert first.listed() == [answer.json["reportId"]]


def test_each_request_makes_a_report_of_its_own(first: Client) -> None:
    ids = {first.ask() for _ in range(3)}
    assert len(ids) == 3
    assert set(first.listed()) == ids


@DECODING
@pytest.mark.requirement("R004-214", "R004-217")
@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, "marketplaceIds;reportType;"),
        ({"reportType": ALL_LISTINGS}, "marketplaceIds;"),
        ({"marketplaceIds": [US]}, "reportType;"),
        ({"reportType": None, "marketplaceIds": [US]}, "reportType;"),
    ],
)
def test_a_body_without_a_required_member_is_refused_by_name(
    first: Client, body: dict[str, object], details: str
) -> None:
    answer = first.post(REPORTS, body)
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == "One or more required parameters missing"
    assert answer.error["details"] == details


def test_members_that_nobody_knows_are_ignored(first: Client) -> None:
    members = {"MarketplaceIds": [DE], "dataendtime": "nonsense", "x": [{"y": None}], "z": "\0"}
    report = made(first, **members)
    assert report["marketplaceIds"] == [US]
    assert report["dataEndTime"] == "2026-11-21T12:00:00+00:00"


def test_an_unknown_type_is_refused_by_name(first: Client) -> None:
    assert refused(first, reportType="GET_NOTHING")["message"] == "Invalid Report Type GET_NOTHING"


def test_a_type_that_cannot_be_requested_is_refused(first: Client) -> None:
    error = refused(first, reportType=SETTLEMENT)
    assert error["message"] == f"Request for report type {SETTLEMENT} is not allowed at this time"
    assert "report_types.csv" in error["details"]


# Marketplaces


@pytest.mark.requirement("R004-197", "R004-217")
def test_a_report_keeps_its_marketplaces_in_the_order_that_they_were_asked_in(first: Client) -> None:
    assert made(first, marketplace_ids=(MX, US, CA))["marketplaceIds"] == [MX, US, CA]


def test_a_marketplace_that_is_named_twice_counts_once(first: Client) -> None:
    assert made(first, marketplace_ids=(US, CA, US))["marketplaceIds"] == [US, CA]


@pytest.mark.parametrize("foreign", [DE, "", "A,B", "ATVPDKIKX0DER ", "é" * 500])
def test_a_marketplace_that_the_seller_does_not_sell_on_is_refused(first: Client, foreign: str) -> None:
    error = refused(first, marketplaceIds=[US, foreign])
    assert "Some of the marketplaces are not allowed" in error["message"]


@pytest.mark.requirement("R004-242")
@pytest.mark.parametrize("count", [0, 26])
def test_marketplaces_are_one_to_twenty_five(first: Client, count: int) -> None:
    refused(first, marketplaceIds=[US] * count)


@pytest.mark.requirement("R004-242")
def test_twenty_five_marketplaces_are_taken(first: Client) -> None:
    assert made(first, marketplace_ids=(US,) * 25)["marketplaceIds"] == [US]


# Dates


@pytest.mark.requirement("R004-215", "R004-216")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00+00:00")),
        ({"dataStartTime": "2026-11-01T00:00:00Z"}, ("2026-11-01T00:00:00+00:00", "2026-11-21T12:00:00+00:00")),
        ({"dataEndTime": "2026-11-01T00:00:00Z"}, ("2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00")),
        (
            {"dataStartTime": "2026-11-01T00:00:00Z", "dataEndTime": "2026-11-02T00:00:00Z"},
            ("2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"),
        ),
        ({"dataStartTime": None, "dataEndTime": None}, ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00+00:00")),
    ],
    ids=["neither", "a start alone", "an end alone", "both", "both null"],
)
def test_a_data_time_that_is_left_out_is_now_and_an_end_alone_is_the_start_too(
    first: Client, given: dict[str, object], kept: tuple[str, str]
) -> None:
    report = made(first, **given)
    assert (report["dataStartTime"], report["dataEndTime"]) == kept


@DECODING
@pytest.mark.requirement("R004-200", "R004-201", "R004-215", "R004-216")
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00+00:00"),
        ("2026-11-01T08:00:00+00:00", "2026-11-01T08:00:00+00:00"),
        ("2026-11-01T08:00:00-07:00", "2026-11-01T15:00:00+00:00"),
        ("2026-11-01T08:00:00", "2026-11-01T08:00:00+00:00"),
        ("2026-11-01T08:00Z", "2026-11-01T08:00:00+00:00"),
        ("20261101T080000Z", "2026-11-01T08:00:00+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_a_date_time_is_read_in_any_iso_8601_form_and_told_in_utc(first: Client, sent: str, told: str) -> None:
    report = made(first, dataStartTime=sent, dataEndTime=sent)
    assert (report["dataStartTime"], report["dataEndTime"]) == (told, told)


@pytest.mark.requirement("R001-035")
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2019-12-11T13:47:20.677Z", "2019-12-11T13:47:20.677+00:00"),
        ("2019-12-11T13:47:20.000Z", "2019-12-11T13:47:20+00:00"),
        ("2019-12-11T06:47:20.600-07:00", "2019-12-11T13:47:20.600+00:00"),
    ],
)
def test_milliseconds_that_a_client_gives_come_back(first: Client, sent: str, told: str) -> None:
    report = made(first, dataStartTime=sent, dataEndTime=sent)
    assert (report["dataStartTime"], report["dataEndTime"]) == (told, told)


@pytest.mark.requirement("R004-200", "R004-201", "R004-203")
def test_times_that_the_server_sets_are_whole_seconds(daybook: Daybook, first: Client) -> None:
    daybook.clock.advance(0.654321)
    report = made(first)
    times = {report[name] for name in ("createdTime", "dataStartTime", "dataEndTime")}
    assert times == {"2026-11-21T12:00:00+00:00"}


@DECODING
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-11-31",
        "2026-W47-6",
        "1",
        "2026-11-21T12:00:00Z+",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-11-21",
    ],
)
@pytest.mark.parametrize("name", ["dataStartTime", "dataEndTime"])
def test_a_text_that_is_no_date_time_is_refused_by_the_members_name(first: Client, name: str, wrong: str) -> None:
    error = refused(first, **{name: wrong})
    assert error["details"].startswith(f"{name}: ")


@pytest.mark.requirement("R004-215", "R004-216", "R004-235")
@pytest.mark.parametrize("name", ["dataStartTime", "dataEndTime"])
def test_a_data_time_in_the_future_is_refused_and_now_itself_is_not(first: Client, name: str) -> None:
    assert refused(first, **{name: "2026-11-21T12:00:00.000001Z"})["message"] == f"{name} is in the future"
    assert made(first, **{name: "2026-11-21T12:00:00Z"})["dataEndTime"] == "2026-11-21T12:00:00+00:00"


@pytest.mark.requirement("R004-235")
def test_a_start_after_the_end_is_refused(first: Client) -> None:
    error = refused(first, dataStartTime="2026-11-02T00:00:00Z", dataEndTime="2026-11-01T23:59:59Z")
    assert error["message"] == "dataStartTime is after dataEndTime"


def test_a_start_in_this_very_second_is_taken(daybook: Daybook, first: Client) -> None:
    daybook.clock.advance(0.9)
    report = made(first, dataStartTime="2026-11-21T12:00:00.500Z")
    assert report["dataStartTime"] <= report["dataEndTime"]


# Options


@pytest.mark.requirement("R004-213", "R004-233")
def test_options_are_kept_as_they_were_given(daybook: Daybook, first: Client) -> None:
    options = {"reportPeriod": "WEEK", "custom": "true", "é": "ß\n,", "": " "}
    report_id = first.ask(reportOptions=options)
    with daybook.store.reading() as tx:
        report = tx.report(daybook.first, report_id)
    assert report is not None
    assert report.options == options


@pytest.mark.requirement("R004-213")
@pytest.mark.parametrize("nothing", [{}, "", None])
def test_options_may_be_empty(first: Client, nothing: object) -> None:
    assert made(first, reportOptions=nothing)["processingStatus"] == "IN_QUEUE"


@DECODING
@pytest.mark.requirement("R004-233", "R004-234")
@pytest.mark.parametrize(
    "wrong", [{"a": 1}, {"a": True}, {"a": None}, {"a": ["b"]}, {"a": {"b": "c"}}, ["a"], "a", 1, True]
)
def test_options_that_are_not_text_to_text_are_refused(first: Client, wrong: object) -> None:
    assert "reportOptions" in refused(first, reportOptions=wrong)["details"]


def test_a_report_waits_in_the_queue_of_its_own_type(daybook: Daybook, first: Client) -> None:
    ids = [first.ask(ALL_LISTINGS), first.ask(OPEN_LISTINGS)]
    assert [first.report(id)["reportType"] for id in ids] == [ALL_LISTINGS, OPEN_LISTINGS]
    assert first.listed(reportTypes=OPEN_LISTINGS) == ids[1:]
