"""What only a real server on a real socket shows."""

import http.client
import json
import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from daybook.accounts.tokens import grant
from daybook.activity import Event
from daybook.api import events
from daybook.api.server import MAX_BODY
from daybook.store.transaction import Transaction
from tests.api.serving import ALL_LISTINGS, REPORTS, US
from tests.clients.daybook import SELLER, Served, serve
from tests.worker.watching import PROMPT

BODY = json.dumps({"reportType": ALL_LISTINGS, "marketplaceIds": [US]}).encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Daybook that listens, and does no work."""
    with serve(tmp_path_factory.mktemp("http"), works=False) as running:
        yield running


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    """An access token."""
    form = {"grant_type": "refresh_token", "client_id": served.client_id, "client_secret": served.client_secret}
    with served.app.store.transaction() as tx:
        return grant(tx, tx.now, served.app.ids, form | {"refresh_token": served.refresh_token})[0]


@pytest.fixture
def connection(served: Served) -> Iterator[http.client.HTTPConnection]:
    """A connection to it."""
    connection = http.client.HTTPConnection(served.host)
    yield connection
    connection.close()


def answered(connection: http.client.HTTPConnection) -> tuple[int, str]:
    """Status and code of the error that comes."""
    answer = connection.getresponse()
    error = json.loads(answer.read())["errors"][0]
    assert answer.headers["x-amzn-RequestId"]
    return answer.status, error["code"]


def test_a_listener_that_takes_nothing_is_hung_up_on_with_all_that_waits_for_it(
    served: Served, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else its connection, and what is written for it, would stay for as long as it likes."""

    def much(tx: Transaction) -> None:
        for number in range(200):
            tx.add_event(Event(SELLER, "report", f"R{number}", None, "DONE", "a test", {"x": "y" * 100_000}, tx.now))

    served.app.store.do(much)
    hung_up, hang_up = threading.Event(), events.hang_up

    async def noted(*given: Any) -> None:
        await hang_up(*given)
        hung_up.set()

    monkeypatch.setattr(events, "TAKEN_WITHIN", 0.1)
    monkeypatch.setattr(events, "hang_up", noted)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, _, port = served.host.partition(":")
        listener.connect((host, int(port)))
        listener.sendall(f"GET /daybook/v1/events?since=0 HTTP/1.1\r\nx-amz-access-token: {token}\r\n\r\n".encode())
        assert hung_up.wait(PROMPT)
        received = b"".join(iter(lambda: listener.recv(1 << 20), b""))
    assert not received.endswith(b"\r\n")  # within a piece: what waited for it was let go of
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("size", [MAX_BODY + 1, 3 * MAX_BODY])
def test_a_body_over_the_limit_is_refused_whether_or_not_its_length_is_told(
    connection: http.client.HTTPConnection, token: str, size: int
) -> None:
    headers = {"x-amz-access-token": token, "content-type": "application/json"}
    pieces = [BODY, *([b" " * 65536] * (size // 65536 + 1))]
    connection.request("POST", REPORTS, iter(pieces), headers, encode_chunked=True)
    assert answered(connection) == (413, "RequestTooLarge")


def test_a_body_in_pieces_is_taken(connection: http.client.HTTPConnection, token: str) -> None:
    headers = {"x-amz-access-token": token, "content-type": "application/json"}
    connection.request("POST", REPORTS, iter([BODY[:5], BODY[5:]]), headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, list(json.loads(answer.read()))) == (202, ["reportId"])


def test_a_connection_serves_one_request_after_another(connection: http.client.HTTPConnection, token: str) -> None:
    for _ in range(3):
        connection.request("GET", f"{REPORTS}/1", headers={"x-amz-access-token": token})
        assert answered(connection) == (404, "NotFound")


def told(connection: socket.socket, head: bytes) -> bytes:
    """How the answer begins; nothing where the connection was closed while more was on its way."""
    try:
        connection.sendall(head)
        return connection.recv(65536)[:13]
    except ConnectionError:
        return b""


@pytest.mark.parametrize("count", [1, 4000])
def test_a_head_over_the_limit_gets_a_bare_answer_and_is_read_no_further(
    served: Served, token: str, count: int
) -> None:
    """One long header, or many."""
    padding = "".join(f"x-{number}: {'x' * (80_000 // count)}\r\n" for number in range(count))
    head = f"GET {REPORTS}/1 HTTP/1.1\r\nhost: x\r\nx-amz-access-token: {token}\r\n{padding}"
    with socket.create_connection(("127.0.0.1", served.app.port)) as connection:
        assert told(connection, head.encode()) in (b"HTTP/1.1 431 ", b"")


def test_a_long_head_within_the_limit_is_taken_request_after_request(
    connection: http.client.HTTPConnection, token: str
) -> None:
    for _ in range(3):
        connection.request("GET", f"{REPORTS}/1", headers={"x-amz-access-token": token, "x-padding": "x" * 60_000})
        assert answered(connection) == (404, "NotFound")


@pytest.mark.parametrize(
    "line",
    [b"\0\0\0\0", b"GET", b"GET / HTTP/9.9", b"BREW /pot HTTP/1.1", b"GET /\xff HTTP/1.1", b"GET http:// HTTP/1.1"],
)
def test_what_is_not_http_is_refused_and_the_server_lives(served: Served, token: str, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.app.port)) as connection:
        assert told(connection, line + b"\r\nHost: x\r\n\r\n")[:10] in (b"HTTP/1.1 4", b"")
    healthy(served)


@pytest.mark.parametrize("line", [b"GET / HTTP/9.9", b"GET / HTTP/1.1\r\nbad header"])
def test_what_is_not_http_is_answered_with_an_error_list_and_a_request_id(served: Served, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.app.port)) as connection:
        connection.sendall(line + b"\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        error = json.loads(answer.read())["errors"][0]
    assert (answer.status, error["code"], len(answer.headers["x-amzn-RequestId"])) == (400, "InvalidInput", 36)
    assert "HTTP" in error["details"]


def healthy(served: Served) -> None:
    again = http.client.HTTPConnection(served.host)
    again.request("GET", "/healthz")
    assert again.getresponse().status == 200
    again.close()
