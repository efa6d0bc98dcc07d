"""A wait that ends by news, in time that passes only when somebody waits; and by polling, where no news comes."""

from collections.abc import Callable

import pytest

from daybook.client import PollingPlan, Request, Result
from daybook.client.errors import StillWaiting
from daybook.client.requests.news import REMEMBERED
from daybook.client.requests.requests import Part
from tests.client.driven import Driven
from tests.client.scripted import Server, report
from tests.client.test_waiting import TYPE, US, ending_at
from tests.client.virtual import BEGINNING, Agenda, VirtualTime

SLOW = PollingPlan(usual=900, first=300, share=0.125, jitter=0.0)


@pytest.fixture
def agenda(time: VirtualTime) -> Agenda:
    return Agenda(time)


@pytest.fixture
def client(make: Callable[..., Driven], agenda: Agenda) -> Driven:
    return make(plan=SLOW, bell=agenda.bell)


def request_of(*report_ids: str) -> Request:
    return Request(tuple(Part(TYPE, (US,), BEGINNING, report_id=report_id) for report_id in report_ids))


def looks(server: Server) -> list[tuple[float, str]]:
    return [(asked.at, asked.request.url.path.rpartition("/")[2]) for asked in server.of("getReport")]


def test_a_wait_ends_as_soon_as_there_is_news(
    client: Driven, server: Server, time: VirtualTime, agenda: Agenda
) -> None:
    server.on("getReport", ending_at(time, {"R1": 7.0}))
    agenda.at(7.5, lambda: client.client.tell("R1"))
    result = client.wait(request_of("R1"))
    assert isinstance(result, Result)
    assert looks(server) == [(7.5, "R1")]


def test_without_any_news_the_wait_ends_by_polling_at_the_same_looks(
    client: Driven, make: Callable[..., Driven], server: Server, time: VirtualTime
) -> None:
    """All news is dropped: nothing is lost but the time to the next look."""
    server.on("getReport", ending_at(time, {"R1": 1000.0}))
    client.wait(request_of("R1"))
    with_news = looks(server)
    assert with_news[-1][0] >= 1000
    server.asked.clear()
    time.passed = 0.0
    make(plan=SLOW).wait(request_of("R1"))
    assert looks(server) == with_news


def test_news_of_reports_that_nobody_waits_for_costs_no_call(
    client: Driven, server: Server, time: VirtualTime, agenda: Agenda
) -> None:
    server.on("getReport", ending_at(time, {"R1": 100.0}))
    for number in range(10_000):
        agenda.at(number / 100, lambda number=number: client.client.tell(f"unknown {number}"))  # type: ignore[misc]
    client.wait(request_of("R1"))
    assert looks(server) == [(300.0, "R1")]


def test_news_is_a_hint_and_a_report_that_has_not_ended_is_waited_for_as_before(
    client: Driven, server: Server, time: VirtualTime, agenda: Agenda
) -> None:
    server.on("getReport", ending_at(time, {"R1": 301.0}))
    agenda.at(5.0, lambda: client.client.tell("R1"))
    client.wait(request_of("R1"))
    [forged, *planned] = looks(server)
    assert forged == (5.0, "R1")
    assert len(planned) <= 2


def test_news_of_one_report_is_a_look_at_that_one(
    client: Driven, server: Server, time: VirtualTime, agenda: Agenda
) -> None:
    server.on("getReport", ending_at(time, {"R1": 0.0, "R2": 0.0, "R3": 0.0}))
    agenda.at(9.0, lambda: client.client.tell("R3"))
    agenda.at(10.0, lambda: client.client.tell("R1"))
    ended = client.ended([request_of("R1"), request_of("R2"), request_of("R3")])
    assert looks(server) == [(9.0, "R3"), (10.0, "R1"), (300.0, "R2")]
    assert [result.reports[0].reportId for _, result in ended] == ["R3", "R1", "R2"]


def test_news_that_came_before_the_wait_is_remembered_for_a_while(client: Driven, server: Server) -> None:
    server.on("getReport", report())
    for name in ("R1", *map(str, range(REMEMBERED - 1))):
        client.client.tell(name)
    client.wait(request_of("R1"))
    assert looks(server) == [(0.0, "R1")]
    server.asked.clear()
    client.client.tell("one more")
    client.wait(request_of("R1"))
    assert looks(server) == [(300.0, "R1")]


def test_a_deadline_holds_whatever_the_news(client: Driven, server: Server, time: VirtualTime, agenda: Agenda) -> None:
    server.on("getReport", report("IN_PROGRESS"))
    for at in (1.0, 2.0, 49.0):
        agenda.at(at, lambda: client.client.tell("R1"))
    with pytest.raises(StillWaiting):
        client.wait(request_of("R1"), within=50.0)
    assert [at for at, _ in looks(server)] == [1.0, 2.0, 49.0, 50.0]


def test_a_client_that_does_not_listen_asks_for_no_stream(client: Driven, server: Server) -> None:
    client.wait(request_of("R1"))
    assert server.count("listenEvents") == 0
