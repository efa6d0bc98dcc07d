"""/daybook/v1/batches and /daybook/v1/operations, as a program meets them."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

from daybook.contract import batches as contract
from daybook.operations.actions import ACTIONS, TRIED
from tests.api.serving import US, Client, Daybook
from tests.api.wire import Answer

BATCHES = "/daybook/v1/batches"
LINES = "sku,price\nA-1,12.50\nA-2,x\nA-3,9.99\n"
QUERY = f"operation=set_price&marketplaceId={US}"


def submit(client: Client, text: str = LINES, query: str = QUERY, **headers: str) -> Answer:
    sent = {"content-type": "text/csv", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.send("POST", f"{BATCHES}?{query}", text.encode(), sent)


def batch_of(client: Client, **more: Any) -> str:
    return str(submit(client, **more).json["batchId"])


def get(client: Client, path: str) -> Any:
    answer = client.send("GET", path)
    assert answer.status == 200, answer
    return answer.json


def test_a_body_becomes_a_batch_and_each_bad_line_is_told(first: Client) -> None:
    answer = submit(first)

    assert answer.status == 202
    assert answer.json["statuses"] == {"queued": 2, "invalid": 1}
    assert answer.json["refused"] == [
        {"line": 3, "reference": "A-2", "code": "NotAPrice", "message": "line 3, price: 'x': this is not a price."}
    ]


def test_a_repeated_submission_is_the_same_batch_and_another_content_a_conflict(first: Client) -> None:
    once = submit(first, idempotency_key="k").json
    again = submit(first, idempotency_key="k").json
    other = submit(first, LINES + "A-4,1\n", idempotency_key="k")

    assert (again["batchId"], again["repeated"]) == (once["batchId"], True)
    assert other.refusal == (409, "Conflict")
    assert len(get(first, BATCHES)["batches"]) == 1


def test_a_dry_run_keeps_nothing(first: Client) -> None:
    assert submit(first, query=f"{QUERY}&dryRun=true").json["batchId"] is None
    assert get(first, BATCHES)["batches"] == []


@pytest.mark.parametrize("text", ["", "sku,prize\nA,1\n", "price\n1\n", '[{"sku": "A"'])
def test_a_body_that_is_no_batch_leaves_none(first: Client, text: str) -> None:
    assert submit(first, text).refusal == (400, "InvalidInput")
    assert get(first, BATCHES)["batches"] == []


def test_an_array_on_one_line_is_kept_object_by_object(first: Client) -> None:
    answer = submit(
        first, '[{"sku": "A", "price": 1}, {"sku": "B", "price": "x"}, {"sku": "\\ud800"}, {"x\\u0000": 1}]'
    )

    assert answer.status == 202
    assert answer.json["statuses"] == {"queued": 1, "invalid": 3}
    assert [(one["line"], one["code"]) for one in answer.json["refused"]] == [
        (2, "NotAPrice"),
        (3, "UnreadableLine"),
        (4, "UnreadableLine"),
    ]


def test_another_seller_sees_nothing_of_it(first: Client, second: Client) -> None:
    batch = batch_of(first)
    assert second.send("GET", f"{BATCHES}/{batch}").refusal == (404, "NotFound")
    assert second.send("POST", f"{BATCHES}/{batch}/cancel").refusal == (404, "NotFound")
    assert get(second, BATCHES)["batches"] == []
    assert get(second, "/daybook/v1/operations")["operations"] == []


@pytest.mark.parametrize("path", ["/report", "/support-pack", "/operations/2", ""])
def test_a_batch_of_another_seller_is_answered_as_one_that_is_not(first: Client, second: Client, path: str) -> None:
    foreign, unknown = (second.send("GET", f"{BATCHES}/{one}{path}") for one in (batch_of(first), "UNKNOWN"))
    assert foreign.refusal == unknown.refusal == (404, "NotFound")


@pytest.mark.parametrize(
    "action", ["approve", "cancel", "retry", "retry?dryRun=true", "undo", "rebuild", "pause", "resume"]
)
def test_a_batch_of_another_seller_is_not_steered(first: Client, second: Client, action: str) -> None:
    batch = batch_of(first)
    assert second.send("POST", f"{BATCHES}/{batch}/{action}").refusal == (404, "NotFound")
    assert get(first, f"{BATCHES}/{batch}")["batch"]["statuses"] == {"queued": 2, "invalid": 1}


def test_a_list_with_nothing_in_it_is_told_how_much_it_needs(first: Client) -> None:
    answer = first.send("GET", "/daybook/v1/operations?operationStatuses=")
    assert (answer.status, "it has 0 members; at least 1 are allowed" in str(answer.json)) == (400, True)


def test_a_status_that_is_none_is_told_with_those_that_are_and_where_its_word_belongs(first: Client) -> None:
    shown, none = (first.send("GET", f"/daybook/v1/operations?statuses={word}").error for word in ("Error", "gone"))
    assert shown["message"] == "There is no status 'Error'."
    assert shown["details"].startswith("operationStatuses has that word. Statuses: queued, held, ")
    assert none["details"].startswith("Statuses: queued, held, ")


def test_the_contract_names_each_action_that_there_is() -> None:
    assert tuple(ACTIONS) == contract.ACTIONS


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - TRIED))
def test_what_cannot_be_tried_is_not_done_instead(first: Client, action: str) -> None:
    batch = batch_of(first)
    assert first.send("POST", f"{BATCHES}/{batch}/{action}?dryRun=true").refusal == (400, "InvalidInput")
    assert get(first, f"{BATCHES}/{batch}")["batch"]["statuses"] == {"queued": 2, "invalid": 1}


@pytest.mark.requirement("R000-028", "R000-034")
def test_operations_are_found_by_status_batch_reference_code_and_time(daybook: Daybook, first: Client) -> None:
    earlier = batch_of(first)
    daybook.clock.advance(3600)
    later = batch_of(first, text="sku,price\nB-1,5\nA-9,y\n")
    since = daybook.clock.now.isoformat().replace("+", "%2B")

    def found(query: str) -> list[tuple[str, str]]:
        rows = get(first, f"/daybook/v1/operations?{query}")["operations"]
        return [(row["batchId"], row["reference"]) for row in rows]

    assert found("") == [(later, "B-1"), (later, "A-9"), (earlier, "A-1"), (earlier, "A-2"), (earlier, "A-3")]
    assert found("operationStatuses=Error") == [(later, "A-9"), (earlier, "A-2")]
    assert found(f"batchId={earlier}&operationStatuses=Queued") == [(earlier, "A-1"), (earlier, "A-3")]
    assert found("reference=A-") == [(earlier, "A-1"), (earlier, "A-2"), (earlier, "A-3"), (later, "A-9")]
    assert found("code=NotAPrice") == [(later, "A-9"), (earlier, "A-2")]
    assert found("operations=set_quantity") == []
    assert found(f"queuedSince={since}") == [(later, "B-1"), (later, "A-9")]
    assert found(f"queuedUntil={since}&statuses=invalid") == [(earlier, "A-2")]


@pytest.mark.parametrize(
    "query", ["pageSize=3", "pageSize=3&reference=A-", "pageSize=3&operationStatuses=Queued,Error"]
)
def test_pages_list_every_operation_once_while_others_are_submitted(first: Client, query: str) -> None:
    batch_of(first, text="sku,price\n" + "".join(f"A-{n},{n + 1}\n" for n in range(10)))
    page = get(first, f"/daybook/v1/operations?{query}")
    seen = [row["reference"] for row in page["operations"]]
    while page["nextToken"]:
        batch_of(first, text="sku,price\nA-00000,1\n")
        page = get(first, f"/daybook/v1/operations?nextToken={page['nextToken']}")
        seen += [row["reference"] for row in page["operations"] if row["reference"] != "A-00000"]

    assert seen == [f"A-{n}" for n in range(10)]


@pytest.mark.requirement("R000-038", "R000-010")
def test_a_line_says_what_its_error_is_and_when_it_was_read(daybook: Daybook, first: Client) -> None:
    batch = batch_of(first)

    told = get(first, f"{BATCHES}/{batch}/operations/3")

    assert told["operation"]["lastError"] == {
        "code": "NotAPrice", "message": "line 3, price: 'x': this is not a price.", "source": "local validation",
        "ofEarlierAttempt": False, "link": "/daybook/v1/error-codes/NotAPrice",
    }  # fmt: skip
    assert told["attempts"] == []
    assert get(first, f"{BATCHES}/{batch}")["readTime"] == daybook.clock.now.isoformat(timespec="seconds")
    assert first.send("GET", f"{BATCHES}/{batch}/operations/99").refusal == (404, "NotFound")


@pytest.mark.requirement("R000-011", "R000-029")
def test_a_codes_link_leads_to_its_entry_and_an_unknown_one_to_none(first: Client) -> None:
    batch_of(first)
    [row] = get(first, "/daybook/v1/operations?operationStatuses=Error")["operations"]

    entry = get(first, row["lastError"]["link"])

    assert (entry["code"], entry["source"], entry["whoCanFixIt"], entry["retryHelps"]) == (
        "NotAPrice", "local validation", "seller", False,
    )  # fmt: skip
    assert entry["whatToDo"].startswith("Write the amount")
    assert get(first, "/daybook/v1/error-codes/notaprice") == entry
    assert first.send("GET", "/daybook/v1/error-codes/90220X").refusal == (404, "NotFound")


def test_a_batch_is_steered(first: Client) -> None:
    batch = batch_of(first)

    def does(action: str) -> Answer:
        return first.send("POST", f"{BATCHES}/{batch}/{action}")

    assert does("pause").json["moved"] == 2
    assert get(first, f"{BATCHES}/{batch}")["batch"]["status"] == "paused"
    again = does("pause")
    assert (again.refusal, again.error["message"]) == ((409, "Conflict"), "The batch is paused already.")
    assert does("resume").json["moved"] == 2
    assert does("approve").refusal == (409, "Conflict")
    assert does("cancel").json["moved"] == 2
    assert does("undo").refusal == (409, "Conflict")
    assert does("explode").refusal == (400, "InvalidInput")
    assert get(first, f"{BATCHES}/{batch}")["batch"]["counts"] == {"Queued": 0, "Success": 0, "Error": 3}


def test_an_undo_with_a_key_makes_one_batch_however_often_it_is_asked_for(daybook: Daybook, first: Client) -> None:
    batch = batch_of(first)
    with daybook.store.transaction() as tx:
        done = "UPDATE operation SET status = 'success', attempts = 1, attempted_at = 1, completed_at = 1"
        for statement in (done, "UPDATE batch_count SET status = 'success'"):
            tx.connection.execute(sa.text(f"{statement} WHERE status = 'queued'"))

    def undone(**headers: str) -> Answer:
        return first.send("POST", f"{BATCHES}/{batch}/undo", headers=headers)

    once, again = (undone(**{"idempotency-key": "k"}).json["batch"] for _ in range(2))
    assert (again["batchId"], once["repeated"], again["repeated"]) == (once["batchId"], False, True)
    assert undone().json["batch"]["batchId"] != once["batchId"]
    assert undone(**{"idempotency-key": ""}).refusal == (400, "InvalidInput")
    assert submit(first, idempotency_key="k").refusal == (409, "Conflict")


def test_the_report_and_the_support_pack_are_files(first: Client) -> None:
    batch = batch_of(first)

    report = first.send("GET", f"{BATCHES}/{batch}/report?failed=true&timeZone=utc")
    pack = first.send("GET", f"{BATCHES}/{batch}/support-pack")

    [row] = csv.DictReader(io.StringIO(report.body.decode()))
    assert (row["Batch ID"], row["Reference"], row["price"]) == (batch, "A-2", "x")
    assert report.headers["content-type"] == "text/csv; charset=utf-8"
    with zipfile.ZipFile(io.BytesIO(pack.body)) as archive:
        assert json.loads(archive.read("batch.json"))["batchId"] == batch
        assert [one["reference"] for one in json.loads(archive.read("errors.json"))] == ["A-2"]


def test_batches_come_in_pages_newest_first(first: Client) -> None:
    made = [batch_of(first, text=f"sku,price\nA-{n},1\n") for n in range(5)]
    page = get(first, f"{BATCHES}?pageSize=2")
    seen = [one["batchId"] for one in page["batches"]]
    while page["nextToken"]:
        page = get(first, f"{BATCHES}?nextToken={page['nextToken']}")
        seen += [one["batchId"] for one in page["batches"]]
    assert seen == sorted(made, reverse=True)
