"""What every operation shares, an operation and a case at a time: each case fails by itself and names its own lines."""

import pytest

from daybook.contract.operations import OPERATIONS
from tests.api.serving import Client, Daybook
from tests.contract.calling import BODIES, call, target
from tests.contract.facts import FACTS, Fact, cases
from tests.contract.schemas import faults

RATE = "x-amzn-ratelimit-limit"
REQUEST_ID = "x-amzn-requestid"


@pytest.mark.requirement("R004-008", "R004-001", "R004-003", "R001-001")
def test_there_are_these_nine_operations_and_no_others() -> None:
    assert [operation.name for operation in OPERATIONS] == [fact.name for fact in FACTS]
    assert all(operation.path.startswith("/reports/2021-06-30/") for operation in OPERATIONS)


@pytest.mark.parametrize("fact", cases("path"))
def test_an_operation_has_its_method_and_its_path(daybook: Daybook, first: Client, fact: Fact) -> None:
    at = target(daybook, first, fact)
    assert call(first, fact, at).status == fact.success
    for other in {"GET", "POST", "DELETE", "PUT", "PATCH"} - {
        other.method for other in FACTS if other.path == fact.path
    }:
        assert first.send(other, at.partition("?")[0]).refusal == (405, "MethodNotAllowed")


@pytest.mark.parametrize("fact", cases("success", "also_success"))
def test_success_has_its_status_and_its_schema(daybook: Daybook, first: Client, fact: Fact) -> None:
    answer = call(first, fact, target(daybook, first, fact))
    assert answer.status == fact.success
    assert faults(fact.answer, answer.json) == []


@pytest.mark.parametrize("fact", cases("headers"))
def test_success_has_both_headers(daybook: Daybook, first: Client, fact: Fact) -> None:
    at = target(daybook, first, fact)
    answer = call(daybook.client("newcomer"), fact, at)
    assert answer.status == fact.success
    assert answer.headers[RATE] == fact.rate
    again = first.get(f"{FACTS[2].path}".replace("{reportId}", first.ask()))
    assert len({answer.headers[REQUEST_ID], again.headers[REQUEST_ID]}) == 2


@pytest.mark.requirement("R004-005")
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_answer_is_json(daybook: Daybook, first: Client, fact: Fact) -> None:
    good = call(first, fact, target(daybook, first, fact))
    bad = daybook.wire.send(fact.method, fact.path)
    assert {good.headers["content-type"], bad.headers["content-type"]} == {"application/json"}


@pytest.mark.parametrize("fact", cases("rate", "burst"))
def test_the_default_plan_gives_the_burst_and_then_the_rate(exact: Daybook, fact: Fact) -> None:
    newcomer, at = exact.client("newcomer"), target(exact, exact.client(), fact)
    statuses = [call(newcomer, fact, at).status for _ in range(fact.burst + 1)]
    assert (statuses.count(429), statuses[-1]) == (1, 429)
    exact.clock.advance(1 / float(fact.rate) - 0.01)
    assert call(newcomer, fact, at).status == 429
    exact.clock.advance(0.02)
    assert call(newcomer, fact, at).status != 429


@pytest.mark.parametrize("fact", cases("throttled"))
def test_a_call_too_many_is_429_and_one_in_time_never_is(exact: Daybook, fact: Fact) -> None:
    newcomer, at = exact.client("newcomer"), target(exact, exact.client(), fact)
    for _ in range(fact.burst):
        assert call(newcomer, fact, at).status != 429
    refused = call(newcomer, fact, at)
    assert refused.refusal == (429, "QuotaExceeded")
    assert (REQUEST_ID in refused.headers, RATE in refused.headers) == (True, False)
    for _ in range(3):
        exact.clock.advance(1 / float(fact.rate) + 0.001)
        assert call(newcomer, fact, at).status != 429


@pytest.mark.parametrize("fact", cases("forbidden"))
@pytest.mark.parametrize("shown", ["no token", "a forged token", "an expired token", "a revoked token"])
def test_whoever_may_not_is_told_403(daybook: Daybook, first: Client, fact: Fact, shown: str) -> None:
    at = target(daybook, first, fact)
    headers = {"content-type": "application/json"} if fact.name in BODIES else {}
    answer = daybook.wire.send(fact.method, at, headers | _token(daybook, shown), b"{}")
    assert answer.refusal == (403, "Unauthorized")
    assert answer.error["message"] == "Access to requested resource is denied."
    assert answer.error["details"]
    assert faults("ErrorList", answer.json) == []
    assert (REQUEST_ID in answer.headers, RATE in answer.headers) == (True, False)


def _token(daybook: Daybook, shown: str) -> dict[str, str]:
    token = daybook.access_token("newcomer")
    if shown == "no token":
        return {}
    if shown == "an expired token":
        daybook.clock.advance(3600)
    if shown == "a revoked token":
        with daybook.store.transaction() as tx:
            tx.revoke_authorisation(daybook.applications["newcomer"].client_id, daybook.first, tx.now)
    return {"x-amz-access-token": "Atza|forged" if shown == "a forged token" else token}


@pytest.mark.requirement("R004-004", "R004-012", "R004-174", "R004-059", "R004-114")
@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.name in BODIES], ids=lambda fact: fact.name)
def test_a_body_is_json_and_must_be_there(first: Client, fact: Fact) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
        assert first.send("POST", fact.path, b"{}", {"content-type": kind}).refusal[0] == 415
    for body in (b"{", b"[]", b"\xff", b"null"):
        assert first.send("POST", fact.path, body).refusal == (400, "InvalidInput")
    empty = first.send("POST", fact.path, b"", {"content-type": "application/json"})
    assert empty.refusal == (400, "InvalidInput")


@pytest.mark.requirement("R004-018", "R004-019", "R004-028", "R004-029")
@pytest.mark.parametrize("name", ["reportTypes", "marketplaceIds"])
@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (10, 200), (11, 400)])
def test_lists_in_a_query_hold_one_to_ten(first: Client, name: str, count: int, status: int) -> None:
    known = {"reportTypes": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": "ATVPDKIKX0DER"}
    query = {"reportTypes": known["reportTypes"], name: ",".join([known[name]] * count)}
    answer = first.get(FACTS[0].path, **query)
    assert answer.status == status
    if status == 400:
        assert answer.error["details"].startswith(f"{name};")


@pytest.mark.requirement("R004-042", "R004-153")
def test_what_is_opaque_is_taken_as_it_is(first: Client) -> None:
    assert first.get(FACTS[0].path, nextToken="not one of ours").refusal == (400, "InvalidInput")
    assert first.get(f"{FACTS[8].path}".replace("{reportDocumentId}", "x" * 500)).refusal == (404, "NotFound")


@pytest.mark.requirement("R004-242")
@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 202), (25, 202), (26, 400)])
def test_a_body_takes_up_to_25_marketplaces(first: Client, count: int, status: int) -> None:
    body = {**BODIES["createReport"], "marketplaceIds": ["ATVPDKIKX0DER"] * count}
    assert first.post(FACTS[1].path, body).status == status
