"""/daybook/v1/scenarios: operators list, put and remove scenarios; a seller's token never reaches them."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.practising import SCENARIOS, Operator, Practice, practising
from tests.api.serving import JSON, REPORTS

STOCK, FEES = "GET_AFN_INVENTORY_DATA", "GET_FBA_STORAGE_FEE_CHARGES_DATA"
FAILING = b'{"answers": [{"operation": "getReport", "status": 500, "first": 1}]}'


@pytest.fixture
def practice(database_url: str, runner: asyncio.Runner) -> Iterator[Practice]:
    """A Daybook without scenarios."""
    with practising(database_url, runner, None) as practice:
        yield practice


@pytest.fixture
def operator(practice: Practice) -> Operator:
    return practice.operator()


def test_what_is_put_is_listed_as_it_was_written(operator: Operator) -> None:
    scenario = {"seed": 7, "inQueue": {"between": [1.0, 2.5]}, "endings": [{"status": "FATAL", "text": "Nein: 日本"}]}
    answer = operator.put(json.dumps(scenario).encode(), STOCK, "A1SELLER")
    listed = {"sellerId": "A1SELLER", "reportType": STOCK, "source": "api", "scenario": scenario}
    assert (answer.status, answer.json) == (200, listed)
    assert operator.list() == [listed]


def test_what_is_put_holds_at_once(practice: Practice, operator: Operator) -> None:
    report_id = practice.ask(STOCK)
    assert practice.look(report_id).status == 200
    operator.put(FAILING, STOCK)
    assert [practice.look(report_id).status for _ in range(2)] == [500, 200]


def test_what_is_put_again_begins_again(practice: Practice, operator: Operator) -> None:
    report_id = practice.ask(STOCK)
    statuses = []
    for _ in range(2):
        operator.put(FAILING, STOCK)
        statuses += [practice.look(report_id).status for _ in range(2)]
    assert statuses == [500, 200, 500, 200]
    assert len(operator.list()) == 1


def test_what_is_removed_holds_no_more(practice: Practice, operator: Operator) -> None:
    operator.put(b'{"answers": [{"operation": "getReport", "status": 500}]}', "*", practice.daybook.first)
    report_id = practice.ask(STOCK)
    before = practice.look(report_id).status
    removed = operator.remove("*", practice.daybook.first)
    assert (before, removed.status, removed.body) == (500, 200, b"{}")
    assert (practice.look(report_id).status, operator.list()) == (200, [])
    assert operator.remove("*", practice.daybook.first).refusal == (404, "NotFound")


def test_a_scenario_for_one_seller_leaves_the_others_alone(practice: Practice, operator: Operator) -> None:
    operator.put(b'{"answers": [{"operation": "getReport", "status": 500}]}', "*", practice.daybook.first)
    other = practice.daybook.client(seller_id=practice.daybook.second)
    ids = practice.ask(STOCK), other.ask(STOCK)
    assert (practice.look(ids[0]).status, other.get(f"{REPORTS}/{ids[1]}").status) == (500, 200)


def test_a_report_that_waits_hears_of_a_change(practice: Practice, operator: Operator) -> None:
    operator.put(b'{"inQueue": 3600}', STOCK)
    report_id = practice.ask(STOCK)
    practice.work()
    operator.put(b'{"inProgress": 3600}', STOCK)
    practice.work()
    begun = practice.status(report_id)
    operator.remove(STOCK)
    practice.work()
    assert (begun, practice.status(report_id)) == ("IN_PROGRESS", "CANCELLED")


# Whatever an operation is about, a scenario for it is found


@pytest.mark.parametrize(
    ("operation", "method", "path", "body"),
    [
        ("getReports", "GET", f"{REPORTS}?reportTypes={STOCK},{FEES}", None),
        ("createReport", "POST", REPORTS, {"reportType": FEES, "marketplaceIds": ["ATVPDKIKX0DER"]}),
        ("getReport", "GET", f"{REPORTS}/{{report}}", None),
        ("cancelReport", "DELETE", f"{REPORTS}/{{report}}", None),
        ("getReportSchedules", "GET", f"/reports/2021-06-30/schedules?reportTypes={STOCK},{FEES}", None),
        (
            "createReportSchedule",
            "POST",
            "/reports/2021-06-30/schedules",
            {"reportType": FEES, "marketplaceIds": ["ATVPDKIKX0DER"], "period": "P1D"},
        ),
        ("getReportSchedule", "GET", "/reports/2021-06-30/schedules/{schedule}", None),
        ("cancelReportSchedule", "DELETE", "/reports/2021-06-30/schedules/{schedule}", None),
        ("getReportDocument", "GET", "/reports/2021-06-30/documents/{document}", None),
    ],
)
@pytest.mark.parametrize("key", [FEES, "*"])
def test_every_operation_can_be_answered_otherwise(
    practice: Practice, operator: Operator, operation: str, method: str, path: str, body: object, key: str
) -> None:
    operator.put(b'{"endings": [{"status": "DONE", "text": "a"}]}', FEES)
    document = practice.done(FEES)
    schedule = practice.client.post(
        "/reports/2021-06-30/schedules",
        {"reportType": FEES, "marketplaceIds": ["ATVPDKIKX0DER"], "period": "P1D"},
    ).json["reportScheduleId"]
    target = path.format(report=practice.ask(FEES), schedule=schedule, document=document)
    operator.remove(FEES)
    answers = [{"operation": operation, "status": status, "first": place} for place, status in enumerate((503, 500), 1)]
    operator.put(json.dumps({"answers": answers}).encode(), key)
    sent = b"" if body is None else json.dumps(body).encode()
    statuses = [practice.client.send(method, target, sent).status for _ in range(3)]
    assert statuses[:2] == [503, 500]
    assert statuses[2] in (200, 201, 202)


def test_a_page_by_its_token_is_about_the_types_that_are_on_it(practice: Practice, operator: Operator) -> None:
    for _ in range(2):
        practice.ask(STOCK)
    token = practice.client.get(REPORTS, reportTypes=STOCK, pageSize=1).json["nextToken"]
    operator.put(b'{"answers": [{"operation": "getReports", "status": 500}]}', STOCK)
    assert practice.client.get(REPORTS, nextToken=token).status == 500
    assert practice.client.get(REPORTS, reportTypes=FEES).status == 200


# Who may, and what


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("PUT", f"/*/{STOCK}"), ("DELETE", f"/*/{STOCK}")], ids=["list", "put", "remove"]
)
def test_a_sellers_token_never_reaches_them(practice: Practice, method: str, path: str) -> None:
    sent = b"{}" if method == "PUT" else b""
    answer = practice.client.send(method, f"{SCENARIOS}{path}", sent)
    assert answer.refusal == (403, "Unauthorized")
    assert "daybook::operator" in answer.error["details"]
    bare = practice.daybook.wire.send(method, f"{SCENARIOS}{path}", JSON, sent)
    assert bare.refusal == (403, "Unauthorized")
    assert practice.operator().list() == []


def test_an_operators_token_still_reaches_no_sellers_data(operator: Operator) -> None:
    assert operator.send("GET", f"{REPORTS}/1").refusal == (403, "Unauthorized")


@pytest.mark.parametrize(
    ("body", "message", "details"),
    [
        (b"", "Invalid Input", "The body is not JSON"),
        (b"{", "Invalid Input", "The body is not JSON"),
        (b"[]", "Invalid Input", "The body is not a JSON object."),
        (b'{"inQueue": -1}', "The scenario is wrong: expected a number >= 0.0.", "At inQueue."),
        (b'{"in_queue": 1}', "The scenario is wrong: there is no 'in_queue' here; perhaps inQueue is meant.", "At in_"),
        (b'{"endings": [{"status": "DONE", "text": "\\u0000"}]}', "Invalid Input", "The body holds a NUL"),
        (b'{"endings": [{"status": "DONE", "text": "\\ud800"}]}', "Invalid Input", ""),
        (b'{"reportType": "*"}', "The scenario is wrong: the path names another seller or report type.", "At its top."),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(operator: Operator, body: bytes, message: str, details: str) -> None:
    operator.put(b'{"seed": 1}', STOCK)
    answer = operator.wire.send("PUT", f"{SCENARIOS}/*/{STOCK}", {"x-amz-access-token": operator.token} | JSON, body)
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == message
    assert answer.error["details"].startswith(details)
    assert [one["scenario"] for one in operator.list()] == [{"seed": 1}]


@pytest.mark.parametrize("key", [("*", "GET_NOTHING_DATA"), ("A SELLER", STOCK), ("%00", STOCK), ("*", "%00")])
def test_a_key_that_cannot_be_is_refused(operator: Operator, key: tuple[str, str]) -> None:
    seller_id, report_type = key
    assert operator.put(b"{}", report_type, seller_id.replace(" ", "%20")).refusal == (400, "InvalidInput")
    assert operator.remove(report_type, seller_id.replace(" ", "%20")).refusal == (404, "NotFound")


def test_a_body_that_is_not_json_is_of_no_type_that_is_read(operator: Operator) -> None:
    headers = {"x-amz-access-token": operator.token, "content-type": "application/toml"}
    answer = operator.wire.send("PUT", f"{SCENARIOS}/*/{STOCK}", headers, b"seed = 1")
    assert answer.refusal == (415, "UnsupportedMediaType")


def test_one_of_the_file_is_listed_may_be_covered_and_cannot_be_removed(
    database_url: str, runner: asyncio.Runner, tmp_path: Path
) -> None:
    file = tmp_path / "practice.toml"
    file.write_text(f'[[scenario]]\nreportType = "{STOCK}"\nseed = 1\n')
    with practising(database_url, runner, file) as practice:
        operator = practice.operator()
        assert operator.remove(STOCK).refusal == (409, "Conflict")
        operator.put(b'{"seed": 2}', STOCK)
        covered = operator.list()
        assert operator.remove(STOCK).status == 200
        uncovered = operator.list()
    assert [(one["source"], one["scenario"]) for one in covered] == [("api", {"seed": 2})]
    assert [(one["source"], one["scenario"]) for one in uncovered] == [("file", {"seed": 1})]


def test_they_are_described(practice: Practice) -> None:
    document = practice.daybook.wire.send("GET", "/openapi.json").json
    described = {path: sorted(methods) for path, methods in document["paths"].items() if path.startswith(SCENARIOS)}
    assert described == {SCENARIOS: ["get"], f"{SCENARIOS}/{{sellerId}}/{{reportType}}": ["delete", "put"]}
    assert "inQueue" in document["components"]["schemas"]["Scenario"]["properties"]
