"""The two clients: of one piece, and shared by threads and by tasks."""

import asyncio
import inspect
import threading
from collections.abc import AsyncGenerator

import httpx2
import pytest

from daybook import client as package
from daybook.client import AsyncReportsClient, Buckets, ReportsClient, amazon
from daybook.client.wire.blocking import drive, drive_each
from tests.client.driven import CREDENTIALS, connect
from tests.client.scripted import ENDPOINT, EXPIRED, TOKENS, Server, grant, report
from tests.client.virtual import VirtualTime

TASKS = 20


def public(kind: type[object]) -> set[str]:
    """The names of what a client can do."""
    return {name for name in dir(kind) if not name.startswith("_")} - {"link", "ask"}


def test_what_the_one_client_can_do_the_other_can() -> None:
    assert public(ReportsClient) == public(AsyncReportsClient)


@pytest.mark.parametrize("name", sorted(public(ReportsClient)))
def test_whatever_a_client_can_do_is_told_in_words_and_takes_the_same(name: str) -> None:
    one, other = getattr(ReportsClient, name), getattr(AsyncReportsClient, name)
    assert inspect.getdoc(one)
    if callable(one) and name != "at":
        assert list(inspect.signature(one).parameters) == list(inspect.signature(other).parameters)


def test_all_that_the_package_names_is_there() -> None:
    assert all(getattr(package, name) for name in package.__all__)


class Slow(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Answers when all who ask are here, or when nobody else comes."""

    def __init__(self, server: Server, waiters: int) -> None:
        self._inner = server.transport()
        self._lock = threading.Lock()
        self._together = threading.Barrier(waiters)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith("/reports"):
            self._together.wait(timeout=30)
        with self._lock:
            return self._inner.handle_request(request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0)
        return await self._inner.handle_async_request(request)


@pytest.fixture
def expiring(server: Server) -> Server:
    """A server to which the first token has expired."""
    server.on("token", *(grant(f"token {number}") for number in (1, 2, 3)))

    def answered(request: httpx2.Request) -> httpx2.Response:
        return EXPIRED if request.headers["x-amz-access-token"] == "token 1" else report()

    server.on("getReport", answered)
    return server


def test_threads_that_meet_an_expired_token_ask_for_one_new_one(expiring: Server, time: VirtualTime) -> None:
    slow = Slow(expiring, 10)
    options = {"transport": slow, "sleep": time.sleep, "monotonic": time.monotonic}
    with ReportsClient(ENDPOINT, TOKENS, *CREDENTIALS, **options) as client:  # type: ignore[arg-type]
        threads = [threading.Thread(target=client.get_report, args=("R1",)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    assert (expiring.count("token"), expiring.count("getReport")) == (2, 20)


def test_tasks_that_meet_an_expired_token_ask_for_one_new_one(expiring: Server, time: VirtualTime) -> None:
    async def main() -> None:
        options = {"transport": Slow(expiring, TASKS), "sleep": time.asleep, "monotonic": time.monotonic}
        async with AsyncReportsClient(ENDPOINT, TOKENS, *CREDENTIALS, **options) as client:  # type: ignore[arg-type]
            await asyncio.gather(*(client.get_report("R1") for _ in range(TASKS)))

    asyncio.run(main())
    assert expiring.count("token") == 2
    assert [one.token for one in expiring.of("getReport")].count("token 1") <= TASKS


def test_clients_of_one_application_share_their_buckets_by_seller(server: Server, time: VirtualTime) -> None:
    buckets = Buckets()
    clients = [connect("blocking", server, time, buckets=buckets, seller_id=seller) for seller in ("A1", "A1", "A2")]
    for client, calls in zip(clients, (15, 0, 15), strict=True):
        for _ in range(calls):
            client.get_report("R1")
    assert time.passed == 0.0
    clients[1].get_report("R1")
    assert time.passed == pytest.approx(0.5, abs=0.01)
    for client in clients:
        client.close()


def test_a_client_of_amazon_calls_amazon(server: Server, time: VirtualTime) -> None:
    hosts: list[str] = []

    def answered(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return grant() if request.url.path == "/auth/o2/token" else report()

    with ReportsClient.at(amazon("EU", sandbox=True), *CREDENTIALS, transport=httpx2.MockTransport(answered)) as client:
        client.get_report("R1")
    assert hosts == ["api.amazon.com", "sandbox.sellingpartnerapi-eu.amazon.com"]


def test_logic_that_would_wait_for_a_loop_is_no_logic_for_a_blocking_wire() -> None:
    async def logic() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="event loop"):
        drive(logic())


def test_what_is_not_taken_to_its_end_is_closed() -> None:
    closed = []

    async def logic() -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    each = drive_each(logic())
    assert next(each) == 1
    each.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_a_download_that_is_left_gives_its_connection_back(server: Server, time: VirtualTime) -> None:
    client = connect("blocking", server, time)
    assert isinstance(client.client, ReportsClient)
    pieces = client.client.download("doc-1")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator is what it is
    assert client.rows("doc-1")
    client.close()
