"""GET /daybook/v1/reports/{id}/support-pack: a zip of all that is known of a report, and no secret in it."""

import io
import json
import zipfile
from typing import Any

import pytest

from daybook.documents import documents
from daybook.reports import reports
from tests.api.production import begin, fail, finish, store_document
from tests.api.serving import REPORTS, US, Client, Daybook
from tests.api.wire import Answer

EXPLAINED = "/daybook/v1/reports"
FILES = [
    "README.txt", "report.json", "times.json", "ledger.json", "calls.json", "settings.json", "versions.json",
]  # fmt: skip
PLANTED = (
    "Atza|hunter2 Atzr|hunter2 amzn1.oa2-cs.v1.hunter2 client_secret=hunter2 postgresql://me:hunter2@db/x "
    "https://docs.example/d?X-Amz-Signature=hunter2&signature=hunter2 Authorization: Bearer hunter2"
)


def pack(client: Client, report_id: str) -> Answer:
    return client.get(f"{EXPLAINED}/{report_id}/support-pack")


def files(client: Client, report_id: str) -> dict[str, Any]:
    """The pack's files, those of JSON decoded."""
    answer = pack(client, report_id)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}


@pytest.mark.requirement("R003-063")
def test_a_pack_holds_the_report_its_times_its_ledger_and_the_request_ids(daybook: Daybook, first: Client) -> None:
    asked = first.post(REPORTS, {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]})
    report_id = asked.json["reportId"]
    daybook.clock.advance(90)
    document_id = finish(daybook, begin(daybook))
    found = files(first, report_id)
    assert list(found) == FILES
    assert (found["report.json"]["status"], found["report.json"]["reportDocumentId"]) == ("DONE", document_id)
    assert [line["to"] for line in found["ledger.json"]] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    [call] = found["calls.json"]
    assert (call["operation"], call["requestId"]) == ("createReport", asked.headers["x-amzn-requestid"])
    assert found["versions.json"]["daybook"]
    assert "bodies of requests and answers" in found["README.txt"]


def test_every_time_is_told_in_utc_and_by_the_marketplaces_wall_clock(daybook: Daybook, first: Client) -> None:
    found = files(first, first.ask())
    assert found["times.json"]["created"] == {
        "UTC": "2026-11-21T12:00:00+00:00",
        "US": "2026-11-21 04:00:00 PST (America/Los_Angeles)",
    }
    assert found["ledger.json"][0]["at"] == found["times.json"]["created"]


def test_a_pack_of_a_report_that_waits_says_why(daybook: Daybook, first: Client) -> None:
    blocking = first.ask()
    begin(daybook)
    waiting = files(first, first.ask())["report.json"]["waiting"]
    assert (waiting["blockedBy"], waiting["place"]) == (blocking, 1)


def test_a_cancellation_has_its_request_id(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    cancelled = first.delete(f"{REPORTS}/{report_id}")
    made, ended = files(first, report_id)["calls.json"]
    assert (made["operation"], ended["operation"]) == ("createReport", "cancelReport")
    assert ended["requestId"] == cancelled.headers["x-amzn-requestid"]


def test_no_secret_that_found_its_way_into_a_report_is_in_its_pack(daybook: Daybook, first: Client) -> None:
    secret = {"refreshToken": "hunter2", "note": PLANTED}
    report_id = first.ask(reportOptions=secret)
    report = begin(daybook)
    document = store_document(daybook, report, PLANTED.encode(), None)
    with daybook.store.transaction() as tx:
        documents.keep(tx, document)
        assert reports.fail(tx, tx.now, report, f"It said: {PLANTED}", document.document_id, f"worker {PLANTED}")
    found = files(first, report_id)
    assert found["report.json"]["status"] == "FATAL"
    assert "It said: Atza|***" in found["report.json"]["evidence"]
    assert "hunter2" not in str(found)
    assert first.token not in str(found)


def test_the_operators_settings_are_not_a_sellers_to_see(daybook: Daybook, first: Client) -> None:
    found = files(first, first.ask())["settings.json"]
    assert found.keys() == {"practiceScenario", "publicUrl", "others"}
    assert found["practiceScenario"] is False


@pytest.mark.requirement("R001-023", "R004-282")
def test_another_sellers_report_looks_exactly_like_none(daybook: Daybook, first: Client, second: Client) -> None:
    report_id = first.ask()
    fail(daybook, begin(daybook))
    assert (foreign := pack(second, report_id)).status == 404
    unknown = "9" * len(report_id)
    assert foreign.body.replace(report_id.encode(), unknown.encode()) == pack(second, unknown).body
