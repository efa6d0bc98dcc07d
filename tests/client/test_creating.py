"""A report is asked for once, whatever happens to the answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from daybook.client.errors import Refused, ServerFailed, UncertainRequest
from daybook.kernel.errors import Unavailable
from tests.client.driven import Driven
from tests.client.scripted import AWAY, FAILED, Answer, Server, answer, refusal, report_body
from tests.client.virtual import VirtualTime

TYPE, US, CA = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
LOST = httpx2.ReadError("Connection reset by peer")
MADE = answer({"reportId": "R1"}, 202)


def listed(*reports: dict[str, object]) -> httpx2.Response:
    """getReports' answer."""
    return answer({"reports": list(reports)})


@pytest.mark.parametrize("lost", [LOST, httpx2.ReadTimeout("timed out"), FAILED, AWAY])
def test_a_report_that_was_made_although_no_answer_came_is_found_and_not_asked_for_again(
    client: Driven, server: Server, lost: Answer
) -> None:
    server.on("createReport", lost, MADE)
    server.on("getReports", listed(report_body("IN_QUEUE", "R7")))
    assert client.create_report(TYPE, [US]) == "R7"
    assert server.count("createReport") == 1
    assert server.of("getReports")[0].query == {
        "reportTypes": TYPE,
        "pageSize": "100",
        "createdSince": "2026-11-21T11:58:00+00:00",
    }


@pytest.mark.parametrize("lost", [LOST, FAILED])
def test_a_report_that_was_not_made_is_asked_for_again_after_looking_twice(
    client: Driven, server: Server, lost: Answer
) -> None:
    server.on("createReport", lost, MADE)
    assert client.create_report(TYPE, [US]) == "R1"
    assert [asked.operation for asked in server.asked if asked.operation != "token"] == [
        "createReport",
        "getReports",
        "getReports",
        "createReport",
    ]
    assert [asked.at for asked in server.of("getReports")] == [2.0, 15.0]


def test_a_call_that_never_left_is_made_again_without_looking(client: Driven, server: Server) -> None:
    server.on("createReport", httpx2.ConnectError("Connection refused"), MADE)
    assert client.create_report(TYPE, [US]) == "R1"
    assert server.count("getReports") == 0


@pytest.mark.parametrize(
    "other",
    [
        report_body("IN_QUEUE", "R7", marketplaceIds=[CA]),
        report_body("IN_QUEUE", "R7", marketplaceIds=[US, CA]),
        report_body("IN_QUEUE", "R7", createdTime="2026-11-21T11:57:59Z"),
        report_body("IN_QUEUE", "R7", dataStartTime="2026-11-02T00:00:00Z"),
        report_body("IN_QUEUE", "R7", dataEndTime="2026-11-11T00:00:00Z"),
    ],
    ids=["other marketplace", "more marketplaces", "too old", "other start", "other end"],
)
def test_a_report_of_something_else_is_not_taken_for_it(
    client: Driven, server: Server, other: dict[str, object]
) -> None:
    server.on("createReport", LOST, MADE)
    server.on("getReports", listed(other))
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
    assert client.create_report(TYPE, [US], data_start=start, data_end=end) == "R1"


def test_the_same_range_in_other_words_is_the_same(client: Driven, server: Server) -> None:
    server.on("createReport", LOST)
    server.on("getReports", listed(report_body("IN_QUEUE", "R7", dataStartTime="2026-11-01T08:00:00+08:00")))
    assert client.create_report(TYPE, [US], data_start=datetime(2026, 11, 1, tzinfo=UTC)) == "R7"


def test_a_report_of_our_own_is_not_taken_for_another(client: Driven, server: Server) -> None:
    server.on("createReport", MADE, LOST, answer({"reportId": "R2"}, 202))
    server.on("getReports", listed(report_body("IN_QUEUE", "R1")))
    assert [client.create_report(TYPE, [US]) for _ in range(2)] == ["R1", "R2"]


def test_of_several_that_may_be_it_the_oldest_is_taken_where_all_are_alike(client: Driven, server: Server) -> None:
    server.on("createReport", LOST)
    server.on("getReports", listed(report_body("IN_QUEUE", "R9"), report_body("IN_QUEUE", "R8")))
    assert client.create_report(TYPE, [US]) == "R8"


def test_of_several_that_may_differ_in_their_options_none_is_taken(client: Driven, server: Server) -> None:
    server.on("createReport", LOST)
    server.on("getReports", listed(report_body("IN_QUEUE", "R9"), report_body("IN_QUEUE", "R8")))
    with pytest.raises(UncertainRequest) as uncertain:
        client.create_report(TYPE, [US], options={"custom": "true"})
    assert "R9" in uncertain.value.details
    assert "R8" in uncertain.value.details
    assert server.count("createReport") == 1


def test_where_nothing_tells_whether_it_was_made_nothing_is_asked_for_again(client: Driven, server: Server) -> None:
    server.on("createReport", LOST, MADE)
    server.on("getReports", AWAY)
    with pytest.raises(UncertainRequest, match=TYPE):
        client.create_report(TYPE, [US])
    assert server.count("createReport") == 1


@pytest.mark.parametrize(("lost", "kind"), [(FAILED, ServerFailed), (LOST, Unavailable)])
def test_a_server_that_never_makes_it_is_told_as_what_it_is(
    client: Driven, server: Server, lost: Answer, kind: type[Exception]
) -> None:
    server.on("createReport", lost)
    with pytest.raises(kind):
        client.create_report(TYPE, [US])
    assert server.count("createReport") == 5


def test_a_refusal_leaves_nothing_to_find(client: Driven, server: Server) -> None:
    server.on("createReport", refusal(400, "InvalidInput", "Invalid Report Type"))
    with pytest.raises(Refused, match="Invalid Report Type"):
        client.create_report("NONE", [US])
    assert (server.count("createReport"), server.count("getReports")) == (1, 0)


@pytest.mark.requirement("R001-039")
def test_after_a_crash_in_the_middle_of_asking_what_was_made_is_found(
    make: Callable[..., Driven], server: Server, time: VirtualTime, tmp_path: Path
) -> None:
    def crash(request: httpx2.Request) -> Answer:
        raise KeyboardInterrupt

    journal = {"journal": tmp_path / "journal", "seller_id": "A1"}
    server.on("createReport", crash, MADE)
    with pytest.raises(KeyboardInterrupt):
        make(**journal).request(TYPE, [US])

    server.on("getReports", listed(report_body("IN_QUEUE", "R7")))
    server.on("getReport", answer(report_body("DONE", "R7")))
    time.passed += 600
    again = make(**journal)
    [request] = again.unfinished()
    assert request.report_ids == ()
    assert again.wait(request).reports[0].reportId == "R7"
    assert server.count("createReport") == 1
    assert again.unfinished() == []
