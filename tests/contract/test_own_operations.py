"""Every operation of our own API: what it does not know is refused by name, where Amazon's contract passes over it."""

import json
import re

import pytest

from daybook.api import scenarios
from daybook.api.openapi import DESCRIBED
from daybook.contract.daybook import ROOT
from daybook.contract.operations import OPERATIONS, Operation
from tests.api.serving import Client, Daybook
from tests.api.wire import Answer
from tests.contract.requests import GOOD, Request

OWN = [operation for operation in DESCRIBED if operation.path.startswith(f"{ROOT}/")]
each = pytest.mark.parametrize("operation", OWN, ids=lambda operation: operation.name)
each_that_may_be_sent_members = pytest.mark.parametrize(
    "operation",
    [one for one in OWN if one.body is not None or (one.method == "POST" and not one.takes_file)],
    ids=lambda operation: operation.name,
)


def asked(daybook: Daybook, operation: Operation, query: str = "", body: bytes = b"") -> Answer:
    """The operation's answer about a thing that there need not be, to whoever may call it."""
    client = daybook.operator() if operation in scenarios.OPERATIONS else daybook.client("newcomer")
    target = re.sub(r"\{\w+\}", "1", operation.path)
    return client.send(operation.method, target + query, body, {"content-type": "application/json"})


def test_the_table_has_every_operation_of_ours() -> None:
    assert len(OWN) == len(DESCRIBED) - len(OPERATIONS)


@each
def test_a_query_parameter_that_it_has_not_is_refused_by_name(daybook: Daybook, operation: Operation) -> None:
    answer = asked(daybook, operation, "?colour=red")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == "There is no query parameter 'colour' here."
    known = [parameter.name for parameter in operation.parameters if parameter.place == "query"]
    assert answer.error["details"] == (f"Known: {', '.join(known)}." if known else "None is taken.")


@each_that_may_be_sent_members
def test_a_member_of_a_body_that_it_has_not_is_refused_by_name(daybook: Daybook, operation: Operation) -> None:
    answer = asked(daybook, operation, body=json.dumps({"colour": "red"}).encode())
    assert answer.refusal == (400, "InvalidInput")
    assert "'colour'" in answer.error["message"]


def test_an_action_without_a_body_says_where_its_parameters_stand(daybook: Daybook) -> None:
    retry = f"{ROOT}/batches/1/retry"
    answer = daybook.client().post(retry, {"dryRun": True})
    assert answer.error["details"] == "The operation takes no body. Its parameters stand in the query: force, dryRun."
    assert daybook.client().post(retry, {}).refusal == (404, "NotFound")
    assert daybook.client().send("POST", retry, b"dryRun=true").refusal == (400, "InvalidInput")


@each
def test_a_stranger_is_told_nothing_of_what_it_knows(daybook: Daybook, operation: Operation) -> None:
    target = re.sub(r"\{\w+\}", "1", operation.path)
    answer = daybook.wire.send(operation.method, f"{target}?colour=red")
    assert answer.refusal == (403, "Unauthorized")


@pytest.mark.parametrize(
    ("query", "name", "near"),
    [
        ("status=Error", "status", "statuses"),
        ("pagesize=5", "pagesize", "pageSize"),
        ("pageSize=5&batchID=1", "batchID", "batchId"),
        ("%73tatus=Error&status=Queued", "status", "statuses"),
    ],
)
def test_the_nearest_parameter_is_suggested(daybook: Daybook, query: str, name: str, near: str) -> None:
    answer = daybook.client().send("GET", f"{ROOT}/operations?{query}")
    assert answer.refusal == (400, "InvalidInput")
    assert repr(name) in answer.error["message"]
    assert answer.error["details"].startswith(f"Did you mean {near}? Known: operationStatuses, statuses, batchId, ")


@pytest.mark.parametrize(
    ("body", "name", "near"),
    [
        ({"callAtOnce": 3}, "callAtOnce", "callsAtOnce"),
        ({"url": "https://hooks.example/", "Name": "x"}, "Name", "name"),
        ({"authDetails": {"authMethod": "HMAC", "clientsecret": "s"}}, "authDetails.clientsecret", "clientSecret"),
    ],
)
def test_the_nearest_member_is_suggested_also_of_an_object_within(
    daybook: Daybook, body: dict[str, object], name: str, near: str
) -> None:
    answer = daybook.client().patch(f"{ROOT}/destinations/1", body)
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == f"There is no member {name!r} here."
    assert answer.error["details"].startswith(f"Did you mean {near}? Known: ")


@pytest.mark.parametrize("name", GOOD)
def test_amazons_operations_pass_over_what_they_do_not_know(daybook: Daybook, newcomer: Client, name: str) -> None:
    request = GOOD[name](daybook)
    target = f"{request.target}{'&' if '?' in request.target else '?'}colour=red"
    body = json.dumps({**json.loads(request.body), "colour": "red"}).encode() if request.body else b""
    assert Request(request.method, target, body).send(newcomer).status < 300
