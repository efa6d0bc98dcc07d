"""The table of errors: each status in each operation that can be answered with it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daybook.api.server import MAX_BODY, create_api
from daybook.store.opening import open_store
from tests.api.serving import DOCUMENTS, REPORTS, SCHEDULES, Client, Daybook, ManualClock, serve, with_new_sellers
from tests.api.wire import Answer, Wire
from tests.contract.facts import ERRORS, OPERATIONS, ErrorStatus, Operation
from tests.contract.requests import GOOD, Request
from tests.contract.schemas import faults


def errors_of(status: int, names: Iterator[str] | None = None) -> pytest.MarkDecorator:
    """The status in each of the operations, with the lines that it proves."""
    error = ERRORS[status]
    mark = pytest.mark.requirement("R004-005", "R004-193", "R004-194", "R004-195", "R004-196", *error.ids)
    cases = [pytest.param(error, name, id=name, marks=mark) for name in names or ALL]
    return pytest.mark.parametrize(("error", "name"), cases)


ALL = [operation.name for operation in OPERATIONS]


def check(answer: Answer, error: ErrorStatus, name: str) -> None:
    """The answer is what the table says of the status."""
    assert answer.refusal == (error.status, error.code)
    assert faults("ErrorList", answer.json) == []
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-amzn-requestid"]
    [rate] = [str(operation.rate) for operation in OPERATIONS if operation.name == name]
    assert answer.headers.get("x-amzn-ratelimit-limit") == (rate if error.tells_rate else None)


def cancelled(path: str) -> Callable[[Daybook], Request]:
    """A second cancellation."""

    def request(daybook: Daybook) -> Request:
        id = daybook.client().ask()
        assert daybook.client().delete(f"{path}/{id}").status == 200
        return Request("DELETE", f"{path}/{id}")

    return request


# getReport and the two operations on one schedule have nothing that could be wrong but the id.
WRONG: dict[str, Callable[[Daybook], Request]] = {
    "getReports": lambda _: Request("GET", REPORTS),
    "createReport": lambda _: Request("POST", REPORTS, b"{}"),
    "cancelReport": cancelled(REPORTS),
    "getReportSchedules": lambda _: Request("GET", SCHEDULES),
    "createReportSchedule": lambda _: Request("POST", SCHEDULES, b"{}"),
    "getReportDocument": lambda daybook: Request(
        "GET", f"{GOOD['getReportDocument'](daybook).target}?enableContentEncodingUrlHeader=perhaps"
    ),
}


@errors_of(400, iter(WRONG))
def test_what_is_missing_or_wrong_is_a_400(daybook: Daybook, newcomer: Client, error: ErrorStatus, name: str) -> None:
    check(WRONG[name](daybook).send(newcomer), error, name)


@errors_of(401)
def test_an_authorization_that_cannot_be_parsed_is_a_401(daybook: Daybook, error: ErrorStatus, name: str) -> None:
    request = GOOD[name](daybook)
    headers = {"authorization": "nonsense", "content-type": "application/json"}
    check(daybook.wire.send(request.method, request.target, headers, request.body), error, name)


UNKNOWN = {
    operation.name: Request(operation.method, f"{operation.path.partition('{')[0]}UNKNOWN")
    for operation in OPERATIONS
    if "{" in operation.path
}


@errors_of(404, iter(UNKNOWN))
def test_what_does_not_exist_is_a_404(newcomer: Client, error: ErrorStatus, name: str) -> None:
    check(UNKNOWN[name].send(newcomer), error, name)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"])
@errors_of(415, iter(["createReport", "createReportSchedule"]))
def test_a_body_that_is_not_said_to_be_json_is_a_415(
    daybook: Daybook, newcomer: Client, error: ErrorStatus, name: str, kind: str
) -> None:
    check(GOOD[name](daybook).send(newcomer, {"content-type": kind}), error, name)


@errors_of(429)
def test_beyond_the_burst_is_a_429(daybook: Daybook, newcomer: Client, error: ErrorStatus, name: str) -> None:
    request = GOOD[name](daybook)
    answers = [request.send(newcomer) for _ in range(16)]
    check(answers[-1], error, name)
    assert answers[-1].error["message"] == "You exceeded your quota for the requested resource."
    assert "retry-after" not in answers[-1].headers


# What is not the client's fault


class Broken:
    """A store with a fault that nobody foresaw."""

    reads_inline = True

    def read(self, work: object) -> object:
        raise ZeroDivisionError("a secret in a message")


@errors_of(500)
def test_what_nobody_foresaw_is_a_500_that_tells_nothing_of_the_inside(
    daybook: Daybook, newcomer: Client, runner: asyncio.Runner, error: ErrorStatus, name: str
) -> None:
    request = GOOD[name](daybook)
    store: Any = Broken()
    newcomer.wire = Wire(create_api(replace(daybook.door, store=store)), runner)
    answer = request.send(newcomer)
    check(answer, error, name)
    assert answer.error["message"] == "We encountered an internal error. Please try again."
    assert "secret" not in answer.body.decode()


@contextmanager
def taken_away(folder: Path) -> Iterator[None]:
    """The folder is elsewhere while the block lasts."""
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(folder)


@errors_of(503)
def test_while_the_database_is_away_the_answer_is_a_503_that_names_no_place(
    sqlite_template: Path, tmp_path: Path, runner: asyncio.Runner, error: ErrorStatus, name: str
) -> None:
    folder, clock = tmp_path / "data", ManualClock()
    folder.mkdir()
    (folder / "daybook.sqlite").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{folder / 'daybook.sqlite'}", clock)
    daybook = with_new_sellers(serve(store, clock, runner))
    newcomer = daybook.client("newcomer")
    [operation] = [each for each in OPERATIONS if each.name == name]
    with taken_away(folder):
        answer = newcomer.send(operation.method, operation.path)
    check(answer, error, name)
    assert str(tmp_path) not in answer.body.decode()
    store.close()


# Statuses that the table does not have


@pytest.mark.parametrize("path", ["/", "/reports", "/reports/2020-09-04/reports", f"{DOCUMENTS}", "/x/%00"])
def test_a_path_that_nobody_serves_is_a_403(newcomer: Client, path: str) -> None:
    answer = newcomer.get(path)
    assert answer.refusal == (403, "Unauthorized")
    assert faults("ErrorList", answer.json) == []
    assert answer.headers["x-amzn-requestid"]
    assert "x-amzn-ratelimit-limit" not in answer.headers


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_method_that_a_path_does_not_have_is_a_405(newcomer: Client, operation: Operation) -> None:
    served = {each.method for each in OPERATIONS if each.path == operation.path}
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - served:
        answer = newcomer.send(method, operation.path)
        assert answer.refusal == (405, "MethodNotAllowed"), method
        assert answer.headers["x-amzn-requestid"]


@pytest.mark.requirement("R004-191")
@pytest.mark.parametrize("name", ["createReport", "createReportSchedule"])
def test_only_a_body_over_the_limit_is_a_413(daybook: Daybook, newcomer: Client, name: str) -> None:
    request = GOOD[name](daybook)
    fill = b" " * (MAX_BODY - len(request.body))
    assert Request("POST", request.target, request.body + fill).send(newcomer).status in (201, 202)
    answer = Request("POST", request.target, request.body + fill + b" ").send(newcomer)
    assert answer.refusal == (413, "RequestTooLarge")
    assert faults("ErrorList", answer.json) == []
    assert answer.headers["x-amzn-requestid"]
    assert "x-amzn-ratelimit-limit" not in answer.headers


def test_a_broken_body_is_told_where_it_breaks(newcomer: Client) -> None:
    answer = newcomer.send("POST", REPORTS, b'{"reportType": "X" "marketplaceIds": []}')
    assert answer.refusal == (400, "InvalidInput")
    assert "19" in answer.error["details"]
    assert json.loads(answer.body)
