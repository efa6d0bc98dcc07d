"""POST /auth/o2/token, and what a token is worth: the access tokens of applications that act for sellers."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from daybook.accounts.applications import Scope, authorise, create_application, revoke
from daybook.api.server import MAX_BODY
from tests.api.serving import DECODING, JSON, REPORTS, TOKENS, Daybook
from tests.api.wire import Answer

FORM = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
UNKNOWN_ID = f"{REPORTS}/UNKNOWN"
Fields = dict[str, str]


def as_form(daybook: Daybook, fields: Fields) -> Answer:
    return daybook.wire.send("POST", TOKENS, FORM, urlencode(fields).encode())


def as_json(daybook: Daybook, fields: Fields) -> Answer:
    return daybook.wire.send("POST", TOKENS, JSON, json.dumps(fields).encode())


Ask = Callable[[Daybook, Fields], Answer]
BOTH = pytest.mark.parametrize("ask", [as_form, as_json])


def admitted(daybook: Daybook, headers: dict[str, str]) -> bool:
    """Whether the headers let a caller in: then it is told that there is no such report."""
    answer = daybook.wire.send("GET", UNKNOWN_ID, headers)
    assert answer.status in (403, 404), answer.body
    return answer.status == 404


# What is given


@BOTH
def test_a_refresh_token_gives_an_access_token_for_an_hour(daybook: Daybook, ask: Ask) -> None:
    fields = daybook.form()
    answer = ask(daybook, fields)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("bearer", 3600)
    assert answer.json["refresh_token"] == fields["refresh_token"]
    assert answer.json["access_token"].startswith("Atza|")
    assert admitted(daybook, {"x-amz-access-token": answer.json["access_token"]})


def test_members_that_nobody_knows_are_ignored(daybook: Daybook) -> None:
    strangers = {"redirect_uri": "x", "scopes": ["a"], "version": 1, "scope": None}
    body = json.dumps(daybook.form() | strangers).encode()
    assert daybook.wire.send("POST", TOKENS, JSON, body).status == 200
    assert as_form(daybook, daybook.form() | {"redirect_uri": "x"}).status == 200


def test_each_time_gives_another_token_and_the_earlier_ones_stay_good(daybook: Daybook) -> None:
    tokens = [as_form(daybook, daybook.form()).json["access_token"] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert [admitted(daybook, {"x-amz-access-token": token}) for token in tokens] == [True] * 3


# What is refused


@BOTH
@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"refresh_token": "Atzr|wrong"}, 400, "invalid_grant"),
        ({"refresh_token": "Atzr|\0\udc80é".encode("utf-8", "replace").decode()}, 400, "invalid_grant"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wro\0ng"}, 401, "invalid_client"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": ""}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "daybook::operator"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "sellingpartnerapi::migration"}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_refused_in_oauths_words(
    daybook: Daybook, ask: Ask, fields: Fields, status: int, error: str
) -> None:
    answer = ask(daybook, daybook.form() | fields)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert answer.json.keys() == {"error", "error_description"}
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/json", "no-store")
    assert answer.headers["x-amzn-requestid"]


def test_amazons_own_words_are_used_where_clients_know_them(daybook: Daybook) -> None:
    wrong = as_form(daybook, daybook.form() | {"refresh_token": "Atzr|wrong"})
    assert wrong.json["error_description"] == "The request has an invalid grant parameter : refresh_token"
    wrong = as_form(daybook, daybook.form() | {"client_secret": "wrong"})
    assert wrong.json["error_description"] == "Client authentication failed"


@DECODING
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"%FF=1", b"a" * 1000, b'{"grant_type": 1}', b"[" * 100_000]
)
def test_a_body_that_cannot_be_read_is_an_invalid_request(daybook: Daybook, kind: str, body: bytes) -> None:
    answer = daybook.wire.send("POST", TOKENS, {"content-type": kind} if kind else {}, body)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_refresh_token_is_of_one_application_alone(daybook: Daybook) -> None:
    theirs = daybook.form("newcomer")["refresh_token"]
    answer = as_form(daybook, daybook.form("agency") | {"refresh_token": theirs})
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_the_endpoint_takes_posts_alone(daybook: Daybook) -> None:
    assert daybook.wire.send("GET", TOKENS).refusal == (405, "MethodNotAllowed")


# How a token is shown


@pytest.mark.requirement("R004-166")
def test_a_token_is_shown_in_amazons_header_or_as_a_bearer(daybook: Daybook) -> None:
    token = daybook.access_token()
    signed = (
        "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0"
    )
    for headers in (
        {"x-amz-access-token": token},
        {"authorization": f"Bearer {token}"},
        {"authorization": f"bearer  {token} "},
        {"x-amz-access-token": token, "authorization": signed, "x-amz-date": "20261121T120000Z"},
        {"x-amz-access-token": token, "authorization": "nonsense"},
    ):
        assert admitted(daybook, headers), headers


@DECODING
@pytest.mark.requirement("R004-166")
@pytest.mark.parametrize("value", ["", "Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "nonsense", "bearer\tx"])
def test_an_authorization_that_cannot_be_parsed_is_a_401(daybook: Daybook, value: str) -> None:
    answer = daybook.wire.send("GET", UNKNOWN_ID, {"authorization": value})
    assert answer.refusal == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("headers", "details"),
    [
        ({}, "Access token is missing in the request header."),
        ({"x-amz-access-token": ""}, "Access token is missing in the request header."),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=A"}, "Access token is missing in the request header."),
        ({"x-amz-access-token": "Atza|wrong"}, "The access token you provided is revoked, malformed or invalid."),
        ({"x-amz-access-token": "\x00é"}, "The access token you provided is revoked, malformed or invalid."),
        ({"authorization": "Bearer wrong"}, "The access token you provided is revoked, malformed or invalid."),
        ({"x-amz-access-token": "x" * 5000}, "The access token you provided is revoked, malformed or invalid."),
    ],
)
def test_without_a_good_token_access_is_denied_and_the_details_say_why(
    daybook: Daybook, headers: dict[str, str], details: str
) -> None:
    answer = daybook.wire.send("GET", UNKNOWN_ID, headers)
    assert answer.refusal == (403, "Unauthorized")
    assert (answer.error["message"], answer.error["details"]) == ("Access to requested resource is denied.", details)


def test_a_refresh_token_opens_nothing_itself(daybook: Daybook) -> None:
    assert not admitted(daybook, {"x-amz-access-token": daybook.form()["refresh_token"]})


# How a token ends


def test_a_token_ends_after_an_hour_and_says_so_in_words_that_clients_look_for(daybook: Daybook) -> None:
    token = {"x-amz-access-token": daybook.access_token()}
    daybook.clock.advance(3600 - 0.000001)
    assert admitted(daybook, token)
    daybook.clock.advance(0.000001)
    answer = daybook.wire.send("GET", UNKNOWN_ID, token)
    assert answer.refusal == (403, "Unauthorized")
    assert answer.error["details"] == "The access token you provided has expired."


def revoke_of(daybook: Daybook, application: str, seller_id: str | None) -> None:
    with daybook.store.transaction() as tx:
        revoke(tx, tx.now, daybook.applications[application].client_id, seller_id)


def test_revoking_an_authorisation_ends_its_tokens_at_once_and_no_others(daybook: Daybook) -> None:
    shown = {
        (application, seller_id): {"x-amz-access-token": daybook.access_token(application, seller_id)}
        for application, seller_id in (
            ("agency", daybook.first),
            ("agency", daybook.second),
            ("newcomer", daybook.first),
        )
    }
    revoke_of(daybook, "agency", daybook.first)
    assert {name: admitted(daybook, headers) for name, headers in shown.items()} == {
        ("agency", daybook.first): False,
        ("agency", daybook.second): True,
        ("newcomer", daybook.first): True,
    }
    assert as_form(daybook, daybook.form("agency")).json["error"] == "invalid_grant"


def test_authorising_again_replaces_the_refresh_token_and_ends_the_earlier_access(daybook: Daybook) -> None:
    earlier = {"x-amz-access-token": daybook.access_token()}
    with daybook.store.transaction() as tx:
        client_id = daybook.applications["agency"].client_id
        new = authorise(tx, tx.now, daybook.door.ids, client_id, daybook.first)
    assert not admitted(daybook, earlier)
    assert as_form(daybook, daybook.form()).json["error"] == "invalid_grant"
    answer = as_form(daybook, daybook.form() | {"refresh_token": new})
    assert admitted(daybook, {"x-amz-access-token": answer.json["access_token"]})


def another_application(daybook: Daybook, scope: Scope) -> Fields:
    """A new application's credentials."""
    with daybook.store.transaction() as tx:
        name = f"of {daybook.first}"
        application, secret = create_application(tx, tx.now, daybook.door.ids, name, scope)
        fields = {"client_id": application.client_id, "client_secret": secret}
        if scope is Scope.SELLER:
            fields["refresh_token"] = authorise(tx, tx.now, daybook.door.ids, name, daybook.first)
    return fields


