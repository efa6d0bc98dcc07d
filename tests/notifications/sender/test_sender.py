"""One attempt, against receivers that behave and receivers that do not."""

import gc
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from daybook.notifications.answers import ErrorClass
from daybook.notifications.guard import Guard, Policy
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.exchanges import Limits
from daybook.notifications.sender.sender import Sender, retry_after
from tests.notifications.sender.conftest import HERE, Receivers, Senders
from tests.notifications.sender.sockets import OK, Talk, answering, endless, greeting, hanging, once, resetting

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = '{"text":"é✓"}'.encode()
BRIEF = Limits(connect=20, whole=0.3)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def status(line: str, *headers: str, body: bytes = b"") -> bytes:
    """An answer."""
    head = "\r\n".join([f"HTTP/1.1 {line}", f"Content-Length: {len(body)}", *headers])
    return f"{head}\r\n\r\n".encode() + body


def test_a_request_arrives_as_it_was_given_and_the_answer_is_told(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(answering(OK))
    answer = senders().send(
        Outgoing(receiver.url("/a%20b?c=d"), BODY, {"content-type": "application/json", "x-own": "é"})
    )
    assert (answer.status, answer.error, answer.start, answer.delivered) == (200, None, b"ok", True)
    assert answer.address == f"127.0.0.1:{receiver.port}"
    assert answer.at.tzinfo is UTC
    [got] = receiver.got
    assert (got.line, got.body) == ("POST /a%20b?c=d HTTP/1.1", BODY)
    assert got.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-length": str(len(BODY)),
        "accept-encoding": "identity",
        "user-agent": "Daybook",
        "content-type": "application/json",
        "x-own": "é",
    }


def test_nothing_of_the_environment_is_used(
    receivers: Receivers, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, proxy = receivers(answering(OK)), receivers(answering(status("502 Bad Gateway")))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url(""))
    assert senders().send(Outgoing(receiver.url(host="localhost"), b"")).status == 200
    assert "authorization" not in receiver.got[0].headers
    assert proxy.connections == 0


def test_cookies_are_not_kept(receivers: Receivers, senders: Senders) -> None:
    receiver, sender = receivers(answering(status("200 OK", "Set-Cookie: session=1"))), senders()
    for _ in range(2):
        sender.send(Outgoing(receiver.url(), b""))
    assert "cookie" not in receiver.got[1].headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failed_attempt_and_never_followed(receivers: Receivers, senders: Senders, code: int) -> None:
    target = receivers(answering(OK))
    receiver = receivers(answering(status(f"{code} Elsewhere", f"Location: {target.url()}")))
    answer = senders().send(Outgoing(receiver.url(), BODY))
    assert (answer.status, answer.error) == (code, ErrorClass.REDIRECT)
    assert target.connections == 0


def test_a_receiver_that_never_answers_is_left_after_the_time_for_all_of_it(
    receivers: Receivers, senders: Senders
) -> None:
    answer = senders(BRIEF).send(Outgoing(receivers(hanging()).url(), BODY))
    assert (answer.status, answer.error) == (None, ErrorClass.TIMEOUT)
    assert answer.detail == "It took longer than 0.3 seconds."


def test_a_body_that_comes_byte_by_byte_does_not_hold_the_sender_longer(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(endless(CHUNKED, b"1\r\nx\r\n", pause=0.01))
    answer = senders(BRIEF).send(Outgoing(receiver.url(), BODY))
    assert (answer.status, answer.error) == (200, ErrorClass.TIMEOUT)
    assert answer.start == b"x" * len(answer.start)
    assert not answer.delivered


def test_of_an_endless_body_no_more_than_its_start_is_read(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(endless(CHUNKED, b"1000\r\n" + b"y" * 4096 + b"\r\n"))
    answer = senders().send(Outgoing(receiver.url(), BODY))
    assert (answer.status, answer.error, answer.start) == (200, None, b"y" * 16 * 1024)


def test_interim_answers_without_end_are_cut_off(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100))
    assert senders().send(Outgoing(receiver.url(), BODY)).error is ErrorClass.TOO_MANY_HEADERS


def test_headers_without_end_are_cut_off(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"z" * 4096 + b"\r\n"))
    answer = senders().send(Outgoing(receiver.url(), BODY))
    assert (answer.status, answer.error) == (None, ErrorClass.TOO_MANY_HEADERS)


