"""The adapter of Walmart's reports, over HTTP, against a Walmart on loopback."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from daybook.client.errors import Refused
from daybook.client.surroundings import Surroundings
from daybook.marketplaces.walmart.followed_reports import WalmartReports
from daybook.marketplaces.walmart.settings import WalmartCredentials, WalmartSettings
from daybook.notifications.inbound.asking import Answer, Asked, Away, Link, NotKnown, Told
from daybook.notifications.inbound.status import FollowedStatus
from tests.api.serving import ManualClock
from tests.marketplaces.walmart.server import CLIENT, Walmart, served

READY, FAILED, WAITING = FollowedStatus.READY, FollowedStatus.FAILED, FollowedStatus.WAITING


@pytest.fixture
def walmart() -> Iterator[Walmart]:
    with served() as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def seller(walmart: Walmart, clock: ManualClock) -> Iterator[Asked]:
    """The connection of a seller."""
    settings = WalmartSettings(credentials={"A1SHOP": WalmartCredentials(**CLIENT)}, endpoint=walmart.url)
    with closing(WalmartReports(settings, Surroundings(clock))) as reports:
        assert reports.of("A1OTHER") is None
        found = reports.of("A1SHOP")
        assert found is not None
        assert reports.of("A1SHOP") is found
        yield found


@pytest.mark.parametrize(
    ("word", "status"),
    [("READY", READY), ("ERROR", FAILED), ("RECEIVED", WAITING), ("INPROGRESS", WAITING), ("ready", WAITING)],
)
def test_a_reports_status_is_told_in_walmarts_word(
    walmart: Walmart, seller: Asked, word: str, status: FollowedStatus
) -> None:
    walmart.put("6da7357b", word)
    assert seller.ask("6da7357b") == Told(status, word, "ITEM")
    assert walmart.calls == ["POST /v3/token", "GET /v3/reports/reportRequests/6da7357b"]


def test_every_call_has_the_headers_that_walmart_asks_for(walmart: Walmart, seller: Asked) -> None:
    walmart.put("r", "READY")
    seller.ask("r")
    seller.ask("r")
    assert {headers["wm_svc.name"] for headers in walmart.headers} == {"Walmart Marketplace"}
    correlations = {uuid.UUID(headers["wm_qos.correlation_id"]) for headers in walmart.headers}
    assert len(correlations) == 3
    assert "Basic" in walmart.headers[0]["authorization"]
    assert all("authorization" not in headers for headers in walmart.headers[1:])


def test_a_token_is_kept_until_it_ends_and_renewed_once_where_it_is_refused(
    walmart: Walmart, seller: Asked, clock: ManualClock
) -> None:
    walmart.put("r", "READY")
    seller.ask("r")
    clock.advance(800)
    seller.ask("r")
    assert walmart.tokens == 1
    clock.advance(41)
    seller.ask("r")
    assert walmart.tokens == 2
    walmart.good_tokens.clear()
    assert isinstance(seller.ask("r"), Told)
    assert walmart.tokens == 3
    walmart.answers = [(401, b"", {})] * 2
    assert seller.ask("r") == Away("Walmart answered 401.")


@pytest.mark.parametrize(
    ("status", "body", "headers", "answer"),
    [
        (429, b"", {}, Away("Walmart answered 429: too many calls.", 60.0)),
        (429, b"", {"Retry-After": "7"}, Away("Walmart answered 429: too many calls.", 7.0)),
        (503, b"", {}, Away("Walmart answered 503.")),
        (403, b'{"errors":[{"code":"X","description":"No"}]}', {}, Away("Walmart answered 403. X No")),
        (400, b'{"error":[{"code":"Y","info":"Bad"}]}', {}, Away("Walmart answered 400. Y Bad", whole=False)),
        (404, b"<html>", {}, NotKnown("Walmart knows no such report.")),
        (302, b"", {"Location": "http://127.0.0.1:1/"}, Away("Walmart answered 302.")),
    ],
)
def test_what_is_no_success_is_told_and_tried_once(
    walmart: Walmart, seller: Asked, status: int, body: bytes, headers: dict[str, str], answer: Answer
) -> None:
    walmart.answers = [(status, body, headers)]
    assert seller.ask("r") == answer
    assert len(walmart.asked()) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"requestStatus":7}', b'{"requestStatus":"READY","requestId":"other"}', b"[" * 9999]
)
def test_an_answer_that_cannot_be_is_no_answer(walmart: Walmart, seller: Asked, body: bytes) -> None:
    walmart.answers = [(200, body, {})]
    answer = seller.ask("r")
    assert isinstance(answer, Away)
    assert not answer.whole


def test_credentials_that_are_not_good_are_told(walmart: Walmart, seller: Asked) -> None:
    walmart.refuses = True
    assert seller.ask("r") == Away("Walmart gave no access token and answered 401. INVALID Client is not known")
    assert walmart.asked() == []


def test_an_id_is_no_path(walmart: Walmart, seller: Asked) -> None:
    walmart.put("../v3/x?y#z", "READY")
    assert isinstance(seller.ask("../v3/x?y#z"), Told)
    assert walmart.asked() == ["GET /v3/reports/reportRequests/..%2Fv3%2Fx%3Fy%23z"]


def test_where_it_can_be_downloaded(walmart: Walmart, seller: Asked) -> None:
    walmart.put("r", "READY")
    assert seller.link("r", "") == Link("https://download.example/r", "2026-11-22T00:00:00Z")
    walmart.answers = [(404, b"", {})]
    with pytest.raises(Refused, match="404"):
        seller.link("r", "")


def test_a_walmart_that_is_away_is_told(clock: ManualClock) -> None:
    settings = WalmartSettings(credentials={"A": WalmartCredentials(**CLIENT)}, endpoint="http://127.0.0.1:1")
    with closing(WalmartReports(settings, Surroundings(clock))) as reports:
        found = reports.of("A")
        assert found is not None
        answer = found.ask("r")
    assert isinstance(answer, Away)
    assert answer.message.startswith("Walmart does not answer.")
