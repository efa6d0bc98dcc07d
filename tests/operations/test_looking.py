"""Looking, while the marketplace is away: one look at a time tries whether it is back, ever more seldom.

On SQLite, where the lanes have the test's own clock, too: waits are compared to the second.
"""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from daybook.operations.calls import Absent, Call, Fault, Reply, ReplyStatus, Standing, Throttled, Unreachable
from daybook.operations.status import Status
from tests.operations.driving import Book
from tests.operations.stub import Stub

ACCEPTED = Reply(ReplyStatus.ACCEPTED, request_id="request")
LIVE = Reply(ReplyStatus.LIVE, request_id="request")


@pytest.fixture
def book(sqlite_url: str, stub: Stub) -> Iterator[Book]:
    """A book of operations."""
    opened = Book(sqlite_url, stub)
    yield opened
    opened.store.close()


def looked(book: Book, stub: Stub, *standings: Standing) -> list[float]:
    """Ten accepted operations, looked at until all are in effect; the seconds after the beginning of each look.

    The first looks find the standings, the others that the change is in effect.
    """
    begun, left, looks = book.now, list(standings), list[float]()

    def look(call: Call) -> Standing:
        del call
        looks.append((book.now - begun).total_seconds())
        return left.pop(0) if left else LIVE

    stub.answers, stub.looks = lambda call: ACCEPTED, look
    batch = book.prices(10)
    book.run()
    assert book.progress(batch).statuses == {Status.SUCCESS: 10}
    return looks


def test_while_the_marketplace_is_away_one_look_at_a_time_tries_it(book: Book, stub: Stub) -> None:
    looks = looked(book, stub, *[Fault("MarketplaceFault", "away", 503, whole=True)] * 5)
    assert len(looks) == 15
    waits = [later - earlier for earlier, later in pairwise(looks[:6])]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0] > 0


def test_nobody_there_is_the_same(book: Book, stub: Stub) -> None:
    looks = looked(book, stub, *[Unreachable("nobody")] * 3)
    assert len(looks) == 13
    assert looks[0] < looks[1] < looks[2] < looks[3]


def test_after_a_throttled_look_the_others_wait(book: Book, stub: Stub) -> None:
    looks = looked(book, stub, Throttled(60.0))
    assert looks[1] - looks[0] >= 60


def test_what_is_not_there_yet_tells_that_the_marketplace_is(book: Book, stub: Stub) -> None:
    looks = looked(book, stub, Fault("MarketplaceFault", "away", 503, whole=True), *[Absent()] * 9)
    assert looks[0] < looks[1] == looks[9]
