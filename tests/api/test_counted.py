"""What is counted of requests and of reports."""

from contextlib import suppress
from dataclasses import replace

import pytest

from daybook.activity import Event
from daybook.api.server import create_api
from daybook.metrics import Metrics
from tests.api.production import begin, finish, finish_without_data
from tests.api.serving import TOKENS, Daybook
from tests.api.wire import Wire
from tests.test_metrics import figures_of


@pytest.fixture
def counted(daybook: Daybook) -> tuple[Daybook, Metrics]:
    """A Daybook whose requests are counted."""
    metrics = Metrics(daybook.store)
    wire = Wire(create_api(daybook.door, told=metrics.requested), daybook.wire._runner)  # noqa: SLF001
    return replace(daybook, wire=wire), metrics


def test_requests_are_counted_by_operation_and_status(counted: tuple[Daybook, Metrics]) -> None:
    daybook, metrics = counted
    client = daybook.client()
    report_id = client.ask()
    client.report(report_id)
    client.report(report_id)
    client.get("/reports/2021-06-30/reports/unknown")
    client.get("/nowhere/A1SELLER")
    daybook.wire.send("POST", TOKENS)
    daybook.wire.send("GET", f"/reports/2021-06-30/reports/{report_id}")
    requests = {name: value for name, value in figures_of(metrics).items() if name.startswith("daybook_requests_total")}
    assert requests == {
        'daybook_requests_total{operation="createReport",status="202"}': 1,
        'daybook_requests_total{operation="getReport",status="200"}': 2,
        'daybook_requests_total{operation="getReport",status="404"}': 1,
        'daybook_requests_total{operation="getReport",status="403"}': 1,
        'daybook_requests_total{operation="createToken",status="400"}': 1,
        'daybook_requests_total{operation="none",status="403"}': 1,
    }


def test_reports_are_counted_by_status_and_outcome_once_they_are_committed(counted: tuple[Daybook, Metrics]) -> None:
    daybook, metrics = counted
    client = daybook.client()
    for end in (finish, finish, finish_without_data):
        client.ask()
        end(daybook, begin(daybook))
    with suppress(ZeroDivisionError), daybook.store.transaction() as tx:
        tx.add_event(Event(daybook.first, "report", "never", None, "IN_QUEUE", "a test", {}, tx.now))
        raise ZeroDivisionError
    reports = {name: value for name, value in figures_of(metrics).items() if name.startswith("daybook_reports_total")}
    assert reports == {
        'daybook_reports_total{outcome="",status="IN_QUEUE"}': 3,
        'daybook_reports_total{outcome="",status="IN_PROGRESS"}': 3,
        'daybook_reports_total{outcome="data",status="DONE"}': 2,
        'daybook_reports_total{outcome="no_data",status="CANCELLED"}': 1,
    }