def test_a_reset_connection_is_told_as_such(receivers: Receivers, senders: Senders) -> None:
    assert senders().send(Outgoing(receivers(resetting).url(), BODY)).error is ErrorClass.RESET


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", status("200 OK", body=b"whole")[:-1]])
def test_an_answer_that_is_not_whole_is_none(receivers: Receivers, senders: Senders, said: bytes) -> None:
    answer = senders().send(Outgoing(receivers(once(said)).url(), BODY))
    assert answer.error is ErrorClass.RESET
    assert not answer.delivered


@pytest.mark.parametrize(
    "said", [b"220 mail.example.test ESMTP\r\n", b"\x16\x03\x01\x02\x00garbage\r\n\r\n", b"\0" * 64]
)
def test_what_is_not_http_is_told_as_such(receivers: Receivers, senders: Senders, said: bytes) -> None:
    answer = senders().send(Outgoing(receivers(hanging(said + b"\r\n\r\n")).url(), BODY))
    assert (answer.status, answer.error, answer.detail) == (None, ErrorClass.PROTOCOL, "illegal status line")


CLAIMS = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n",
        CLAIMS + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        CLAIMS + b"Content-Length: -2\r\n\r\nok",
        CLAIMS + b"Content-Length: " + b"9" * 26 + b"\r\n\r\nok",
        CLAIMS + b"Transfer-Encoding: gzip\r\n\r\nok",
        CLAIMS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
        CLAIMS + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 24 + b"\r\nok",
        CLAIMS + b"X: a\0b\r\nContent-Length: 2\r\n\r\nok",
        CLAIMS + b"X y: a\r\nContent-Length: 2\r\n\r\nok",
        b"\r\n" * 60_000,
    ],
    ids=lambda said: said[:60].decode("latin-1"),
)
def test_an_answer_that_breaks_the_protocol_is_a_failed_attempt_and_no_more(
    receivers: Receivers, senders: Senders, said: bytes
) -> None:
    answer = senders().send(Outgoing(receivers(once(said)).url(), BODY))
    assert answer.error in (ErrorClass.PROTOCOL, ErrorClass.TOO_MANY_HEADERS)
    assert "bytearray" not in answer.detail  # it would quote what came


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 ", b"z" * 4096),
        (CLAIMS + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", b"X: y\r\n" * 1000),
        (CLAIMS + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 200 + b"\r\na\r\n"),
    ],
    ids=["a status line", "trailers", "extensions of chunks"],
)
def test_what_never_ends_is_cut_off_wherever_it_stands(
    receivers: Receivers, senders: Senders, start: bytes, piece: bytes
) -> None:
    answer = senders().send(Outgoing(receivers(endless(start, piece)).url(), BODY))
    assert answer.error is ErrorClass.TOO_MANY_HEADERS


def test_nobody_listening_is_told_as_such(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(answering(OK))
    receiver.close()
    answer = senders().send(Outgoing(receiver.url(), BODY))
    assert (answer.error, answer.address) == (ErrorClass.REFUSED, f"127.0.0.1:{receiver.port}")


def test_a_receiver_that_answers_before_it_has_read_all_is_heard(receivers: Receivers, senders: Senders) -> None:
    def early(talk: Talk) -> None:
        talk.file.readline()
        talk.write(status("413 Too Large", "Connection: close", body=b"too large"))
        talk.file.read()

    answer = senders().send(Outgoing(receivers(early).url(), bytes(8_000_000)))
    assert (answer.status, answer.start) == (413, b"too large")


@pytest.mark.parametrize(
    ("line", "header", "error", "seconds"),
    [
        ("429 Too Many Requests", "Retry-After: 120", ErrorClass.THROTTLED, 120),
        ("503 Service Unavailable", "Retry-After: soon", ErrorClass.BROKEN, None),
        ("410 Gone", "X-Why: closed", ErrorClass.GONE, None),
        ("400 Bad Request", "X-Why: no", ErrorClass.REJECTED, None),
    ],
)
def test_a_status_is_told_with_its_class_and_what_is_asked(
    receivers: Receivers, senders: Senders, line: str, header: str, error: ErrorClass, seconds: int | None
) -> None:
    answer = senders().send(Outgoing(receivers(answering(status(line, header, body=b"why"))).url(), BODY))
    assert (answer.error, answer.retry_after, answer.start) == (error, seconds, b"why")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), (" 7 ", 7), ("0", 0), ("-5", None), ("1.5", None), ("", None), ("soon", None), ("9" * 30, None),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90), ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:00:01", 1), ("Sun, 99 Nov 2026 12:00:00 GMT", None), ("１２", None),
        (f"Sun, 22 Nov 2026 12:00:00 +{'9' * 20}", None), (f"Sun, 22 Nov 2026 12:00:{'9' * 20} GMT", None),
    ],
)  # fmt: skip
def test_a_retry_after_is_seconds_or_a_date(text: str, seconds: int | None) -> None:
    assert retry_after(text, NOW) == seconds


