"""While the database is away in the middle of a turn: nothing is lost, and nothing is done twice."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest

from daybook.kernel.errors import Unavailable
from daybook.operations.status import Status
from daybook.store.store import Store
from daybook.worker.sending import Sender
from tests.operations.driving import Book
from tests.operations.stub import Stub

T = TypeVar("T")


class Absent:
    """A store whose database goes away before so manieth transaction, for that one."""

    def __init__(self, store: Store, at: int) -> None:
        self._store = store
        self._left = at

    def do(self, work: Callable[[Any], T]) -> T:
        self._left -= 1
        if self._left == 0:
            raise Unavailable("The service is temporarily unavailable.", "The database is away.")
        return self._store.do(work)


@pytest.mark.parametrize(
    ("at", "attempts"),
    [
        pytest.param(1, 1, id="before anything was marked"),
        pytest.param(2, 1, id="before the intent"),
        pytest.param(3, 1, id="when the answers were there"),
    ],
)
def test_a_database_that_goes_away_in_a_turn_loses_nothing(book: Book, stub: Stub, at: int, attempts: int) -> None:
    batch = book.prices(20)
    absent = cast("Store", Absent(book.store, at))
    book.sender = Sender(absent, lambda seller_id: stub, monotonic=lambda: 0.0, jitter=lambda: 0.0)
    with pytest.raises(Unavailable):
        book.run()
    sent = len(stub.log)

    book.sender_with_marketplace()
    book.store.reap(everything=True)
    book.run()

    assert sent == (20 if at == 3 else 0)
    assert {each.status for each in book.operations(batch)} == {Status.SUCCESS}
    assert {each.attempts for each in book.operations(batch)} == {attempts}
    assert stub.done == {f"{batch.batch_id}-{line}": 1 for line in range(2, 22)}
