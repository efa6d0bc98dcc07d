"""Every situation of docs/scenarios.md over HTTP: the client comes out right, and docs/clients.md tells of others."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from daybook.client import How, Result
from daybook.client.errors import (
    AskedTooSoon,
    CancelledByRequest,
    NoData,
    ReportFatal,
    ReportNotDone,
    StillWaiting,
    Throttled,
)
from daybook.client.requests.waiting import Look
from tests.client.driven import Driven
from tests.clients.daybook import US
from tests.clients.page import PAGE, head, row, written
from tests.clients.practice import EXAMPLE, Practice, practising
from tests.clients.programs import awaiting, blocking
from tests.clients.situations import SITUATIONS, come_to

STOCK = "GET_AFN_INVENTORY_DATA"
NOTHING = "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
SILENT = "GET_FBA_RECOMMENDED_REMOVAL_DATA"
TOO_SOON = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
LOADER = "GET_STRANDED_INVENTORY_LOADER_DATA"
EXPIRING = "GET_EPR_QUARTERLY_REPORTS"
UNKNOWN = "GET_REFERRAL_FEE_PREVIEW_REPORT"
PLAIN = "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA"
CUT = "GET_FBA_STORAGE_FEE_CHARGES_DATA"
DEAD_LINK = "GET_FBA_OVERAGE_FEE_CHARGES_DATA"
SHARED = "GET_MERCHANT_CANCELLED_LISTINGS_DATA"

KINDS = {"blocking": blocking, "awaiting": awaiting}
LIBRARIES = ("python-amazon-sp-api", "amzn-sp-api")
NUMBERS = pytest.mark.parametrize("number", range(len(SITUATIONS)), ids=lambda number: SITUATIONS[number].name)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A Daybook to practise on."""
    with practising(tmp_path_factory.mktemp("practice")) as practice:
        yield practice


@NUMBERS
def test_the_client_comes_out_right_and_the_page_tells_what_each_came_to(
    practice: Practice, number: int, tmp_path: Path
) -> None:
    told = {name: come_to(number, name, practice, tmp_path) for name in (*KINDS, *LIBRARIES)}
    right = SITUATIONS[number].right
    assert {name: told[name] for name in KINDS} == dict.fromkeys(KINDS, right)
    assert row(SITUATIONS[number], told) in written(PAGE.read_text("utf-8")), (
        "docs/clients.md lags behind; run: .venv/bin/python -m tests.clients --write"
    )


def test_the_page_has_a_row_for_each_situation_and_no_other() -> None:
    lines = written(PAGE.read_text("utf-8")).splitlines()
    assert "\n".join(lines[:2]) + "\n" == head()
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == [one.name for one in SITUATIONS]


Meet = Callable[..., AbstractContextManager[Driven]]
_numbers = count(1)


@pytest.fixture(params=list(KINDS))
def meet(request: pytest.FixtureRequest, practice: Practice, tmp_path: Path) -> Meet:
    """A client of each kind, of a new seller for whom a scenario of the example holds, perhaps changed."""

    @contextmanager
    def meeting(report_type: str, **changed: Any) -> Iterator[Driven]:
        scenario = {**EXAMPLE[report_type], **changed}
        with (
            practice.scenario(f"A{next(_numbers)}MEETING", scenario) as served,
            closing(KINDS[request.param](served, practice, tmp_path)) as program,
        ):
            yield program.driven

    return meeting


def asked(client: Driven, operation: str) -> list[int]:
    """How the client's calls of the operation were answered."""
    return [call.status for call in client.exchanges if call.operation == operation]


OTHERS = sorted(set(EXAMPLE) - {one.report_type for one in SITUATIONS})