def test_what_nobody_has_thought_of_is_a_failed_attempt_and_no_more(receivers: Receivers, senders: Senders) -> None:
    sender = senders()
    answer = sender.send(Outgoing(receivers(answering(OK)).url(), BODY, {"x-name": "\ud800"}))
    assert (answer.error, answer.detail) == (ErrorClass.PROTOCOL, "It ended with UnicodeEncodeError.")
    assert sender.send(Outgoing(receivers(answering(OK)).url(), BODY)).delivered


def test_tls_is_spoken_with_the_name_though_an_address_is_dialled(
    receivers: Receivers, senders: Senders, tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    receiver = receivers(answering(OK), tls)
    answer = senders(trust=trust).send(Outgoing(receiver.url(host="localhost", scheme="https"), BODY))
    assert (answer.status, answer.address) == (200, f"127.0.0.1:{receiver.port}")
    assert receiver.names == ["localhost"]
    assert receiver.got[0].headers["host"] == f"localhost:{receiver.port}"


def test_a_certificate_of_another_name_is_refused_before_anything_is_said(
    receivers: Receivers, senders: Senders, tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    receiver = receivers(answering(OK), tls)
    answer = senders(trust=trust).send(Outgoing(receiver.url(host="hooks.example.test", scheme="https"), BODY))
    assert (answer.status, answer.error) == (None, ErrorClass.TLS)
    assert "hooks.example.test" in answer.detail
    assert receiver.got == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    receivers: Receivers, senders: Senders, tls: ssl.SSLContext
) -> None:
    answer = senders().send(Outgoing(receivers(answering(OK), tls).url(host="localhost", scheme="https"), BODY))
    assert answer.error is ErrorClass.TLS
    assert "self-signed" in answer.detail


def test_a_receiver_that_speaks_no_tls_is_told_as_such(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(greeting)
    assert senders().send(Outgoing(receiver.url(scheme="https"), BODY)).error is ErrorClass.TLS


def test_a_handshake_that_hangs_ends_with_the_time_to_connect(receivers: Receivers, senders: Senders) -> None:
    sender = senders(Limits(connect=0.2, whole=20))
    answer = sender.send(Outgoing(receivers(hanging()).url(scheme="https"), BODY))
    assert answer.error is ErrorClass.CONNECT_TIMEOUT


def test_an_address_that_takes_no_connection_is_left_after_the_time_to_connect(senders: Senders) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(8):  # nobody accepts: further ones are dropped, as a firewall does
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        answer = senders(Limits(connect=0.2, whole=20)).send(Outgoing(f"http://127.0.0.1:{port}/", BODY))
    assert (answer.error, answer.address) == (ErrorClass.CONNECT_TIMEOUT, f"127.0.0.1:{port}")


def test_a_connection_is_used_again(receivers: Receivers, senders: Senders) -> None:
    receiver, sender = receivers(answering(OK)), senders()
    for _ in range(5):
        assert sender.send(Outgoing(receiver.url(), BODY)).delivered
    assert receiver.connections == 1


def test_a_kept_connection_that_ends_under_a_request_costs_no_attempt(receivers: Receivers, senders: Senders) -> None:
    def twice_then_gone(talk: Talk) -> None:
        talk.read()
        talk.write(OK)
        talk.read()

    receiver, sender = receivers(twice_then_gone), senders()
    assert sender.send(Outgoing(receiver.url(), b"1")).delivered
    assert sender.send(Outgoing(receiver.url(), b"2")).delivered
    assert [got.body for got in receiver.got] == [b"1", b"2", b"2"]


def test_a_kept_connection_is_not_used_when_its_address_is_vetted_no_more(receivers: Receivers) -> None:
    here = receivers(answering(OK))
    there: list[str] = []
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    def resolve(name: str, port: int) -> Sequence[str]:
        there.append(name)
        return answers[len(there) - 1]

    sender = Sender(Guard(HERE, resolver=resolve))
    try:
        assert sender.send(Outgoing(here.url(host="moved.example.test"), b"")).delivered
        moved = sender.send(Outgoing(here.url(host="moved.example.test"), b""))
    finally:
        sender.close()
    assert (moved.error, moved.address) == (ErrorClass.REFUSED, f"127.0.0.2:{here.port}")
    assert here.connections == 1


def test_the_next_address_is_dialled_when_one_does_not_take_the_connection(
    receivers: Receivers, senders: Senders
) -> None:
    receiver = receivers(answering(OK))
    answer = senders(Limits(), None, HERE, "::1", "127.0.0.1").send(Outgoing(receiver.url(host="two.test"), BODY))
    assert (answer.status, answer.address) == (200, f"127.0.0.1:{receiver.port}")


def test_an_address_that_is_not_listed_is_not_dialled(receivers: Receivers, senders: Senders) -> None:
    receiver = receivers(answering(OK))
    answer = senders(policy=Policy()).send(Outgoing(receiver.url(), BODY))
    assert answer.error is ErrorClass.UNSAFE
    assert receiver.connections == 0


def test_one_that_hangs_does_not_delay_another(receivers: Receivers, senders: Senders) -> None:
    sender, dead, alive = senders(), receivers(hanging()), receivers(answering(OK))
    waiting = [sender.submit(Outgoing(dead.url(), BODY)) for _ in range(200)]
    assert all(sender.send(Outgoing(alive.url(), BODY)).delivered for _ in range(20))
    assert not any(future.done() for future in waiting)


def test_a_name_server_that_hangs_is_left_in_time_and_asked_once_by_all_who_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[str] = []
    free = threading.Event()

    def resolve(name: str, port: int) -> Sequence[str]:
        asked.append(name)
        if name.startswith("slow"):
            free.wait()
        return []

    def wait_for_it() -> None:
        with closing(Sender(Guard(resolver=resolve), limits=Limits(connect=0.2, whole=20))) as sender:
            waiting = [sender.submit(Outgoing("https://slow.example.test/", b"")) for _ in range(100)]
            assert {future.result().error for future in waiting} == {ErrorClass.DNS}
            assert asked == ["slow.example.test"]
            free.set()
            for number in range(10):
                assert sender.send(Outgoing(f"https://next{number}.example.test/", b"")).error is ErrorClass.DNS

    wait_for_it()
    gc.collect()
    assert caplog.records == []  # that the lookup fails when nobody waits for it any more is no fault


def test_closing_ends_what_is_under_way(receivers: Receivers) -> None:
    dead, sender = receivers(hanging()), Sender(Guard(HERE))
    waiting = sender.submit(Outgoing(dead.url(), BODY))
    sender.close()
    assert waiting.cancelled()


def test_the_time_of_an_attempt_is_the_clocks(receivers: Receivers) -> None:
    ticks = iter([10.0, 10.25])
    sender = Sender(Guard(HERE), clock=lambda: NOW + timedelta(hours=1), monotonic=lambda: next(ticks))
    try:
        answer = sender.send(Outgoing(receivers(answering(OK)).url(), BODY))
    finally:
        sender.close()
    assert (answer.at, answer.milliseconds) == (NOW + timedelta(hours=1), 250)
