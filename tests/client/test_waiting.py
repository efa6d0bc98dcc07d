"""Waiting: until which status, how often, for how long, and what is borne meanwhile."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx2
import pytest

from daybook.client import PollingPlan, Request, Result
from daybook.client.errors import (
    CancelledUnexplained,
    NoSuchThing,
    ReportFatal,
    ServerFailed,
    StillWaiting,
    WrongAnswer,
)
from daybook.client.requests.requests import Part
from daybook.client.requests.waiting import Look, UnknownStatus
from daybook.kernel.errors import InvalidInput
from tests.client.driven import Driven
from tests.client.scripted import AWAY, MISSING, TOO_OFTEN, Answer, Server, answer, refusal, report, report_body
from tests.client.virtual import BEGINNING, VirtualTime

TYPE, US = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER"
STEADY = PollingPlan(usual=180, first=20, share=0.125, jitter=0.0)
QUEUED, RUNNING = report("IN_QUEUE"), report("IN_PROGRESS")


def ending_at(time: VirtualTime, ends: dict[str, float]) -> Callable[[httpx2.Request], Answer]:
    """Reports that are DONE at those times."""

    def answered(request: httpx2.Request) -> Answer:
        report_id = request.url.path.rpartition("/")[2]
        return report("DONE" if time.passed >= ends[report_id] else "IN_PROGRESS", report_id)

    return answered


@pytest.mark.requirement("R001-001", "R001-002", "R001-003", "R001-005", "R001-007", "R001-008", "R001-022")
def test_a_report_is_asked_about_by_its_id_until_it_is_done_and_its_document_not_before(
    client: Driven, server: Server
) -> None:
    server.on("getReport", QUEUED, QUEUED, RUNNING, RUNNING, RUNNING, report("DONE"))
    result = client.wait(client.request(TYPE, [US]))
    client.rows(result)
    assert [one.reportId for one in result.reports] == ["R1"]
    assert result.document_ids == ("doc-1",)
    told = [f"{one.operation} {one.request.url.path}" for one in server.asked if one.operation != "token"]
    assert told[0] == "createReport /reports/2021-06-30/reports"
    assert told[1:7] == ["getReport /reports/2021-06-30/reports/R1"] * 6
    assert told[7:] == ["getReportDocument /reports/2021-06-30/documents/doc-1", "download //NinetyDays/doc-1"]


@pytest.mark.requirement("R001-004")
def test_a_wait_ends_at_cancelled(client: Driven, server: Server) -> None:
    server.on("getReport", QUEUED, report("CANCELLED"), report("DONE"))
    with pytest.raises(CancelledUnexplained):
        client.wait(client.request(TYPE, [US]))
    assert server.count("getReport") == 2


@pytest.mark.requirement("R001-006")
def test_a_wait_ends_at_fatal(client: Driven, server: Server) -> None:
    server.on("getReport", RUNNING, report("FATAL"), report("DONE"))
    with pytest.raises(ReportFatal):
        client.wait(client.request(TYPE, [US]))
    assert server.count("getReport") == 2


@pytest.mark.requirement("R001-015", "R001-016")
def test_done_without_a_document_is_not_what_the_contract_says(client: Driven, server: Server) -> None:
    server.on("getReport", report("DONE", reportDocumentId=None))
    with pytest.raises(WrongAnswer, match="R1"):
        client.wait(client.request(TYPE, [US]))
    assert server.count("getReportDocument") == 0


@pytest.mark.requirement("R001-038")
def test_a_status_that_is_not_known_is_no_end_is_shown_as_it_came_and_warned_of_once(
    client: Driven, server: Server
) -> None:
    server.on("getReport", report("IN_TRANSIT"), report("IN_TRANSIT"), report("DONE"))
    looks: list[Look] = []
    with pytest.warns(UnknownStatus, match="'IN_TRANSIT'") as warned:
        client.wait(client.request(TYPE, [US]), heard=looks.append)
    assert len(warned) == 1
    assert [look.status for look in looks] == ["IN_TRANSIT", "IN_TRANSIT"]


@pytest.mark.requirement("R001-040")
def test_looks_widen_with_the_root_of_the_age(make: Callable[..., Driven], server: Server, time: VirtualTime) -> None:
    client = make(plan=STEADY)
    server.on("getReport", ending_at(time, {"R1": 3600.0}))
    client.wait(client.request(TYPE, [US]))
    times = [asked.at for asked in server.of("getReport")]
    assert times[:3] == [20.0, 40.0, 80.0]
    later = [(sooner, after - sooner) for sooner, after in pairwise(times) if sooner >= 54]
    assert all(pause == pytest.approx(0.125 * (180 * age) ** 0.5) for age, pause in later)


@pytest.mark.requirement("R001-040")
def test_chance_moves_each_look_by_a_tenth_at_most(make: Callable[..., Driven], server: Server) -> None:
    client = make(plan=PollingPlan(usual=180, first=20, share=0.125, jitter=0.1))
    server.on("getReport", *[RUNNING] * 30, report())
    client.wait(client.request(TYPE, [US]))
    times = [0.0, *(asked.at for asked in server.of("getReport"))]
    planned = [
        20.0,
        *(max(age, 0.125 * (180 * age) ** 0.5) if age < 54 else 0.125 * (180 * age) ** 0.5 for age in times[1:-1]),
    ]
    factors = [(after - sooner) / plan for (sooner, after), plan in zip(pairwise(times), planned, strict=True)]
    assert all(0.9 <= factor <= 1.1 for factor in factors)
    assert len({round(factor, 4) for factor in factors}) > 20


def test_a_plan_can_be_given_for_a_type(make: Callable[..., Driven], server: Server, time: VirtualTime) -> None:
    client = make(plan=STEADY, plans={TYPE: PollingPlan(usual=7200, first=3600, jitter=0.0)})
    server.on("getReport", report())
    client.wait(client.request(TYPE, [US]))
    assert time.passed == 3600.0


def test_the_first_look_and_the_spacing_are_learned_from_the_reports_before(
    make: Callable[..., Driven], server: Server, time: VirtualTime
) -> None:
    client = make(plan=STEADY)
    for _ in range(10):
        began = time.passed
        server.on("createReport", answer({"reportId": f"at {began}"}, 202))
        server.on("getReport", ending_at(time, {f"at {began}": began + 1000}))
        client.wait(client.request(TYPE, [US]))
    server.asked.clear()
    began = time.passed
    server.on("createReport", answer({"reportId": "last"}, 202))
    server.on("getReport", ending_at(time, {"last": began + 1000}))
    client.wait(client.request(TYPE, [US]))
    [first, *rest] = server.of("getReport")
    assert 1000 <= first.at - began <= 1050
    assert rest == []


def test_a_look_tells_whoever_shows_the_progress(make: Callable[..., Driven], server: Server) -> None:
    client = make(plan=STEADY)
    server.on("getReport", QUEUED, RUNNING, report())
    looks: list[Look] = []
    client.wait(client.request(TYPE, [US]), heard=looks.append)
    assert [(look.report_id, look.status, look.age, look.next_in, look.usual) for look in looks] == [
        ("R1", "IN_QUEUE", 20.0, 20.0, None),
        ("R1", "IN_PROGRESS", 40.0, 40.0, None),
    ]


def test_a_deadline_ends_the_wait_with_a_last_look_and_the_report_can_be_waited_for_again(
    client: Driven, server: Server, time: VirtualTime
) -> None:
    server.on("getReport", ending_at(time, {"R1": 1000.0}))
    request = client.request(TYPE, [US])
    with pytest.raises(StillWaiting, match="R1") as still:
        client.wait(request, within=300.0)
    assert time.passed == pytest.approx(300.0)
    assert server.of("getReport")[-1].at == pytest.approx(300.0)
    assert still.value.report_ids == ("R1",)
    assert "IN_PROGRESS" in still.value.details
    assert client.wait(request).reports[0].reportId == "R1"
    assert server.count("createReport") == 1


def test_a_report_that_is_not_seen_yet_is_looked_for_again(client: Driven, server: Server) -> None:
    server.on("getReport", MISSING, MISSING, MISSING, report())
    assert client.wait(client.request(TYPE, [US])).reports[0].reportId == "R1"


def test_a_report_that_is_still_not_seen_after_a_minute_is_missing(
    client: Driven, server: Server, time: VirtualTime
) -> None:
    server.on("getReport", MISSING)
    with pytest.raises(NoSuchThing):
        client.wait(client.request(TYPE, [US]))
    assert 60 < time.passed < 120


def test_a_report_that_was_seen_and_is_gone_is_missing_at_once(client: Driven, server: Server) -> None:
    server.on("getReport", QUEUED, MISSING)
    with pytest.raises(NoSuchThing):
        client.wait(client.request(TYPE, [US]))
    assert server.count("getReport") == 2


@pytest.mark.parametrize("trouble", [AWAY, TOO_OFTEN, httpx2.ConnectError("refused")])
def test_a_wait_outlives_an_outage_of_minutes(
    client: Driven, server: Server, time: VirtualTime, trouble: Answer
) -> None:
    server.on("getReport", lambda request: trouble if time.passed < 600 else report())
    assert client.wait(client.request(TYPE, [US])).reports[0].reportId == "R1"


def test_a_wait_does_not_outlive_an_outage_that_lasts(client: Driven, server: Server, time: VirtualTime) -> None:
    server.on("getReport", AWAY)
    with pytest.raises(ServerFailed):
        client.wait(client.request(TYPE, [US]))
    assert 900 < time.passed < 1800


@pytest.mark.requirement("R001-040")
def test_the_waits_of_a_seller_keep_to_the_plan_of_getreport_together(
    make: Callable[..., Driven], server: Server, time: VirtualTime
) -> None:
    client = make(plan=PollingPlan(usual=1.0, first=1.0, share=0.1, jitter=0.1))
    requests = []
    for number in range(40):
        server.on("createReport", answer({"reportId": f"R{number}"}, 202, x_amzn_RateLimit_Limit="1000"))
        requests.append(client.request(TYPE, [US]))
    end = time.passed + 120
    server.on("getReport", ending_at(time, {f"R{number}": end for number in range(40)}))
    assert len(client.ended(requests)) == 40
    times = [asked.at for asked in server.of("getReport")]
    assert len(times) > 200
    for first in range(len(times)):
        within = [at for at in times[first:] if at - times[first] <= 30]
        assert len(within) <= 15 + 2 * 30 + 1


@pytest.mark.requirement("R004-280")
def test_how_a_report_stands_is_never_asked_of_getreports(client: Driven, server: Server) -> None:
    server.on("getReport", *[RUNNING] * 20, report())
    client.wait(client.request(TYPE, [US]))
    assert (server.count("getReport"), server.count("getReports")) == (21, 0)


def test_many_requests_are_waited_for_at_once_and_come_as_they_end(
    client: Driven, server: Server, time: VirtualTime
) -> None:
    requests = []
    for report_id in ("R1", "R2", "R3"):
        server.on("createReport", answer({"reportId": report_id}, 202))
        requests.append(client.request(TYPE, [US]))
    server.on("getReport", ending_at(time, {"R1": 500.0, "R2": 100.0, "R3": 300.0}))
    ended = client.ended(requests)
    assert [request.report_ids for request, _ in ended] == [("R2",), ("R3",), ("R1",)]
    assert all(isinstance(result, Result) for _, result in ended)


def test_requests_that_the_server_answers_with_one_report_each_have_their_result(
    client: Driven, server: Server
) -> None:
    """Requests for nearly the same may be given one report, or one document; and one may be waited for twice."""
    requests = [client.request(TYPE, [US]) for _ in range(2)]
    server.on("getReport", RUNNING, report())
    ended = client.ended([*requests, requests[0]])
    assert [request for request, _ in ended] == [requests[0], requests[1], requests[0]]
    assert all(result.document_ids == ("doc-1",) for _, result in ended)
    assert server.count("getReport") == 2


def test_a_request_that_failed_does_not_end_the_wait_for_the_others(client: Driven, server: Server) -> None:
    requests = []
    for report_id in ("R1", "R2"):
        server.on("createReport", answer({"reportId": report_id}, 202))
        requests.append(client.request(TYPE, [US]))
    server.on(
        "getReport",
        lambda request: report("FATAL", "R1") if request.url.path.endswith("R1") else report("DONE", "R2"),
    )
    results = {request.report_ids[0]: result for request, result in client.ended(requests)}
    assert isinstance(results["R1"], ReportFatal)
    assert isinstance(results["R2"], Result)


@pytest.mark.requirement("R001-019", "R001-020", "R001-021")
@pytest.mark.parametrize("scheduled", [False, True])
def test_a_report_older_than_90_days_is_not_asked_about_and_a_younger_one_is(
    client: Driven, server: Server, time: VirtualTime, scheduled: bool
) -> None:
    """Whether a schedule made it makes no difference."""
    part = Part(TYPE, (US,), BEGINNING - timedelta(days=90, seconds=1), report_id="R1")
    with pytest.raises(InvalidInput, match="too old"):
        client.wait(Request((part,)))
    assert server.count("getReport") == 0
    created = (BEGINNING - timedelta(days=89)).isoformat()
    members = {"reportScheduleId": "S1"} if scheduled else {}
    server.on("getReport", report("IN_QUEUE", createdTime=created, **members), report(createdTime=created, **members))
    assert client.wait(client.resume("R1")).reports[0].reportId == "R1"


@pytest.mark.requirement("R001-021")
def test_a_schedules_report_is_waited_for_like_any_other(client: Driven, server: Server) -> None:
    body = report_body("IN_QUEUE", "R5", reportScheduleId="S1", marketplaceIds=[US])
    server.on("getReports", answer({"reports": [body]}))
    server.on("getReport", report("IN_QUEUE", "R5"), RUNNING, report("DONE", "R5", reportScheduleId="S1"))
    [made] = [one for one in client.reports([TYPE]) if one.reportScheduleId == "S1"]
    [done] = client.wait(client.resume(made.reportId)).reports
    assert (done.reportId, done.reportScheduleId) == ("R5", "S1")


def test_a_resumed_report_keeps_its_age(client: Driven, server: Server, time: VirtualTime) -> None:
    """A report that has run for an hour is looked at once, and then not every few seconds."""
    time.passed = 3600
    server.on("getReport", RUNNING, RUNNING, RUNNING, report())
    client.wait(client.resume("R1"))
    first, second, third = [asked.at for asked in server.of("getReport")][1:]
    assert first == 3600
    assert second - first > 60
    assert third - second > 60


def test_no_warning_comes_of_the_statuses_that_are_known(client: Driven, server: Server) -> None:
    server.on("getReport", QUEUED, RUNNING, report())
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        client.wait(client.request(TYPE, [US]))
    assert warned == []


def test_a_refusal_ends_the_wait(client: Driven, server: Server) -> None:
    server.on("getReport", RUNNING, refusal(403, "Unauthorized", "Access to requested resource is denied."))
    with pytest.raises(Exception, match="denied"):
        client.wait(client.request(TYPE, [US]))


def test_a_range_longer_than_the_type_allows_is_asked_for_in_parts(client: Driven, server: Server) -> None:
    orders = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
    server.on("createReport", *(answer({"reportId": f"R{number}"}, 202) for number in (1, 2, 3)))
    server.on("getReport", lambda request: report("DONE", request.url.path[-2:], reportType=orders))
    request = client.request(
        orders, [US], data_start=datetime(2026, 8, 1, tzinfo=UTC), data_end=datetime(2026, 9, 30, 12, tzinfo=UTC)
    )
    assert [(one.body["dataStartTime"], one.body["dataEndTime"]) for one in server.of("createReport")] == [
        ("2026-08-01T00:00:00+00:00", "2026-08-30T23:59:59+00:00"),
        ("2026-08-31T00:00:00+00:00", "2026-09-29T23:59:59+00:00"),
        ("2026-09-30T00:00:00+00:00", "2026-09-30T12:00:00+00:00"),
    ]
    assert [one.reportId for one in client.wait(request).reports] == ["R1", "R2", "R3"]


def test_a_report_that_was_asked_for_long_ago_is_looked_at_at_once(
    make: Callable[..., Driven], server: Server, time: VirtualTime
) -> None:
    client = make(plan=STEADY)
    yesterday = (BEGINNING - timedelta(days=1)).isoformat(timespec="seconds")
    server.on("getReport", report("DONE", createdTime=yesterday))
    client.wait(client.resume("R1"))
    assert time.passed < 1
