"""How a receiver knows who calls: the three modes, and the headers that users may set."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.notifications.answers import ErrorClass
from daybook.notifications.authorizations import (
    Authorization,
    Basic,
    Hmac,
    OAuth,
    check_authorization,
)
from daybook.notifications.guard import Guard
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.sender import Sender
from tests.notifications.sender.conftest import HERE, Receivers, Senders
from tests.notifications.sender.sockets import OK, Receiver, Talk, answering, once

BODY = '{"text":"é✓"}'.encode()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSWORD = "p:ä ss"


def granting(*tokens: str, expires_in: int = 900) -> Callable[[Talk], None]:
    """An authUrl that gives these tokens, one after the other; the last one stays."""
    bodies = [json.dumps({"access_token": token, "expires_in": expires_in}).encode() for token in tokens]
    left = iter(bodies)
    last = bodies[-1]

    def script(talk: Talk) -> None:
        while talk.read():
            body = next(left, last)
            talk.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return script


def welcoming(token: str) -> Callable[[Talk], None]:
    """A receiver that takes one token alone."""

    def script(talk: Talk) -> None:
        while talk.read():
            welcome = talk.got[-1].headers.get("authorization") == f"Bearer {token}"
            talk.write(OK if welcome else b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    return script


def oauth(receiver: Receiver) -> OAuth:
    return OAuth("Authorization", receiver.url("/token"), "client", "s e/cret")


class Ticking:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def sender(clock: Ticking) -> Iterator[Sender]:
    sender = Sender(Guard(HERE), clock=clock)
    yield sender
    sender.close()


def test_basic_puts_user_and_password_into_the_named_header(receivers: Receivers, sender: Sender) -> None:
    receiver = receivers(answering(OK))
    pair = base64.b64encode(f"shop:{PASSWORD}".encode()).decode()
    sender.send(Outgoing(receiver.url(), BODY), Basic("Authorization", "shop", PASSWORD))
    sender.send(Outgoing(receiver.url(), BODY), Basic("X-Own", "shop", PASSWORD))
    assert [got.headers.get("authorization") for got in receiver.got] == [f"Basic {pair}", None]
    assert receiver.got[1].headers["x-own"] == pair


def test_the_authorization_wins_over_a_header_of_the_same_name(receivers: Receivers, sender: Sender) -> None:
    receiver = receivers(answering(OK))
    sender.send(Outgoing(receiver.url(), BODY, {"x-OWN": "mine"}), Basic("X-Own", "u", "p"))
    assert receiver.got[0].headers["x-own"] == base64.b64encode(b"u:p").decode()


@pytest.mark.parametrize("body", [b"", BODY, bytes(range(256)) * 1000])
def test_hmac_covers_the_complete_body(receivers: Receivers, sender: Sender, body: bytes) -> None:
    receiver = receivers(answering(OK))
    sender.send(Outgoing(receiver.url(), body), Hmac("X-Signature", "sécret"))
    [got] = receiver.got
    assert base64.b64decode(got.headers["x-signature"]) == hmac.digest("sécret".encode(), got.body, hashlib.sha256)
    assert got.body == body


def test_oauth_fetches_a_token_by_client_credentials_and_shows_it(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(granting("t1")), receivers(welcoming("t1"))
    assert sender.send(Outgoing(receiver.url(), BODY), oauth(grants)).delivered
    [asked] = grants.got
    assert asked.line == "POST /token HTTP/1.1"
    assert asked.body == b"grant_type=client_credentials"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"client:s e/cret").decode()
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_token_is_kept_until_shortly_before_it_ends(receivers: Receivers, sender: Sender, clock: Ticking) -> None:
    grants, receiver = receivers(granting("t1", expires_in=900)), receivers(welcoming("t1"))
    for minutes, fetched in [(0, 1), (5, 1), (14, 1), (14.9, 2)]:
        clock.now = NOW + timedelta(minutes=minutes)
        assert sender.send(Outgoing(receiver.url(), BODY), oauth(grants)).delivered
        assert len(grants.got) == fetched


def test_many_at_once_fetch_one_token(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(granting("t1")), receivers(welcoming("t1"))
    waiting = [sender.submit(Outgoing(receiver.url(), BODY), oauth(grants)) for _ in range(50)]
    assert all(future.result().delivered for future in waiting)
    assert len(grants.got) == 1


def test_a_token_that_is_refused_is_fetched_anew_once(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(granting("old", "new")), receivers(welcoming("new"))
    assert sender.send(Outgoing(receiver.url(), BODY), oauth(grants)).delivered
    assert [got.headers["authorization"] for got in receiver.got] == ["Bearer old", "Bearer new"]


def test_a_receiver_that_refuses_every_token_costs_two_calls_and_no_more(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(granting("a", "b", "c")), receivers(welcoming("none of them"))
    answer = sender.send(Outgoing(receiver.url(), BODY), oauth(grants))
    assert (answer.status, answer.error) == (401, ErrorClass.REJECTED)
    assert (len(receiver.got), len(grants.got)) == (2, 2)


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (b"HTTP/1.1 401 No\r\nContent-Length: 6\r\n\r\nsecret", "authUrl: The receiver rejected"),
        (b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "authUrl: The receiver a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret", "authUrl: Its answer is not that of a token"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "authUrl: Its answer is not that of a token"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{"access_token":"a\\r\\nb"}', "authUrl: Its access_token has"),
    ],
)  # fmt: skip
def test_an_auth_url_that_gives_no_token_is_told_without_what_it_said(
    receivers: Receivers, sender: Sender, said: bytes, detail: str
) -> None:
    grants, receiver = receivers(answering(said)), receivers(answering(OK))
    answer = sender.send(Outgoing(receiver.url(), BODY), oauth(grants))
    assert (answer.error, answer.status, answer.start) == (ErrorClass.AUTHORIZATION, None, b"")
    assert answer.detail.startswith(detail)
    assert "secret" not in answer.detail
    assert receiver.connections == 0


def test_what_an_auth_url_says_that_is_no_http_is_not_told(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(once(b"secret\r\n\r\n")), receivers(answering(OK))
    answer = sender.send(Outgoing(receiver.url(), BODY), oauth(grants))
    assert answer.error is ErrorClass.AUTHORIZATION
    assert "secret" not in answer.detail


def echoing(talk: Talk) -> None:
    """Answers with the request's own headers, as JSON of a kind that escapes slashes, and with the password."""
    while talk.read():
        said = json.dumps({**talk.got[-1].headers, "hint": "not hunter2?/pass"}).replace("/", "\\/").encode()
        talk.write(b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n" % len(said) + said)


@pytest.mark.parametrize("authorization", [
    Basic("Authorization", "shop", "hunter2?/pass"), Basic("X-Own", "shop", "hunter2?/pass"),
    Hmac("X-Own", "a shared secret"), None,
])  # fmt: skip
def test_a_receiver_that_answers_with_what_it_was_shown_has_no_secret_of_it_kept(
    receivers: Receivers, sender: Sender, authorization: Authorization | None
) -> None:
    receiver = receivers(echoing)
    shown = {"X-Receiver-Key": "key/of/the-receiver", "content-type": "application/json"}
    answer = sender.send(Outgoing(receiver.url(), BODY, shown), authorization)
    said, sent = json.loads(answer.start), receiver.got[0].headers
    assert said["x-receiver-key"] == "***"
    assert said["content-type"] == "application/json"
    if authorization is not None:
        assert sent[authorization.header.lower()].rpartition(" ")[2] not in answer.start.decode().replace("\\/", "/")
    if isinstance(authorization, Basic):
        assert "pass" not in said["hint"]


def test_an_access_token_that_a_receiver_answers_with_is_not_kept(receivers: Receivers, sender: Sender) -> None:
    grants, receiver = receivers(granting("token-of-the-receiver")), receivers(echoing)
    answer = sender.send(Outgoing(receiver.url(), BODY), oauth(grants))
    assert json.loads(answer.start)["authorization"] == "***"


@pytest.mark.parametrize("url", ["http://169.254.169.254/token", "http://10.0.0.1/", "file:///etc/passwd"])
def test_an_unsafe_auth_url_is_never_called_and_refuses_for_good(
    receivers: Receivers, senders: Senders, url: str
) -> None:
    receiver = receivers(answering(OK))
    answer = senders().send(Outgoing(receiver.url(), BODY), OAuth("Authorization", url, "client", "secret"))
    assert answer.error is ErrorClass.UNSAFE
    assert answer.detail.startswith("authUrl: ")
    assert receiver.connections == 0


@pytest.mark.parametrize("authorization", [
    Basic("Authorization", "", "p"), Basic("Authorization", "u", ""), Basic("Authorization", "u:v", "p"),
    Hmac("X-Own", ""), OAuth("Authorization", "", "c", "s"), OAuth("Authorization", "https://a.test", "", "s"),
    OAuth("Authorization", "https://a.test", "c", ""),
])  # fmt: skip
def test_an_authorization_with_a_part_missing_is_refused(authorization: Authorization) -> None:
    with pytest.raises(InvalidInput):
        check_authorization(authorization)


def test_secrets_are_not_shown_when_an_authorization_is() -> None:
    shown: list[Authorization] = [
        Basic("H", "u", PASSWORD),
        Hmac("H", PASSWORD),
        OAuth("H", "https://a.test", "c", PASSWORD),
    ]
    assert not [each for each in shown if PASSWORD in repr(each)]
    for each in shown:
        check_authorization(each)
