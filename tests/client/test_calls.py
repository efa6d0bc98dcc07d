"""What a call does about a server that says no, or nothing, or that it is called too often."""

import gzip
import itertools
import ssl
from collections.abc import Callable, Iterator

import httpx2
import pytest

from daybook.client.calls.exchanges import Exchange
from daybook.client.calls.retries import RetryPlan
from daybook.client.errors import AccessDenied, NoSuchThing, Refused, ServerFailed, Throttled, WrongAnswer
from daybook.kernel.errors import Unavailable
from tests.client.driven import CREDENTIALS, Driven
from tests.client.scripted import (
    AWAY,
    EXPIRED,
    FAILED,
    MISSING,
    TOO_OFTEN,
    Answer,
    Body,
    Server,
    answer,
    grant,
    refusal,
    report,
    report_body,
)
from tests.client.virtual import VirtualTime

CUT = httpx2.RemoteProtocolError("Server disconnected without sending a response.")
NO_WAY = httpx2.ConnectError("Connection refused")


@pytest.mark.requirement("R004-190")
@pytest.mark.parametrize("trouble", [TOO_OFTEN, FAILED, AWAY, httpx2.Response(503), CUT, NO_WAY])
def test_what_passes_is_borne_with_longer_and_longer_pauses(
    client: Driven, server: Server, time: VirtualTime, trouble: Answer
) -> None:
    server.on("getReport", trouble, trouble, trouble, report())
    assert client.get_report("R1").processingStatus == "DONE"
    times = [asked.at for asked in server.of("getReport")]
    pauses = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert len(pauses) == 3
    assert all(least <= pause <= 2 * least + 0.01 for least, pause in zip((0.5, 1, 2), pauses, strict=True))


@pytest.mark.requirement("R004-190")
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(TOO_OFTEN, Throttled), (FAILED, ServerFailed), (AWAY, ServerFailed), (CUT, Unavailable), (NO_WAY, Unavailable)],
)
def test_what_does_not_pass_is_told_after_a_few_tries(
    client: Driven, server: Server, trouble: Answer, kind: type[Exception]
) -> None:
    server.on("getReport", trouble)
    with pytest.raises(kind):
        client.get_report("R1")
    assert server.count("getReport") == RetryPlan().tries


@pytest.mark.requirement("R004-190")
@pytest.mark.parametrize(
    ("status", "kind"), [(400, Refused), (403, AccessDenied), (404, NoSuchThing), (415, Refused), (405, Refused)]
)
def test_a_refusal_is_not_repeated_as_it_was(
    client: Driven, server: Server, time: VirtualTime, status: int, kind: type[Refused]
) -> None:
    server.on("getReport", refusal(status, "SomeCode", "some message", "some details"))
    with pytest.raises(kind) as refused:
        client.get_report("R1")
    told = refused.value
    assert (told.status, told.error, told.message, told.details) == (status, "SomeCode", "some message", "some details")
    assert (server.count("getReport"), server.count("token"), time.passed) == (1, 1, 0.0)


@pytest.mark.requirement("R004-190")
@pytest.mark.parametrize("told", [EXPIRED, refusal(401, "Unauthorized")])
def test_an_expired_token_is_replaced_once_and_the_call_made_again(
    client: Driven, server: Server, told: httpx2.Response
) -> None:
    server.on("token", grant("old"), grant("new"))
    server.on("getReport", told, report())
    assert client.get_report("R1").reportId == "R1"
    assert [asked.token for asked in server.of("getReport")] == ["old", "new"]


def test_a_new_token_that_is_refused_as_well_is_the_end_of_it(client: Driven, server: Server) -> None:
    server.on("getReport", EXPIRED)
    with pytest.raises(AccessDenied, match="denied"):
        client.get_report("R1")
    assert (server.count("getReport"), server.count("token")) == (2, 2)


def test_a_token_is_asked_for_once_and_again_shortly_before_its_end(
    client: Driven, server: Server, time: VirtualTime
) -> None:
    server.on("token", grant("first", expires_in=3600), grant("second"))
    for passed in (0.0, 3539.0, 3540.0):
        time.passed = passed
        client.get_report("R1")
    assert [asked.token for asked in server.of("getReport")] == ["first", "first", "second"]
    form = dict(pair.split("=") for pair in server.of("token")[0].request.content.decode().split("&"))
    names = ("client_id", "client_secret", "refresh_token")
    assert form == {"grant_type": "refresh_token", **dict(zip(names, CREDENTIALS, strict=True))}


