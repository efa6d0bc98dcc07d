"""The receiver to practise on, by a clock that stands still."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.notifications.answers import Answer, ErrorClass
from daybook.notifications.signing import sign
from daybook.sandbox.receiver import MAX_BODY, Received, Receiver, create_receiver
from tests.api.wire import Answer as Told
from tests.api.wire import Wire

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
BODY = b'{"source": {"eventType": "REPORT_STATUS"}, "payload": {}}'


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@dataclass
class Practice:
    """A receiver and what it told."""

    runner: asyncio.Runner
    forwarded: Answer | None = None
    told: list[Received] = field(default_factory=list)
    sent_on: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def forward(body: bytes, headers: Mapping[str, str]) -> Answer:
            self.sent_on.append((body, headers))
            assert self.forwarded is not None
            return self.forwarded

        onward = forward if self.forwarded else None
        self.wire = Wire(create_receiver(Receiver(lambda: NOW, [SECRET], self.told.append, onward)), runner=self.runner)

    def post(self, headers: Mapping[str, str], body: bytes = BODY, target: str = "/hooks/1") -> Told:
        return self.wire.send("POST", target, {"content-type": "application/json", **headers}, body)


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    return sign([secret], message_id, at, body)


def test_a_good_signature_is_answered_204_and_told(runner: asyncio.Runner) -> None:
    practice = Practice(runner)
    answer = practice.post(signed())
    assert (answer.status, answer.body) == (204, b"")
    [received] = practice.told
    assert (received.refusal, received.message_id, received.body, received.again) == ("", "msg_1", BODY, False)
    assert received.at == NOW


def test_an_id_that_came_before_is_told_as_such(runner: asyncio.Runner) -> None:
    practice = Practice(runner)
    for message_id in ("msg_1", "msg_2", "msg_1"):
        assert practice.post(signed(message_id=message_id)).status == 204
    assert [received.again for received in practice.told] == [False, False, True]


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "There is no webhook-id."),
        (signed(secret=OTHER), "is one of the secret's"),
        (signed(at=NOW - timedelta(minutes=6)), "0:06:00 old"),
        (signed(at=NOW + timedelta(minutes=6)), "0:06:00 ahead"),
        (signed() | {"webhook-timestamp": "noon"}, "is not a number of seconds"),
    ],
)
def test_a_signature_that_is_refused_is_answered_401_and_told_why(
    runner: asyncio.Runner, headers: Mapping[str, str], why: str
) -> None:
    practice = Practice(runner, Answer(NOW, 1, status=200))
    answer = practice.post(headers)
    assert answer.status == 401
    assert why in practice.told[0].refusal
    assert answer.json == {"reason": practice.told[0].refusal}
    assert practice.sent_on == []


def test_what_is_verified_is_forwarded_with_its_signature_and_answered_as_the_url_answers(
    runner: asyncio.Runner,
) -> None:
    practice = Practice(runner, Answer(NOW, 7, status=503, error=ErrorClass.BROKEN))
    headers = signed()
    assert practice.post({**headers, "x-mine": "1", "expect": "100-continue"}).status == 503
    [(body, sent)] = practice.sent_on
    assert body == BODY
    assert dict(sent) == {**headers, "x-mine": "1", "content-type": "application/json"}
    assert practice.told[0].forwarded == practice.forwarded


def test_a_url_that_does_not_answer_is_a_bad_gateway(runner: asyncio.Runner) -> None:
    practice = Practice(runner, Answer(NOW, 1, error=ErrorClass.REFUSED, detail="Nothing listens."))
    answer = practice.post(signed())
    assert (answer.status, answer.json) == (502, {"reason": "Nothing listens."})


def test_what_is_not_a_post_or_too_long_is_refused(runner: asyncio.Runner) -> None:
    practice = Practice(runner)
    assert practice.wire.send("GET", "/").status == 405
    assert practice.post(signed(), b"x" * (MAX_BODY + 1)).status == 413
    assert practice.told == []


_VALUES = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=40)


@pytest.mark.requirement("R002-033")
@settings(max_examples=200)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(signed(), _VALUES)), st.binary(max_size=40))
def test_garbage_is_answered_401_whatever_it_is(headers: dict[str, str], body: bytes) -> None:
    with asyncio.Runner() as runner:
        assert Practice(runner).post(headers, body).status == 401


def test_the_receiver_tells_of_any_body_that_is_signed(runner: asyncio.Runner) -> None:
    practice = Practice(runner)
    bodies: list[Any] = [b"", b"\xff", json.dumps("x").encode()]
    assert [practice.post(signed(body), body).status for body in bodies] == [204, 204, 204]
    assert [received.body for received in practice.told] == bodies
