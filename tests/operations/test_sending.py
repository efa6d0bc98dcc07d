"""What is submitted is sent, and what comes back is recorded."""

from datetime import UTC, datetime, timedelta

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.operations.batches import Batch
from daybook.operations.calls import Call, Fault, Issue, Outcome, Reply, ReplyStatus, Throttled, Unreachable, Unsent
from daybook.operations.status import BatchStatus, Shown, Status
from tests.operations.driving import BEGIN, Book
from tests.operations.stub import LIVE, Stub

HTML = Fault("ServiceUnavailable", "503 Service Temporarily Unavailable", 503, whole=True)
BROKEN = Fault("InternalFailure", "We encountered an internal error.", 500, "r-500")
REFUSED = Reply(
    ReplyStatus.INVALID, "s", (Issue("90220", "item_name is missing.", attribute_names=("item_name",)),), "r"
)


def all_succeeded(book: Book, batch: Batch) -> bool:
    return {each.status for each in book.operations(batch)} == {Status.SUCCESS}


@pytest.mark.requirement("R000-001", "R000-005", "R000-035", "R000-033")
def test_every_operation_of_a_batch_is_sent_once_and_succeeds(book: Book, stub: Stub) -> None:
    batch = book.prices(2500)
    assert book.progress(batch).shown == {Shown.QUEUED: 2500, Shown.SUCCESS: 0, Shown.ERROR: 0}

    book.run()

    assert book.progress(batch).shown == {Shown.QUEUED: 0, Shown.SUCCESS: 2500, Shown.ERROR: 0}
    assert len({call.key for call in stub.log}) == len(stub.log) == 2500
    assert book.batch(batch).status is BatchStatus.ENDED
    assert all_succeeded(book, batch)