def test_the_token_endpoint_is_borne_with_as_well(client: Driven, server: Server) -> None:
    server.on("token", AWAY, CUT, grant())
    assert client.token() == "Atza|1"
    assert server.count("token") == 3


@pytest.mark.parametrize(
    ("told", "kind", "calls"),
    [
        (answer({"error": "invalid_grant", "error_description": "The grant is not good."}, 400), AccessDenied, 1),
        (answer({"error": "invalid_client"}, 401), AccessDenied, 1),
        (httpx2.Response(503, content=b"<html/>"), ServerFailed, 5),
        (answer({"surprise": True}), WrongAnswer, 1),
        (NO_WAY, Unavailable, 5),
    ],
)
def test_credentials_that_are_not_good_are_told_at_once_and_an_outage_after_a_few_tries(
    client: Driven, server: Server, told: Answer, kind: type[Exception], calls: int
) -> None:
    server.on("token", told)
    with pytest.raises(kind):
        client.get_report("R1")
    assert (server.count("token"), server.count("getReport")) == (calls, 0)


def test_html_in_place_of_an_error_list_is_shown_and_nothing_is_guessed_from_it(client: Driven, server: Server) -> None:
    server.on("getReport", AWAY)
    with pytest.raises(ServerFailed) as failed:
        client.get_report("R1")
    assert (failed.value.status, failed.value.error) == (503, "")
    assert "Service Unavailable" in failed.value.details


def test_success_that_is_something_else_is_told_with_its_request_id(client: Driven, server: Server) -> None:
    server.on("getReport", httpx2.Response(200, content=b"<html>Welcome</html>"))
    with pytest.raises(WrongAnswer) as wrong:
        client.get_report("R1")
    assert "request-2" in wrong.value.details
    assert server.count("getReport") == 1


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_will_do_for_a_cancellation(client: Driven, server: Server, status: int) -> None:
    server.on("cancelReport", httpx2.Response(status))
    assert client.cancel_report("R1") is None
    assert server.count("cancelReport") == 1


@pytest.mark.requirement("R004-010")
def test_without_the_header_the_documented_rate_is_kept(client: Driven, server: Server) -> None:
    for _ in range(17):
        client.get_report("R1")
    times = [asked.at for asked in server.of("getReport")]
    assert times[14] == 0.0
    assert times[15:] == pytest.approx([0.5, 1.0], abs=0.01)


def test_the_rate_that_the_header_tells_is_kept_from_then_on(client: Driven, server: Server) -> None:
    server.on("getReport", answer(report_body(), x_amzn_RateLimit_Limit="10.0"))
    for _ in range(18):
        client.get_report("R1")
    assert [asked.at for asked in server.of("getReport")][15:] == pytest.approx([0.1, 0.2, 0.3], abs=0.01)


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "often", ""])
def test_a_header_that_tells_no_rate_changes_nothing(client: Driven, server: Server, rate: str) -> None:
    server.on("getReport", answer(report_body(), x_amzn_RateLimit_Limit=rate))
    for _ in range(16):
        client.get_report("R1")
    assert server.of("getReport")[-1].at == pytest.approx(0.5, abs=0.01)


def test_after_a_429_the_next_try_waits_for_a_token_of_the_servers(client: Driven, server: Server) -> None:
    """createReport gives one a minute: a shorter pause would only be refused again."""
    server.on("createReport", TOO_OFTEN, TOO_OFTEN, answer({"reportId": "R1"}, 202))
    assert client.create_report("T", ["M"]) == "R1"
    times = [asked.at for asked in server.of("createReport")]
    assert [round(later - sooner) for sooner, later in itertools.pairwise(times)] == [60, 60]


def test_a_pause_that_the_server_asks_for_is_kept_within_reason(client: Driven, server: Server) -> None:
    patient = refusal(429, "QuotaExceeded")
    patient.headers["Retry-After"] = "40"
    endless = refusal(503, "ServiceUnavailable")
    endless.headers["Retry-After"] = "100000"
    server.on("getReport", patient, endless, report())
    client.get_report("R1")
    assert [asked.at for asked in server.of("getReport")] == [0.0, 40.0, 340.0]