@pytest.mark.parametrize("report_type", OTHERS)
def test_every_other_scenario_of_the_example_ends_in_a_document_or_a_reason_too(meet: Meet, report_type: str) -> None:
    """Those that draw what happens, and those that differ in what only Daybook's own API tells."""
    with meet(report_type) as client:
        ended = [result for _, result in client.ended([client.request(report_type, [US]) for _ in range(8)])]
        for result in ended:
            assert isinstance(result, ReportNotDone) or client.rows(result)
        assert len(asked(client, "createReport")) == 8
    endings = {ending["status"] for ending in EXAMPLE[report_type]["endings"]}
    assert {_status(result) for result in ended} <= endings
    assert len(ended) == 8


def _status(result: Result | ReportNotDone) -> str:
    report = result.reports[0] if isinstance(result, Result) else result.report
    return str(report.processingStatus)


@pytest.mark.requirement("R001-005", "R001-007", "R001-008")
def test_it_sees_the_queue_and_the_progress_and_waits_through_both(meet: Meet) -> None:
    with meet(STOCK) as client:
        looks: list[Look] = []
        result = client.wait(client.request(STOCK, [US]), heard=looks.append)
    seen = [look.status for look in looks]
    assert set(seen) == {"IN_QUEUE", "IN_PROGRESS"}
    assert seen == sorted(seen, reverse=True)
    assert result.reports[0].processingStatus == "DONE"


@pytest.mark.requirement("R001-004", "R001-012", "R001-013", "R001-014")
def test_no_data_is_told_with_its_evidence_and_not_asked_for_again(meet: Meet) -> None:
    with meet(NOTHING) as client:
        with pytest.raises(NoData, match="found no data") as found:
            client.wait(client.request(NOTHING, [US]))
        assert "processing began at" in found.value.evidence
        assert asked(client, "createReport") == [202]


@pytest.mark.requirement("R001-012", "R001-013")
def test_a_report_that_it_cancelled_itself_is_told_apart(meet: Meet) -> None:
    with meet(STOCK) as client:
        request = client.request(STOCK, [US])
        client.cancel_report(request.report_ids[0])
        with pytest.raises(CancelledByRequest, match="as we asked"):
            client.wait(request)


@pytest.mark.requirement("R001-006", "R001-016", "R001-018")
def test_a_failure_without_a_document_is_a_failure_without_an_explanation(meet: Meet) -> None:
    with meet(SILENT) as client:
        with pytest.raises(ReportFatal, match="failed") as fatal:
            client.wait(client.request(SILENT, [US]))
        assert fatal.value.evidence == "no explanation document supplied"
        assert asked(client, "getReportDocument") == []


def test_asked_for_too_soon_each_answer_is_told_with_the_report_that_stands_in_the_way(meet: Meet) -> None:
    with meet(TOO_SOON) as client:
        first = client.wait(client.request(TOO_SOON, [US])).reports[0].reportId
        with pytest.raises(AskedTooSoon) as soon:
            client.wait(client.request(TOO_SOON, [US]))
        with pytest.raises(ReportFatal) as fatal:
            client.wait(client.request(TOO_SOON, [US]))
        with pytest.raises(Throttled) as throttled:
            client.request(TOO_SOON, [US])
        assert first in soon.value.evidence
        assert first in fatal.value.evidence
        assert (throttled.value.status, throttled.value.error) == (429, "QuotaExceeded")
        assert asked(client, "createReport") == [202] * 3 + [429] * 5


@pytest.mark.requirement("R004-190")
def test_what_passes_is_borne_by_every_call(meet: Meet) -> None:
    answers = [
        {"operation": operation, "status": status, "first": first}
        for operation in ("getReport", "getReportDocument")
        for first, status in enumerate((429, 500, 503), 1)
    ]
    with meet(LOADER, answers=answers) as client:
        client.rows(client.wait(client.request(LOADER, [US])))
        assert asked(client, "getReport")[:3] == asked(client, "getReportDocument")[:3] == [429, 500, 503]


@pytest.mark.parametrize("status", [500, 503])
def test_a_lost_answer_to_createreport_makes_no_second_report(meet: Meet, status: int) -> None:
    with meet(LOADER, answers=[{"operation": "createReport", "status": status, "first": 1}]) as client:
        client.wait(client.request(LOADER, [US]))
        assert asked(client, "createReport") == [status, 202]
        assert len(client.reports([LOADER])) == 1


