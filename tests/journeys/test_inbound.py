"""What comes in to a server that runs in a process of its own, is killed, and is started again."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from daybook.accounts.sellers import add_seller
from daybook.app import open_app
from daybook.config import read_settings
from daybook.notifications.inbound import followed_reports, receivers
from daybook.notifications.inbound.events import InboundEvent
from daybook.notifications.inbound.followed_reports import Draft, FollowedReport, follow
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.status import FollowedStatus, InboundStatus, Source
from daybook.store.opening import open_store
from daybook.store.store import Store
from tests.api.receiving import REQUEST, sample
from tests.cli.running import Running, running
from tests.marketplaces.walmart.server import CLIENT, Walmart, served
from tests.worker.watching import eventually

SELLER, US = "A1SHOP", "ATVPDKIKX0DER"
SERVE = ("serve", "--port", "0", "--json")
TWENTY_MINUTES = timedelta(minutes=20)
"""A report of that age is looked at every few minutes, so that what comes in a moment comes of news."""


class Shop:
    """A seller with a receiver, and a Walmart that it sells at."""

    def __init__(self, data: Path, walmart: Walmart) -> None:
        self.data = data
        self.walmart = walmart
        with open_app(read_settings({}, data=data), schema="migrate") as app:
            app.store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (US,)))
            parts = app.ids, app.courier.seal, SELLER, "", None, "the test"
            _, self.token = app.store.do(lambda tx: receivers.add(tx, tx.now, *parts))
        self.store: Store = open_store(f"sqlite:///{data / 'daybook.sqlite'}")

    def follow(self, asked_ago: timedelta | None = None) -> None:
        asked_at = None if asked_ago is None else self.store.clock() - asked_ago
        draft = Draft(SELLER, Source.WALMART, REQUEST, "ITEM", asked_at)
        self.store.do(lambda tx: follow(tx, tx.now, draft, "the test"))

    def report(self) -> FollowedReport:
        return self.store.read(lambda tx: followed_reports.find(tx, SELLER, Source.WALMART, REQUEST))

    def inbound(self) -> list[InboundEvent]:
        return self.store.read(lambda tx: tx.inbound_page(SELLER, Search(page_size=10_000), None))

    @contextmanager
    def serving(self, **variables: str) -> Iterator["Server"]:
        """The server, for as long as the block lasts."""
        told: dict[str, Any] = {"endpoint": self.walmart.url, "credentials": {SELLER: CLIENT}}
        with running(self.data, *SERVE, DAYBOOK_WALMART=json.dumps(told), **variables) as process:
            yield Server(process, urlsplit(process.json()["url"]).netloc, f"/inbound/walmart/{self.token}")


class Server:
    """A server that runs, and is posted to."""

    def __init__(self, process: Running, address: str, path: str) -> None:
        self.process = process
        self._address = address
        self._path = path

    def post(self, body: bytes) -> int:
        """The answer's status; 0 where none came."""
        with closing(HTTPConnection(self._address, timeout=60)) as connection:
            try:
                connection.request("POST", self._path, body, {"Content-Type": "application/json"})
                return connection.getresponse().status
            except (OSError, EOFError):
                return 0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with served() as walmart:
        opened = Shop(tmp_path / "data", walmart)
        yield opened
        opened.store.close()


@pytest.mark.requirement("R002-025", "R002-031")
def test_fifty_posts_of_one_event_at_once_and_again_after_a_kill_are_one(shop: Shop) -> None:
    with ThreadPoolExecutor(50) as threads:
        with shop.serving() as server:
            assert Counter(threads.map(server.post, [sample()] * 50)) == {200: 50}
            server.process.process.kill()
        with shop.serving() as server:
            assert Counter(threads.map(server.post, [sample()] * 50)) == {200: 50}
    (one,) = shop.inbound()
    assert one.status is InboundStatus.UNMATCHED


@pytest.mark.requirement("R002-031")
def test_what_was_answered_is_kept_whenever_the_server_is_killed(shop: Shop) -> None:
    bodies = [sample(event_id=f"event-{number}", requestId=f"request-{number % 40}") for number in range(400)]
    with ThreadPoolExecutor(8) as threads:
        with shop.serving() as server:
            answers = [threads.submit(server.post, body) for body in bodies]
            eventually(lambda: sum(answer.done() for answer in answers) > 60)
            server.process.process.kill()
            statuses = [answer.result() for answer in answers]
        kept = {one.reading.event_id for one in shop.inbound()}
        answered = {f"event-{number}" for number, status in enumerate(statuses) if status == 200}
        assert set(statuses) == {0, 200}
        assert answered <= kept
        with shop.serving() as server:  # the sender tries again all that was not answered
            again = [body for body, status in zip(bodies, statuses, strict=True) if status != 200]
            assert set(threads.map(server.post, again)) == {200}
    assert Counter(one.reading.event_id for one in shop.inbound()) == {f"event-{n}": 1 for n in range(400)}


@pytest.mark.requirement("R002-022", "X-07")
def test_news_ends_the_wait_that_looks_alone_would_end_minutes_later(shop: Shop) -> None:
    shop.walmart.put(REQUEST, "INPROGRESS")
    shop.follow(TWENTY_MINUTES)
    with shop.serving() as server:
        eventually(lambda: shop.report().looked_at is not None)
        report = shop.report()
        assert report.next_look_at is not None
        assert report.next_look_at - shop.store.clock() > timedelta(seconds=100)
        shop.walmart.put(REQUEST, "READY")
        assert server.post(sample()) == 200
        eventually(lambda: shop.report().status is FollowedStatus.READY)
        assert server.process.end() == 0
    assert len(shop.walmart.asked()) == 2


@pytest.mark.requirement("X-07")
def test_with_every_notification_dropped_the_report_still_ends(shop: Shop) -> None:
    shop.walmart.put(REQUEST, "INPROGRESS")
    shop.follow()
    with shop.serving(DAYBOOK_SPEED="600") as server:
        eventually(lambda: len(shop.walmart.asked()) >= 3)
        shop.walmart.put(REQUEST, "READY")
        eventually(lambda: shop.report().status is FollowedStatus.READY)
        assert server.process.end() == 0
    assert shop.inbound() == []
