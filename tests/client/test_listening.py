"""Listening to a Daybook's events: what is read from the stream, and when it is asked for again."""

import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import httpx2
import pytest

from daybook.client import AsyncReportsClient, PollingPlan, ReportsClient
from daybook.client import daybook as a_daybook
from daybook.client.calls.exchanges import Exchanges
from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import Sender
from daybook.client.calls.tokens import AccessTokens
from daybook.client.requests.listening import LONGEST_LINE, Listening
from daybook.client.requests.news import News
from daybook.client.surroundings import Surroundings
from daybook.client.wire.blocking import BlockingWire, drive
from tests.client.driven import CREDENTIALS, MODES, Driven
from tests.client.scripted import AWAY, ENDPOINT, EXPIRED, TOKENS, Server, grant, refusal, streamed
from tests.client.virtual import Agenda, VirtualTime
from tests.clients import daybook as over_http
from tests.clients.test_libraries import stock
from tests.worker.watching import PROMPT

NO_STREAM = refusal(404, "NotFound")
FORBIDDEN = refusal(403, "Unauthorized")
TYPE = over_http.ALL_LISTINGS


def event(number: int, report_id: str, status: str = "DONE", kind: str = "report") -> bytes:
    told = {"eventId": "e", "resourceId": report_id, "toStatus": status, "resource": kind}
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(told)}\n\n".encode()


class Told(News):
    """Keeps what it is told."""

    def __init__(self, wire: BlockingWire) -> None:
        super().__init__(wire)
        self.told: list[str] = []

    def tell(self, report_id: str) -> None:
        self.told.append(report_id)

    def tell_all(self) -> None:
        self.told.append("all")


@pytest.fixture
def heard(server: Server, time: VirtualTime) -> Iterator[Callable[..., list[str]]]:
    """Listens to these answers, until one of them ends it, or there are no more; what was told."""
    http = httpx2.Client(transport=server.transport())

    def listen(*answers: httpx2.Response | Exception) -> list[str]:
        server.on("listenEvents", *answers, NO_STREAM)
        wire = BlockingWire(http, time.sleep, Agenda(time).bell)
        around = Surroundings(time.clock, time.monotonic, server.chance.randbytes)
        sender, retries = Sender(wire, Exchanges(), around), RetryPlan()
        names = ("client_id", "client_secret", "refresh_token")
        credentials = dict(zip(names, CREDENTIALS, strict=True))
        tokens = AccessTokens(TOKENS, credentials, wire, sender, retries, around)
        news = Told(wire)
        drive(Listening(ENDPOINT, news, tokens, sender, wire, retries, around).run())
        return news.told

    yield listen
    http.close()


def cursors(server: Server) -> list[str]:
    return [str(asked.request.headers.get("last-event-id", "")) for asked in server.of("listenEvents")]


def test_ends_are_news_and_other_moves_are_not(heard: Callable[..., list[str]], server: Server) -> None:
    stream = b"retry: 1000\nid: 4\n\n" + event(5, "R1", "IN_PROGRESS") + event(6, "R1") + event(7, "R2", "CANCELLED")
    assert heard(streamed(stream + event(8, "R3", "FATAL"))) == ["all", "R1", "R2", "R3"]
    [first, *_] = server.of("listenEvents")
    assert str(first.request.url) == f"{ENDPOINT}/daybook/v1/events?resources=report"
    assert (first.token, first.request.headers["accept"]) == ("Atza|1", "text/event-stream")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_stream_may_come_in_any_pieces(heard: Callable[..., list[str]], end: bytes) -> None:
    whole = b"retry: 1\nid: 4\n\n: nothing new\n\n" + event(5, "R\u00e9") + b"id: 6\n\n" + event(7, "R2")
    whole = whole.replace(b"\n", end)
    chance = random.Random(4)  # noqa: S311  the same in every run
    cuts = sorted(chance.sample(range(len(whole)), 40))
    pieces = [whole[begin:after] for begin, after in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert heard(streamed(*pieces)) == ["all", "R\u00e9", "R2"]


def test_it_comes_again_with_the_last_id_and_after_a_pause(
    heard: Callable[..., list[str]], server: Server, time: VirtualTime
) -> None:
    broken = streamed(b"id: 4\n\n" + event(5, "R1"), httpx2.ReadError("gone"))
    assert heard(broken, AWAY, httpx2.ConnectError("away"), streamed(event(6, "R2"))) == ["all", "R1", "R2"]
    assert cursors(server) == ["", "5", "5", "5", "6"]
    pauses = [asked.at for asked in server.of("listenEvents")]
    assert all(later - sooner >= 0.5 for sooner, later in pairwise(pauses))
    assert time.passed < 10


def test_a_token_that_has_ended_is_renewed(heard: Callable[..., list[str]], server: Server) -> None:
    server.on("token", grant("Atza|1"), grant("Atza|2"), grant("Atza|3"))
    assert heard(EXPIRED, streamed(event(6, "R1")), EXPIRED, streamed(event(7, "R2"))) == ["all", "R1", "R2"]
    assert [asked.token for asked in server.of("listenEvents")] == ["Atza|1", "Atza|2", "Atza|2", "Atza|3", "Atza|3"]


@pytest.mark.parametrize("answer", [FORBIDDEN, NO_STREAM, refusal(400, "InvalidInput"), httpx2.Response(302)])
def test_a_server_that_has_no_such_stream_is_left_alone(
    heard: Callable[..., list[str]], server: Server, answer: httpx2.Response
) -> None:
    server.on("token", grant("Atza|1"), grant("Atza|2"))
    assert heard(answer, answer, answer, answer) == []
    assert server.count("listenEvents") == (2 if answer is FORBIDDEN else 1)


def test_credentials_that_are_not_good_end_it(heard: Callable[..., list[str]], server: Server) -> None:
    server.on("token", refusal(401, "invalid_client"))
    assert heard() == []
    assert server.count("listenEvents") == 0


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"resourceId": 1}', b"\xff", b"", b'{"toStatus": "DONE"}'])
def test_an_event_that_cannot_be_read_is_passed_over(heard: Callable[..., list[str]], data: bytes) -> None:
    assert heard(streamed(b"id: 5\nevent: report\ndata: " + data + b"\n\n" + event(6, "R1"))) == ["all", "R1"]


def test_a_line_without_an_end_breaks_the_stream_off(heard: Callable[..., list[str]], server: Server) -> None:
    assert heard(streamed(event(5, "R1"), b"data: " + b"x" * LONGEST_LINE, event(6, "never"))) == ["all", "R1"]
    assert cursors(server) == ["", "5"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[over_http.Served]:
    """A Daybook with a worker, over HTTP."""
    with over_http.serve(tmp_path_factory.mktemp("listening"), stock=stock) as running:
        yield running


@pytest.mark.parametrize("mode", MODES)
def test_a_wait_at_a_daybook_ends_by_its_events_and_the_client_closes(served: over_http.Served, mode: str) -> None:
    """A look is planned for in an hour; without news the wait would not end in time."""
    kind = ReportsClient if mode == "blocking" else AsyncReportsClient
    plan = PollingPlan(usual=7200, first=3600, shortest=3600)
    credentials = (served.client_id, served.client_secret, served.refresh_token)
    client = Driven(kind.at(a_daybook(served.url), *credentials, listen=True, plan=plan))
    for _ in range(2):
        result = client.wait(client.request(TYPE, [over_http.US]), within=PROMPT)
        assert result.reports[0].processingStatus == "DONE"
    looks = [one for one in client.exchanges if one.operation == "getReport"]
    assert len(looks) <= 5
    client.close()
