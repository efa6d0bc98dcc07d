"""Every operation against the facts of its reference, each case on its own."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from daybook.contract import operations as ours
from tests.api.serving import Client, Daybook
from tests.contract import facts
from tests.contract.facts import BY_NAME, OPERATIONS, Operation, Parameter
from tests.contract.requests import GOOD, Request
from tests.contract.schemas import faults

OURS = {operation.name: operation for operation in ours.OPERATIONS}


def each(*offsets: int) -> pytest.MarkDecorator:
    """Every operation, with the lines of its block that a test proves."""
    cases = [
        pytest.param(operation, id=operation.name, marks=pytest.mark.requirement(*map(operation.line, offsets)))
        for operation in OPERATIONS
    ]
    return pytest.mark.parametrize("operation", cases)


@pytest.mark.requirement("R004-001", "R004-003", "R004-008", "R001-001")
def test_there_are_these_nine_operations_and_no_tenth() -> None:
    assert [operation.name for operation in ours.OPERATIONS] == [operation.name for operation in OPERATIONS]
    assert all(operation.path.startswith("/reports/2021-06-30/") for operation in ours.OPERATIONS)


@each(facts.PATH)
def test_it_is_at_its_path_with_its_method(daybook: Daybook, newcomer: Client, operation: Operation) -> None:
    table = OURS[operation.name]
    assert (table.method, table.path) == (operation.method, operation.path)
    request = GOOD[operation.name](daybook)
    assert request.method == operation.method
    assert request.send(newcomer).status == operation.success


@each(facts.SUCCESS)
def test_it_answers_its_success_with_its_schema(daybook: Daybook, newcomer: Client, operation: Operation) -> None:
    answer = GOOD[operation.name](daybook).send(newcomer)
    assert answer.status == operation.success == OURS[operation.name].success
    assert answer.headers["content-type"] == "application/json"
    assert faults(operation.answer, answer.json) == []
    if operation.answer == "Nothing":
        assert answer.body == b"{}"


@each(facts.RATE, facts.RATE_HEADER)
def test_its_success_tells_the_documented_rate(daybook: Daybook, newcomer: Client, operation: Operation) -> None:
    assert OURS[operation.name].rate == operation.rate
    assert GOOD[operation.name](daybook).send(newcomer).headers["x-amzn-ratelimit-limit"] == str(operation.rate)


@each(facts.REQUEST_ID)
def test_each_answer_has_a_request_id_of_its_own(daybook: Daybook, newcomer: Client, operation: Operation) -> None:
    answers = [GOOD[operation.name](daybook).send(newcomer) for _ in range(3)]
    assert [answer.status for answer in answers] == [operation.success] * 3
    ids = {answer.headers["x-amzn-requestid"] for answer in answers}
    assert len(ids) == 3
    assert all(ids)


# Usage plans


@each(facts.BURST)
def test_its_burst_passes_at_once_and_no_call_more(daybook: Daybook, newcomer: Client, operation: Operation) -> None:
    assert OURS[operation.name].burst == operation.burst
    request = GOOD[operation.name](daybook)
    throttled = [request.send(newcomer).status == 429 for _ in range(operation.burst + 2)]
    assert throttled == [False] * operation.burst + [True, True]


@each(facts.RATE, facts.THROTTLED)
def test_beyond_its_burst_calls_pass_at_its_rate_and_no_faster(
    daybook: Daybook, newcomer: Client, operation: Operation
) -> None:
    request, interval = GOOD[operation.name](daybook), 1 / operation.rate
    for _ in range(operation.burst):
        request.send(newcomer)
    for _ in range(3):
        daybook.clock.advance(interval * 0.99)
        assert request.send(newcomer).refusal == (429, "QuotaExceeded")
        daybook.clock.advance(interval * 0.01 + 0.001)
        assert request.send(newcomer).status != 429


@each(facts.THROTTLED)
def test_a_client_that_keeps_to_the_plan_never_meets_429(
    daybook: Daybook, newcomer: Client, operation: Operation
) -> None:
    request = GOOD[operation.name](daybook)
    for call in range(operation.burst + 30):
        if call >= operation.burst:
            daybook.clock.advance(1 / operation.rate)
        assert request.send(newcomer).status != 429


# Who may not

BAD_TOKENS = ("none", "forged", "expired", "revoked", "a refresh token")


@pytest.mark.parametrize("token", BAD_TOKENS)
@each(facts.FORBIDDEN, facts.FORBIDDEN_ANSWER)
def test_access_is_denied_without_a_good_token(daybook: Daybook, operation: Operation, token: str) -> None:
    request = GOOD[operation.name](daybook)
    shown = {"x-amz-access-token": bad_token(daybook, token), "content-type": "application/json"}
    answer = daybook.wire.send(request.method, request.target, shown, request.body)
    assert answer.refusal == (403, "Unauthorized")
    assert answer.error["message"] == "Access to requested resource is denied."
    assert faults("ErrorList", answer.json) == []
    assert answer.headers["x-amzn-requestid"]
    assert "x-amzn-ratelimit-limit" not in answer.headers


def bad_token(daybook: Daybook, kind: str) -> str:
    """A token of the kind."""
    token = daybook.access_token("newcomer")
    if kind == "expired":
        daybook.clock.advance(3600)
    if kind == "revoked":
        with daybook.store.transaction() as tx:
            tx.revoke_authorisation(daybook.applications["newcomer"].client_id, daybook.first, tx.now)
    others = {"none": "", "forged": token[:-1] + "~", "a refresh token": daybook.form()["refresh_token"]}
    return others.get(kind, token)


# Parameters


def marked(parameter: Parameter) -> list[pytest.MarkDecorator]:
    """The lines on the parameter, where the reference has any."""
    return [pytest.mark.requirement(*map(facts.id_of, parameter.lines))] if parameter.lines else []


PARAMETERS = [
    pytest.param(operation.name, parameter, id=f"{operation.name} {parameter.name}", marks=marked(parameter))
    for operation in OPERATIONS
    for parameter in operation.parameters
]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_parameter_is_read_as_the_reference_has_it(name: str, parameter: Parameter) -> None:
    [table] = [each for each in OURS[name].parameters if each.name == parameter.name]
    for fact in ("kind", "least", "most", "default", "allowed", "required", "place"):
        assert getattr(table, fact) == getattr(parameter, fact), fact


def test_there_is_no_parameter_that_the_reference_does_not_have() -> None:
    expected = {name: [parameter.name for parameter in operation.parameters] for name, operation in BY_NAME.items()}
    assert {name: [each.name for each in operation.parameters] for name, operation in OURS.items()} == expected


TYPES = (
    "GET_MERCHANT_LISTINGS_ALL_DATA", "GET_MERCHANT_LISTINGS_DATA", "GET_MERCHANT_LISTINGS_INACTIVE_DATA",
    "GET_FLAT_FILE_OPEN_LISTINGS_DATA", "GET_MERCHANTS_LISTINGS_FYP_REPORT", "FEE_DISCOUNTS_REPORT",
    "GET_SALES_AND_TRAFFIC_REPORT", "GET_XML_BROWSE_TREE_DATA", "GET_FBA_STORAGE_FEE_CHARGES_DATA",
    "GET_PENDING_ORDERS_DATA", "GET_AFN_INVENTORY_DATA",
)  # fmt: skip
MEMBERS = {"reportTypes": TYPES, "processingStatuses": facts.STATUSES * 10, "marketplaceIds": tuple("ABCDEFGHIJK")}


def values(parameter: Parameter, success: int) -> Iterator[tuple[str, int]]:
    """Values at each bound and one beyond it, with the status that they are answered with."""
    if parameter.kind == "strings":
        members = MEMBERS[parameter.name]
        yield from [("", 400), (members[0], success), (",".join(members[: parameter.most]), success)]
        if parameter.most is not None:
            yield ",".join(members[: parameter.most + 1]), 400
    elif parameter.kind == "integer":
        least, most = parameter.least or 0, parameter.most or 0
        yield from [(str(least), success), (str(most), success), (str(least - 1), 400), (str(most + 1), 400)]
    elif parameter.kind == "time":
        yield from [("2026-11-01T00:00:00Z", success), ("yesterday", 400)]
    elif parameter.kind == "boolean":
        yield from [("true", success), ("perhaps", 400)]


BOUNDS = [
    pytest.param(
        operation.name,
        parameter.name,
        value,
        status,
        id=f"{operation.name} {parameter.name}={value if len(value) < 40 else value.count(',') + 1}",
        marks=marked(parameter),
    )
    for operation in OPERATIONS
    for parameter in operation.parameters
    for value, status in values(parameter, operation.success)
]


@pytest.mark.parametrize(("name", "parameter", "value", "status"), BOUNDS)
def test_a_parameter_is_taken_up_to_its_bounds_and_not_beyond(
    daybook: Daybook, newcomer: Client, name: str, parameter: str, value: str, status: int
) -> None:
    request = GOOD[name](daybook)
    path, _, query = request.target.partition("?")
    others = [pair for pair in query.split("&") if pair and not pair.startswith(f"{parameter}=")]
    target = f"{path}?{'&'.join([*others, urlencode({parameter: value})])}"
    answer = Request(request.method, target).send(newcomer)
    assert answer.status == status, answer.body
    if status == 400:
        assert answer.error["details"].startswith(f"{parameter};")


# Bodies


@pytest.mark.requirement("R004-004", "R004-059", "R004-114")
@pytest.mark.parametrize("name", ["createReport", "createReportSchedule"])
@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"text"', b"1", b"\xff", b"{}"])
def test_a_body_that_is_missing_or_cannot_be_read_is_a_400(newcomer: Client, name: str, body: bytes) -> None:
    answer = newcomer.send("POST", BY_NAME[name].path, body, {"content-type": "application/json"})
    assert answer.refusal == (400, "InvalidInput")


@pytest.mark.requirement("R004-004", "R004-059", "R004-060", "R004-114", "R004-115")
@pytest.mark.parametrize(("name", "status"), [("createReport", 202), ("createReportSchedule", 201)])
def test_a_body_of_its_schema_is_taken(daybook: Daybook, newcomer: Client, name: str, status: int) -> None:
    request = GOOD[name](daybook)
    assert json.loads(request.body).keys() >= {"reportType", "marketplaceIds"}
    assert request.send(newcomer, {"content-type": "application/json; charset=utf-8"}).status == status
