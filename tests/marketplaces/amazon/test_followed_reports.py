"""The adapter that asks Amazon, or a Daybook, about reports: against a Daybook that listens on loopback."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daybook.client.blocking import ReportsClient
from daybook.kernel.errors import Conflict
from daybook.marketplaces.amazon.followed_reports import AmazonReports
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.notifications.inbound.asking import Asked, Away, NotKnown, Told
from daybook.notifications.inbound.status import FollowedStatus
from tests.clients.daybook import ALL_LISTINGS, SELLER, US, Served, serve


def settings(served: Served, **changes: str) -> AmazonSettings:
    told = {"endpoint": served.url, "client_id": served.client_id, "client_secret": served.client_secret}
    return AmazonSettings(**{**told, **changes}, refresh_tokens={SELLER: served.refresh_token})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("followed"), works=False) as running:
        yield running


@pytest.fixture
def seller(served: Served) -> Iterator[Asked]:
    with closing(AmazonReports(settings(served))) as reports:
        assert reports.of("A1OTHER") is None
        found = reports.of(SELLER)
        assert found is not None
        assert reports.of(SELLER) is found
        yield found


def test_a_report_is_asked_about_in_the_contracts_words(served: Served, seller: Asked) -> None:
    with ReportsClient(
        served.url, f"{served.url}/auth/o2/token", served.client_id, served.client_secret, served.refresh_token
    ) as client:
        report_id = client.create_report(ALL_LISTINGS, [US])
        assert seller.ask(report_id) == Told(FollowedStatus.WAITING, "IN_QUEUE", ALL_LISTINGS)
        client.cancel_report(report_id)
    assert seller.ask(report_id) == Told(FollowedStatus.FAILED, "CANCELLED", ALL_LISTINGS)
    with pytest.raises(Conflict):
        seller.link(report_id, "")


def test_a_report_that_is_not_there_is_not_known(seller: Asked) -> None:
    assert isinstance(seller.ask("1"), NotKnown)


def test_credentials_that_are_not_good_and_a_server_that_is_away_are_told(served: Served, tmp_path: Path) -> None:
    for wrong in (settings(served, client_secret="no"), settings(served, endpoint="http://127.0.0.1:1")):
        with closing(AmazonReports(wrong)) as reports:
            found = reports.of(SELLER)
            assert found is not None
            answer = found.ask("1")
            assert isinstance(answer, Away)
            assert answer.whole
