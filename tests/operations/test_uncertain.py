"""What left the house and was not answered is looked after before it is sent again; nothing is done twice silently."""

import pytest

from daybook.operations.calls import Absent, Call, Outcome, Reply, ReplyStatus, Standing, Uncertain
from daybook.operations.sending import ANSWERED_WITHIN, SEND_WITHIN
from daybook.operations.status import Status
from tests.operations.driving import Book
from tests.operations.stub import LIVE, Stub

HALF = Uncertain("The answer broke off after 12 bytes.", 200, "r-half")


def test_what_was_done_although_nobody_said_so_is_a_success_and_not_sent_again(book: Book, stub: Stub) -> None:
    def answer(call: Call) -> Outcome:
        stub.done[call.key] += 1
        return HALF

    stub.answers = answer
    batch = book.prices(5)

    book.run()

    assert {(each.status, each.attempts) for each in book.operations(batch)} == {(Status.SUCCESS, 1)}
    assert len(stub.log) == 5


@pytest.mark.parametrize("honours_keys", [True, False])
def test_what_was_not_done_is_sent_again_with_the_same_key(book: Book, stub: Stub, honours_keys: bool) -> None:
    stub.honours_keys = honours_keys
    lost: set[str] = set()

    def answer(call: Call) -> Outcome:
        if call.key in lost:
            return LIVE
        lost.add(call.key)
        return HALF

    stub.answers = answer
    batch = book.prices(5)

    book.run()

    assert {(each.status, each.attempts) for each in book.operations(batch)} == {(Status.SUCCESS, 2)}
    assert [call.key for call in stub.log].count(stub.log[0].key) == 2
    assert len({call.attempt_id for call in stub.log}) == 10


def test_a_worker_that_dies_while_it_sends_leaves_its_turn_uncertain(book: Book, stub: Stub) -> None:
    class Killed(BaseException):
        pass

    def answer(call: Call) -> Outcome:
        if len(stub.log) == 3:
            raise Killed
        return LIVE

    stub.answers = answer
    batch = book.prices(5)
    with pytest.raises(Killed):
        book.run()
    assert {each.status for each in book.operations(batch)} == {Status.SENDING}
    stub.answers = lambda call: LIVE
    book.store.reap(everything=True)

    began = book.now
    book.run(until=lambda: {each.status for each in book.operations(batch)} == {Status.UNCERTAIN})
    waited = (book.now - began).total_seconds()
    book.run()

    assert waited >= SEND_WITHIN + ANSWERED_WITHIN
    assert {each.status for each in book.operations(batch)} == {Status.SUCCESS}
    assert max(stub.done.values()) == 1
    assert sorted(each.attempts for each in book.operations(batch)) == [1, 1, 2, 2, 2]


def test_what_is_accepted_becomes_a_success_when_a_look_finds_it(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: Reply(ReplyStatus.ACCEPTED, "submission", request_id="r")
    standings: list[Standing] = [Reply(ReplyStatus.ACCEPTED), Absent(), LIVE]
    stub.looks = lambda call: standings.pop(0)
    batch = book.prices(1)

    book.run(until=lambda: book.operations(batch)[0].status is Status.ACCEPTED)
    assert book.operations(batch)[0].completed_at is None
    book.run()

    [done] = book.operations(batch)
    assert (done.status, done.attempts, standings) == (Status.SUCCESS, 1, [])
    assert done.completed_at == book.now


def test_what_was_accepted_and_gets_an_issue_later_is_an_error(book: Book, stub: Stub) -> None:
    from daybook.operations.calls import Issue  # noqa: PLC0415

    stub.answers = lambda call: Reply(ReplyStatus.ACCEPTED)
    stub.looks = lambda call: Reply(ReplyStatus.INVALID, issues=(Issue("8541", "It matches another product."),))
    batch = book.prices(1)

    book.run()

    [refused] = book.operations(batch)
    assert (refused.status, refused.code) == (Status.REJECTED, "8541")


def test_a_call_that_the_answer_leaves_out_is_uncertain(book: Book, stub: Stub) -> None:
    send = stub.send
    stub.send = lambda calls, seconds: dict(list(send(calls, seconds).items())[1:])  # type: ignore[method-assign]
    batch = book.prices(3)

    book.run(until=lambda: len(stub.turns) == 1)

    assert sorted(each.status for each in book.operations(batch)) == [
        Status.SUCCESS, Status.SUCCESS, Status.UNCERTAIN,
    ]  # fmt: skip