def test_revoking_an_application_ends_it_altogether(daybook: Daybook) -> None:
    fields = another_application(daybook, Scope.SELLER) | {"grant_type": "refresh_token"}
    token = {"x-amz-access-token": as_form(daybook, fields).json["access_token"]}
    assert admitted(daybook, token)
    with daybook.store.transaction() as tx:
        revoke(tx, tx.now, fields["client_id"], None)
    assert not admitted(daybook, token)
    assert as_form(daybook, fields).json["error"] == "invalid_client"


def test_an_operators_token_reaches_no_sellers_data(daybook: Daybook) -> None:
    fields = another_application(daybook, Scope.OPERATOR)
    fields |= {"grant_type": "client_credentials", "scope": "daybook::operator"}
    answer = as_form(daybook, fields)
    assert (answer.status, sorted(answer.json)) == (200, ["access_token", "expires_in", "token_type"])
    refused = daybook.wire.send("GET", UNKNOWN_ID, {"x-amz-access-token": answer.json["access_token"]})
    assert refused.refusal == (403, "Unauthorized")
    assert "operator" in refused.error["details"]


@DECODING
@pytest.mark.parametrize("headers", [FORM, JSON])
def test_a_body_over_the_limit_is_refused_in_the_token_endpoints_own_shape(
    daybook: Daybook, headers: dict[str, str]
) -> None:
    answer = daybook.wire.send("POST", TOKENS, headers, b" " * (MAX_BODY + 1))
    assert (answer.status, answer.json["error"]) == (413, "invalid_request")
    assert "too large" in answer.json["error_description"]
