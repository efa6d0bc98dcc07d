"""Login with Amazon, as the sandbox plays it."""

import json

import pytest

from tests.sandbox.practising import SELLER, Practice, error


def test_a_refresh_token_names_its_seller(practice: Practice) -> None:
    told = json.loads(practice.grant().body)
    assert told["access_token"].startswith("Atza|")
    assert {name: told[name] for name in ("token_type", "expires_in", "refresh_token")} == {
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": f"Atzr|{SELLER}",
    }


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"refresh_token": "nonsense"}, 400, "invalid_grant"),
        ({"refresh_token": "Atzr|"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
    ],
)
def test_what_is_wrong_is_told_in_oauths_words(
    practice: Practice, form: dict[str, str], status: int, said: str
) -> None:
    practice.options = {"client_secret": "right"}
    told = practice.again().grant(**{"client_secret": "right", **form})
    assert (told.status, json.loads(told.body)["error"]) == (status, said)


@pytest.mark.parametrize(
    ("token", "details"),
    [
        ("", "Access token is missing in the request header."),
        ("Atza|unknown", "The access token you provided is revoked, malformed or invalid."),
    ],
)
def test_a_token_that_is_not_good_is_refused_with_the_reason(practice: Practice, token: str, details: str) -> None:
    practice.token = token
    told = practice.call("GET")
    assert error(told) == (403, "Unauthorized")
    assert json.loads(told.body)["errors"][0]["details"] == details


def test_a_token_lives_for_an_hour(practice: Practice) -> None:
    practice.passes(seconds=3599)
    assert practice.call("GET").status == 404
    practice.passes(seconds=1)
    assert error(practice.call("GET")) == (403, "Unauthorized")


def test_no_secret_is_in_the_record(practice: Practice) -> None:
    practice.put()
    text = practice.record.read_text()
    assert practice.token not in text
    assert "Atz" not in text