@pytest.mark.requirement("R004-192")
def test_the_request_id_of_every_answer_is_kept_with_its_call(client: Driven, server: Server) -> None:
    server.on("getReport", MISSING)
    server.on("getReports", CUT, answer({"reports": []}))
    with pytest.raises(NoSuchThing) as missing:
        client.get_report("R1")
    client.get_reports(["T"])
    assert missing.value.request_id == "request-2"
    told = [(call.operation, call.method, call.path, call.status, call.request_id) for call in client.exchanges]
    assert told == [
        ("token", "POST", "/auth/o2/token", 200, "request-1"),
        ("getReport", "GET", "/reports/2021-06-30/reports/R1", 404, "request-2"),
        ("getReports", "GET", "/reports/2021-06-30/reports", 0, ""),
        ("getReports", "GET", "/reports/2021-06-30/reports", 200, "request-4"),
    ]
    assert "disconnected" in client.exchanges[2].fault


def test_of_a_long_life_the_last_calls_are_kept_and_each_is_told_once(
    make: Callable[..., Driven], server: Server, time: VirtualTime
) -> None:
    heard: list[Exchange] = []
    client = make(heard=heard.append)
    for _ in range(300):
        client.get_report("R1")
    assert len(client.exchanges) == 256
    assert len(heard) == 301
    assert client.exchanges == tuple(heard[-256:])


def test_a_certificate_that_is_not_trusted_is_told_without_another_try(client: Driven, server: Server) -> None:

    fault = httpx2.ConnectError("certificate verify failed")
    fault.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    server.on("token", fault)
    with pytest.raises(Unavailable, match="does not answer") as told:
        client.get_report("R1")
    assert server.count("token") == 1
    assert "certificate" in told.value.details


def test_secrets_are_in_no_error(client: Driven, server: Server) -> None:
    server.on("token", answer({"surprise": True}))
    with pytest.raises(WrongAnswer) as wrong:
        client.get_report("R1")
    assert not any(secret in f"{wrong.value} {wrong.value.details}" for secret in CREDENTIALS)


class Endless(Body):
    """A body that does not end; so many seconds pass before each MiB of it."""

    def __init__(self, time: VirtualTime, seconds: float) -> None:
        self._time = time
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._time.passed += self._seconds
            yield b" " * 1024 * 1024


@pytest.mark.parametrize(("seconds", "reason"), [(0.0, "longer than 32 MiB"), (30.0, "not come to its end in 120 s")])
def test_an_answer_without_an_end_is_not_waited_for(
    client: Driven, server: Server, time: VirtualTime, seconds: float, reason: str
) -> None:
    for operation in ("getReport", "token"):
        server.on(operation, lambda _: endless(time, seconds))
        with pytest.raises(Unavailable) as lost:
            client.get_report("R1")
        assert reason in lost.value.details


def test_an_answer_that_unpacks_to_too_much_is_not_unpacked_to_its_end(client: Driven, server: Server) -> None:
    packed = gzip.compress(bytes(64 * 1024 * 1024), 1)
    server.on("getReport", lambda _: httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Body(packed)))
    with pytest.raises(Unavailable, match="does not answer"):
        client.get_report("R1")


def endless(time: VirtualTime, seconds: float) -> httpx2.Response:
    return httpx2.Response(200, stream=Endless(time, seconds))


@pytest.mark.parametrize("token", ["", " ", "line\nend", "caf\u00e9"])
def test_a_token_that_no_header_holds_is_none(client: Driven, server: Server, token: str) -> None:
    server.on("token", grant(token))
    with pytest.raises(WrongAnswer, match="no token"):
        client.get_report("R1")


@pytest.mark.parametrize("seconds", [-5, 0, 10**9, 10**30])
def test_however_long_a_token_is_said_to_live_it_is_used(client: Driven, server: Server, seconds: int) -> None:
    server.on("token", grant(expires_in=seconds))
    assert client.get_report("R1").reportId == "R1"


@pytest.mark.parametrize("operation", ["getReport", "token"])
@pytest.mark.parametrize("status", [200, 400])
def test_json_of_any_depth_is_an_error_that_is_told(
    client: Driven, server: Server, operation: str, status: int
) -> None:
    deep = b'{"errors": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    server.on(operation, httpx2.Response(status, content=deep))
    with pytest.raises(WrongAnswer if status == 200 else Refused):
        client.get_report("R1")
