"""What is submitted is sent, and what comes back is recorded."""

from daybook.operations.status import BatchStatus, Shown, Status
from tests.operations.driving import Book
from tests.operations.stub import Stub


def test_every_operation_of_a_batch_is_sent_once_and_succeeds(book: Book, stub: Stub) -> None:
    batch = book.prices(2500)

    book.run()

    assert book.progress(batch).shown == {Shown.QUEUED: 0, Shown.SUCCESS: 2500, Shown.ERROR: 0}
    assert len({call.key for call in stub.log}) == len(stub.log) == 2500
    assert book.batch(batch).status is BatchStatus.ENDED
    assert {each.status for each in book.operations(batch)} == {Status.SUCCESS}
