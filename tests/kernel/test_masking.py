"""Secrets are hidden by their shape and by their name, and nothing else is."""

import pytest

from daybook.kernel.masking import masked, redacted

SECRETS = [
    "postgresql://me:hunter2@db/daybook",
    "https://me:hunter2@host/x",
    "host=db password=hunter2 user=me",
    "Atza|hunter2-hunter2",
    "Atzr|hunter2+hunter2/hunter2==",
    "Atz.sprdt|hunter2",
    "refresh_token=Atzr%7Chunter2&x=1",
    "amzn1.oa2-cs.v1.hunter2-hunter2",
    "/documents/A/B?expires=1&signature=hunter2",
    "https://s3.example/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2&X-Amz-Security-Token=hunter2%2F",
    "https://s3.example/x?AWSAccessKeyId=hunter2&Expires=1&Signature=hunter2%3D",
    "client_id=me&client_secret=hunter2&grant_type=refresh_token",
    '{"access_token": "hunter2", "expires_in": 3600}',
    "Authorization: Bearer hunter2.hunter2",
    "x-amz-access-token: hunter2",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_of_a_known_shape_is_hidden_wherever_it_stands(secret: str) -> None:
    assert "hunter2" not in redacted(f"it said: {secret} and so on")
    assert redacted(f"it said: {secret} and so on").startswith("it said: ")
    assert redacted(f"it said: {secret} and so on").endswith(" and so on")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db/daybook is away",
        "The token of the next page is in nextToken.",
        "amzn1.application-oa2-client.0f0f",
        "https://host/documents/A/B?expires=1",
        "It waits for report 17 of its type.",
        "a basic rule",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_values_are_masked_by_their_names_too_however_deep_they_are() -> None:
    told = {"client": {"clientSecret": "x", "refreshToken": "y", "id": 1}, "all": ["Atza|z", ("Atzr|w",)], "secret": ""}
    assert masked(told) == {
        "client": {"clientSecret": "***", "refreshToken": "***", "id": 1},
        "all": ["Atza|***", ["Atzr|***"]],
        "secret": "",
    }