@pytest.mark.requirement("R000-006", "R000-025", "R000-039", "R000-024", "R000-026", "R000-021", "R000-019")
def test_one_records_error_stops_no_other_and_is_answered_all_the_same(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: REFUSED if call.sku == "SKU-000003" else LIVE
    batch = book.prices(10)
    assert {(each.attempted_at, each.completed_at) for each in book.operations(batch)} == {(None, None)}
    book.pass_time(5)

    book.run()

    operations = book.operations(batch)
    assert [each.status for each in operations].count(Status.SUCCESS) == 9
    refused = operations[3]
    assert (refused.status, refused.code, refused.message) == (
        Status.REJECTED, "90220", "item_name is missing. (item_name)",
    )  # fmt: skip
    for each in operations:
        assert each.attempted_at is not None
        assert each.completed_at is not None
        assert BEGIN < each.attempted_at <= each.completed_at


@pytest.mark.requirement("R000-022", "R000-020", "R000-018", "R000-007")
def test_an_attempt_that_failed_is_kept_and_the_last_one_counts(book: Book, stub: Stub) -> None:
    answers: list[Outcome] = [BROKEN, Throttled(7.0, "r-429"), LIVE]
    stub.answers = lambda call: answers.pop(0)
    batch = book.prices(1)

    book.run(until=lambda: book.operations(batch)[0].status is Status.THROTTLED)
    waiting = book.operations(batch)[0]
    book.run()

    with book.store.reading() as tx:
        attempts = tx.attempts_of(batch.number, 2)
    assert (waiting.code, waiting.completed_at) == ("InternalFailure", None)
    assert [(one.attempt, one.outcome, one.http_status, one.request_id) for one in attempts] == [
        (1, "fault", 500, "r-500"), (2, "throttled", 429, "r-429"), (3, "live", 200, "request"),
    ]  # fmt: skip
    assert [one.attempted_at for one in attempts] == sorted({one.attempted_at for one in attempts})
    [done] = book.operations(batch)
    assert (done.attempts, done.attempted_at, done.code) == (3, attempts[-1].attempted_at, None)
    assert book.batch(batch).queued_at == BEGIN


@pytest.mark.parametrize(
    "outage", [Unreachable("Connection refused."), HTML, Throttled(60.0)], ids=["away", "html", "429"]
)
def test_an_hour_in_which_the_marketplace_is_gone_is_recorded_and_recovered(
    book: Book, stub: Stub, outage: Outcome
) -> None:
    back = BEGIN + timedelta(hours=1)
    stub.answers = lambda call: outage if book.now < back else LIVE
    batch = book.prices(200)

    book.run()

    assert all_succeeded(book, batch)
    assert back <= book.now < back + timedelta(minutes=15)
    assert max(stub.done.values()) == 1
    with book.store.reading() as tx:
        outcomes = {one.outcome for line in range(2, 202) for one in tx.attempts_of(batch.number, line)}
    assert len(outcomes) == 2


def test_while_the_marketplace_is_away_one_call_alone_tries_it(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: HTML
    book.prices(200)

    book.run(until=lambda: len(stub.turns) == 8)

    assert stub.turns == [200, 1, 1, 1, 1, 1, 1, 1]
    assert book.now > BEGIN + timedelta(seconds=100)


def test_a_record_that_fails_three_times_in_the_same_way_waits_for_a_person(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: BROKEN if call.sku == "SKU-000003" else LIVE
    batch = book.prices(10)

    book.run()

    held = book.operations(batch)[3]
    assert (held.status, held.code, held.attempts) == (Status.HELD, "SameErrorAgain", 3)
    assert held.message is not None
    assert "InternalFailure, 3 times in a row" in held.message
    assert [each.status for each in book.operations(batch)].count(Status.SUCCESS) == 9
    assert book.batch(batch).status is BatchStatus.RUNNING


def test_what_was_not_sent_is_no_attempt(book: Book, stub: Stub) -> None:
    first = iter([Unsent()])
    stub.answers = lambda call: next(first, LIVE)
    batch = book.prices(1)

    book.run()

    [done] = book.operations(batch)
    assert (done.status, done.attempts) == (Status.SUCCESS, 1)


def test_the_usage_plan_is_kept(book: Book, stub: Stub) -> None:
    stub.rate, stub.burst = 5.0, 5
    sent: list[float] = []

    def answer(call: Call) -> Outcome:
        sent.append((book.now - BEGIN).total_seconds())
        return LIVE

    stub.answers = answer
    book.prices(100)

    book.run()

    assert len(sent) == 100
    for place, at in enumerate(sent):
        assert place + 1 <= 5 + 5 * at + 1e-3
    assert 19.0 <= sent[-1] <= 40.0


@pytest.mark.requirement("R000-030")
def test_ten_records_do_not_wait_behind_thousands(book: Book, stub: Stub) -> None:
    stub.rate, stub.burst = 20.0, 20
    large = book.prices(2000)
    book.run(until=lambda: len(stub.log) >= 40)
    small = book.prices(10, first=900_000)
    before = len(stub.log)

    book.run(until=lambda: all_succeeded(book, small))

    assert len(stub.log) - before <= 60
    assert book.progress(large).shown[Shown.QUEUED] > 1800


def test_sellers_do_not_wait_for_each_other(book: Book, stub: Stub) -> None:
    book.add_seller("A2SELLER")
    stub.rate, stub.burst = 20.0, 20
    book.prices(2000)
    other = book.prices(20, "A2SELLER")

    book.run(until=lambda: all_succeeded(book, other))

    assert len(stub.log) <= 80


@pytest.mark.requirement("R000-040")
def test_a_restart_loses_no_operation_and_keeps_its_time(book: Book, stub: Stub, database_url: str) -> None:
    batch = book.prices(30)
    book.store.close()
    again = Book.__new__(Book)
    again.__dict__ |= book.__dict__
    again.reopen(database_url)
    again.pass_time(3600)

    again.run()

    assert all_succeeded(again, batch)
    assert again.batch(batch).queued_at == BEGIN
    book.store = again.store


def test_a_batch_cannot_begin_where_times_end(book: Book) -> None:
    """Beside such a time no pause can be reckoned, and the lane that looks for stalled batches fell for the seller."""
    with pytest.raises(InvalidInput, match="too far off"):
        book.prices(1, start_at=datetime.max.replace(tzinfo=UTC))
    book.prices(1, start_at=BEGIN + timedelta(days=365))


def test_a_batch_begins_at_its_time(book: Book, stub: Stub) -> None:
    book.prices(3, start_at=BEGIN + timedelta(hours=2))

    book.run()

    assert len(stub.log) == 3
    assert book.now >= BEGIN + timedelta(hours=2)