@pytest.mark.requirement("R004-190")
def test_each_token_that_expires_before_its_time_is_replaced_once(meet: Meet) -> None:
    with meet(EXPIRING) as client:
        client.rows(client.wait(client.request(EXPIRING, [US])))
        refused = [call.operation for call in client.exchanges if call.status == 403]
        assert len(refused) >= 2
        assert asked(client, "token") == [200] * (len(refused) + 1)


def test_a_report_that_getreport_does_not_know_yet_is_looked_for_again(meet: Meet) -> None:
    with meet(UNKNOWN, unknownSeconds=45) as client:
        client.wait(client.request(UNKNOWN, [US]))
        assert asked(client, "getReport")[:2] == [404, 404]


@pytest.mark.parametrize(
    ("report_type", "told", "name", "word"),
    [
        ("GET_MERCHANT_LISTINGS_DATA_LITE", "Cp1252", "cp1252", "Piñata"),
        ("GET_MERCHANT_LISTINGS_DATA_LITER", "Windows-31J", "cp932", "電気スタンド"),
    ],
)
def test_the_decision_on_a_charset_is_reported_and_the_bytes_are_kept(
    meet: Meet, tmp_path: Path, report_type: str, told: str, name: str, word: str
) -> None:
    with meet(report_type) as client, (tmp_path / "raw").open("wb") as raw:
        result = client.wait(client.request(report_type, [US]))
        [reading] = client.save(result, tmp_path / "text", How(raw=raw), encoding="utf-8").readings
    assert (reading.charset.name, reading.charset.source, reading.charset.declared) == (name, "header", told.lower())
    assert reading.packed
    assert word in (tmp_path / "text").read_text("utf-8")
    assert word in gzip.decompress((tmp_path / "raw").read_bytes()).decode(name)


def test_a_document_that_is_no_gzip_is_told_as_that(meet: Meet, tmp_path: Path) -> None:
    with meet(PLAIN) as client:
        [reading] = client.save(client.wait(client.request(PLAIN, [US])), tmp_path / "text").readings
    assert not reading.packed


def test_a_download_that_was_cut_goes_on_from_there(meet: Meet) -> None:
    with meet(CUT) as client:
        rows = client.rows(client.wait(client.request(CUT, [US])))
        assert asked(client, "download") == [200, 0, 206]  # 0: the rest did not come
    assert [row["asin"] for row in rows] == ["B000000001", "B000000002", "B000000003"]


@pytest.mark.requirement("R004-237")
def test_a_link_that_has_expired_is_replaced_by_another(meet: Meet) -> None:
    with meet(DEAD_LINK) as client:
        client.rows(client.wait(client.request(DEAD_LINK, [US])))
        assert asked(client, "download") == [403, 200]
        assert asked(client, "getReportDocument") == [200, 200]


def test_requests_that_share_a_document_each_have_it(meet: Meet) -> None:
    with meet(SHARED) as client:
        requests = [client.request(SHARED, [US]) for _ in range(2)]
        results = [result for _, result in client.ended(requests)]
        assert [client.rows(result)[0]["seller-sku"] for result in results] == ["LAMP-0", "LAMP-0"]
    assert len({result.document_ids for result in results}) == 1
    assert len({result.reports[0].reportId for result in results}) == 2


@pytest.mark.requirement("R001-039")
def test_after_a_restart_a_request_is_waited_for_by_its_reports_id(meet: Meet) -> None:
    with meet(STOCK) as client:
        report_id = client.request(STOCK, [US]).report_ids[0]
        with pytest.raises(StillWaiting, match=report_id):
            client.wait(client.resume(report_id), within=60)
        assert client.rows(client.wait(client.resume(report_id)))
        assert asked(client, "createReport") == [202]
