"""What people do with batches: hold and approve, cancel, retry, rebuild, undo, pause, stop."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from daybook import stalled
from daybook.activity import Event
from daybook.kernel.errors import Conflict, InvalidInput, NotFound
from daybook.operations import anew, guards, steering, watching
from daybook.operations.batches import SUBJECT, Batch, MadeBy
from daybook.operations.calls import Issue, Reply, ReplyStatus
from daybook.operations.guards import Guard
from daybook.operations.status import BatchStatus, Shown, Status
from daybook.operations.submitting import Submitted
from tests.operations.driving import BEGIN, DE, SELLER, Book
from tests.operations.stub import LIVE, Stub

REFUSED = Reply(ReplyStatus.INVALID, issues=(Issue("90220", "item_name is missing."),))


def prices_sent(stub: Stub) -> dict[str, str]:
    return {call.sku: call.body["price"] for call in stub.log}


def guard(book: Book, **bounds: str) -> None:
    found = Guard("EUR", **{name: Decimal(bound) for name, bound in bounds.items()})
    book.store.do(lambda tx: guards.set_guard(tx, tx.now, SELLER, found, "tester"))


def history(book: Book, batch: Batch) -> list[Event]:
    return book.store.read(lambda tx: tx.events_of(SELLER, SUBJECT, batch.batch_id))


# The price guard


@pytest.mark.parametrize(
    ("bounds", "price", "code"),
    [
        ({"floor": "5"}, "4.99", "PriceBelowFloor"),
        ({"floor": "5"}, "5.00", None),
        ({"ceiling": "50"}, "50.01", "PriceAboveCeiling"),
        ({"ceiling": "50"}, "50", None),
        ({"change": "30"}, "13.01", "PriceChangeTooLarge"),
        ({"change": "30"}, "6.99", "PriceChangeTooLarge"),
        ({"change": "30"}, "13.00", None),
    ],
)
def test_a_price_beyond_the_guard_is_held_and_shown_old_and_new(
    book: Book, bounds: dict[str, str], price: str, code: str | None
) -> None:
    book.submit("sku,price\nA,10.00\n", kind="set_price")
    book.run()
    guard(book, **bounds)

    batch = book.submit(f"sku,price\nA,{price}\n", kind="set_price").batch

    assert batch is not None
    [one] = book.operations(batch)
    assert (one.status, one.code) == (Status.HELD if code else Status.QUEUED, code)
    if code:
        assert one.before == "10.00"
        assert str(one.message).startswith(f"10.00 -> {price} EUR: ")


def test_a_price_whose_earlier_one_is_not_known_is_held(book: Book) -> None:
    guard(book, change="30")
    batch = book.prices(1)
    assert [each.code for each in book.operations(batch)] == ["EarlierPriceUnknown"]


def test_what_is_held_is_sent_only_once_it_is_approved(book: Book, stub: Stub) -> None:
    guard(book, floor="11")
    batch = book.prices(3)  # 10.50, 11.50, 12.50
    book.run()
    assert sorted(prices_sent(stub)) == ["SKU-000001", "SKU-000002"]
    assert book.batch(batch).status is BatchStatus.RUNNING

    steering.approve(book.store.do, SELLER, batch.batch_id, "tester")
    book.run()

    assert len(stub.log) == 3
    assert book.batch(batch).status is BatchStatus.ENDED


def test_a_guard_that_lets_nothing_pass_is_refused(book: Book) -> None:
    with pytest.raises(InvalidInput, match="floor is above"):
        guard(book, floor="5", ceiling="4")


# Cancelling, pausing, stopping


def test_what_is_cancelled_before_it_is_sent_never_is(book: Book, stub: Stub) -> None:
    batch = book.prices(1500)

    done = steering.cancel(book.store.do, SELLER, batch.batch_id, "tester")
    book.run()

    assert (done.moved, stub.log) == (1500, [])
    assert {(each.status, each.code) for each in book.operations(batch)} == {(Status.CANCELLED, "CancelledByUser")}
    assert book.batch(batch).status is BatchStatus.ENDED
    with pytest.raises(Conflict):
        steering.cancel(book.store.do, SELLER, batch.batch_id, "tester")


def test_a_paused_batch_waits_and_another_does_not(book: Book, stub: Stub) -> None:
    paused, other = book.prices(3), book.prices(3, first=10)
    assert book.store.do(lambda tx: steering.pause(tx, tx.now, SELLER, paused.batch_id, "tester")).moved == 3
    book.run()
    assert [book.progress(one).shown[Shown.SUCCESS] for one in (paused, other)] == [0, 3]

    assert book.store.do(lambda tx: steering.resume(tx, tx.now, SELLER, paused.batch_id, "tester")).moved == 3
    book.run()

    assert book.progress(paused).shown[Shown.SUCCESS] == 3


def test_a_batch_that_is_paused_or_goes_on_already_is_said_to(book: Book) -> None:
    batch = book.prices(2)

    def does(verb: Any) -> Any:
        return book.store.do(lambda tx: verb(tx, tx.now, SELLER, batch.batch_id, "tester"))

    with pytest.raises(Conflict, match="not paused"):
        does(steering.resume)
    does(steering.pause)
    with pytest.raises(Conflict, match="paused already"):
        does(steering.pause)
    steering.cancel(book.store.do, SELLER, batch.batch_id, "tester")
    with pytest.raises(Conflict, match="has ended"):
        does(steering.pause)


class Late:
    """A transaction that another has gone before since it looked at the batch."""

    def __init__(self, tx: Any, found: Batch) -> None:
        self._tx = tx
        self._found = [found]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def batch(self, seller_id: str, batch_id: str) -> Batch | None:
        """As it was, and from then on as it is."""
        found: Batch | None = self._found.pop() if self._found else self._tx.batch(seller_id, batch_id)
        return found


def test_of_two_who_pause_a_batch_at_once_one_is_told_that_it_is_paused(book: Book) -> None:
    batch = book.prices(2)
    running = book.batch(batch)
    book.store.do(lambda tx: steering.pause(tx, tx.now, SELLER, batch.batch_id, "one"))
    with pytest.raises(Conflict, match="paused already"):
        book.store.do(lambda tx: steering.pause(Late(tx, running), tx.now, SELLER, batch.batch_id, "the other"))
    paused = book.batch(batch)
    book.store.do(lambda tx: steering.resume(tx, tx.now, SELLER, batch.batch_id, "one"))
    with pytest.raises(Conflict, match="not paused"):
        book.store.do(lambda tx: steering.resume(Late(tx, paused), tx.now, SELLER, batch.batch_id, "the other"))
    assert [event.actor for event in history(book, batch)][-2:] == ["one", "one"]


def test_one_command_stops_all_of_a_seller_and_another_lets_it_go_on(book: Book, stub: Stub) -> None:
    book.store.do(lambda tx: guards.stop(tx, tx.now, SELLER, "tester"))
    batch = book.prices(3)
    book.run()
    assert stub.log == []

    assert book.store.do(lambda tx: guards.resume(tx, tx.now, SELLER, "tester"))
    book.run()

    assert book.progress(batch).shown[Shown.SUCCESS] == 3


def test_another_sellers_batch_looks_like_none(book: Book) -> None:
    book.add_seller("A2SELLER")
    batch = book.prices(1)
    with pytest.raises(NotFound):
        steering.cancel(book.store.do, "A2SELLER", batch.batch_id, "tester")


# Retrying


def test_a_retry_sends_what_was_rejected_alone_the_same_bytes_with_the_same_key(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: REFUSED if call.sku == "SKU-000001" else LIVE
    batch = book.prices(3)
    book.run()
    assert book.batch(batch).status is BatchStatus.ENDED
    [refused] = [call for call in stub.log if call.sku == "SKU-000001"]
    stub.answers = lambda call: LIVE
    stub.log.clear()

    assert steering.retry(book.store.do, SELLER, batch.batch_id, "tester").moved == 1
    book.run()

    [again] = stub.log
    assert (again.key, again.body) == (refused.key, refused.body)
    assert again.attempt_id != refused.attempt_id
    assert book.progress(batch).shown == {Shown.QUEUED: 0, Shown.SUCCESS: 3, Shown.ERROR: 0}
    assert book.batch(batch).status is BatchStatus.ENDED


def test_what_came_back_three_times_with_the_same_error_is_left_unless_forced(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: REFUSED
    batch = book.prices(1)
    book.run()
    for _ in range(2):
        assert steering.retry(book.store.do, SELLER, batch.batch_id, "tester").moved == 1
        book.run()

    assert steering.retry(book.store.do, SELLER, batch.batch_id, "tester") == (0, 1)
    assert steering.retry(book.store.do, SELLER, batch.batch_id, "tester", force=True) == (1, 0)


def test_a_rebuild_sends_what_the_catalog_has_now(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: REFUSED
    batch = book.prices(2)
    book.run()
    stub.answers = lambda call: LIVE
    stub.log.clear()
    book.stock("SKU-000000", "77.70")

    made = anew.rebuild(book.store.do, book.ids, SELLER, batch.batch_id, "tester")
    book.run()

    assert made.batch is not None
    assert (made.batch.made_by, made.batch.parent_id) == (MadeBy.REBUILD, batch.batch_id)
    assert prices_sent(stub) == {"SKU-000000": "77.70"}
    assert [(each.status, each.code) for each in book.operations(made.batch)] == [
        (Status.SUCCESS, None), (Status.INVALID, "NotInCatalog"),
    ]  # fmt: skip


# Undoing


def test_an_undo_brings_back_what_was_in_effect_before(book: Book, stub: Stub) -> None:
    book.stock("FROM-CATALOG", "33.30")
    book.submit("sku,price\nFROM-BATCH,10.00\n", kind="set_price")
    book.run()
    changed = book.submit("sku,price\nFROM-BATCH,12.00\nFROM-CATALOG,12.00\nNEVER-SEEN,12.00\n", kind="set_price").batch
    assert changed is not None
    book.run()
    stub.log.clear()

    undone = anew.undo(book.store.do, book.ids, SELLER, changed.batch_id, "tester").batch
    book.run()

    assert undone is not None
    assert prices_sent(stub) == {"FROM-BATCH": "10.00", "FROM-CATALOG": "33.30"}
    assert [each.code for each in book.operations(undone)] == [None, None, "NothingToRestore"]


def test_an_undo_that_is_asked_for_again_with_its_key_is_the_same_batch(book: Book, stub: Stub) -> None:
    batch, other = book.prices(2), book.prices(2, first=10)
    book.run()

    def undone(of: Batch, key: str | None) -> Submitted:
        return anew.undo(book.store.do, book.ids, SELLER, of.batch_id, "tester", key=key)

    first, again, without = undone(batch, "k"), undone(batch, "k"), undone(batch, None)

    assert first.batch is not None
    assert again.batch is not None
    assert without.batch is not None
    assert (again.repeated, again.batch.batch_id, again.counts) == (True, first.batch.batch_id, first.counts)
    assert without.batch.batch_id != first.batch.batch_id
    with pytest.raises(Conflict, match="used for another content"):
        undone(other, "k")


def test_an_undo_that_is_tried_out_changes_nothing(book: Book, stub: Stub) -> None:
    batch = book.prices(2)
    book.run()

    tried = anew.undo(book.store.do, book.ids, SELLER, batch.batch_id, "tester", dry_run=True)

    assert tried.batch is None
    assert sum(tried.counts.values()) == 2
    book.run()
    assert len(stub.log) == 2


def test_the_listing_that_was_put_before_comes_back_after_a_delete(book: Book, stub: Stub) -> None:
    attributes = json.dumps({"item_name": [{"value": "Cup"}]})
    put = [{"operation": "put_listing", "sku": "CUP", "product_type": "CUP", "attributes": attributes}]
    book.submit(json.dumps(put))
    book.run()
    gone = book.submit("operation,sku\ndelete_listing,CUP\n").batch
    assert gone is not None
    book.run()
    stub.log.clear()

    anew.undo(book.store.do, book.ids, SELLER, gone.batch_id, "tester")
    book.run()

    [call] = stub.log
    assert (call.kind, call.marketplace_id) == ("put_listing", DE)
    assert call.body["attributes"] == {"item_name": [{"value": "Cup"}]}


# Standing still


@pytest.mark.requirement("R000-032", "R000-036", "R000-037", "X-03")
def test_a_batch_without_progress_is_flagged_once_and_no_more_once_it_moves(book: Book, stub: Stub) -> None:
    book.sender_without_marketplace()
    batch = book.prices(3)
    book.watch()
    book.pass_time(3 * 3600 - 1)
    book.watch()
    assert book.batch(batch).stalled_at is None

    book.pass_time(2)
    for _ in range(3):
        book.watch()
        book.pass_time(4 * 3600)

    assert book.batch(batch).stalled_at == BEGIN + timedelta(seconds=3 * 3600 + 1)
    [told] = [event for event in history(book, batch) if event.to_status == stalled.STALLED]
    assert told.evidence == {"lastProgress": BEGIN.isoformat(), "mayLastSeconds": 10_800.0, "queued": 3}
    book.sender_with_marketplace()
    book.run()
    assert book.batch(batch).stalled_at is None
    assert book.batch(batch).status is BatchStatus.ENDED


@pytest.mark.requirement("R000-031", "R000-038")
def test_why_it_waits_is_told_with_the_queue_of_everybody(book: Book, stub: Stub) -> None:
    book.add_seller("A2SELLER")
    stub.rate, stub.burst = 5.0, 5
    first = book.prices(20, "A2SELLER")
    book.pass_time(60)
    batch = book.prices(100)
    book.run(until=lambda: book.progress(batch).shown[Shown.SUCCESS] >= 50)

    plans = {"patchListingsItem": stub.plan("set_price")}
    with book.store.reading() as tx:
        outlook = watching.explain(tx, tx.now, book.batch(batch), plans)

    left = book.progress(batch).unfinished
    assert outlook.sentence.startswith(f"{left} operations are on their way")
    assert outlook.seller.operations == left
    assert outlook.everybody.operations == left + book.progress(first).unfinished
    assert outlook.seller.oldest == BEGIN + timedelta(seconds=60)
    [lane] = outlook.lanes
    assert (lane.operation, lane.burst) == ("patchListingsItem", 5)
    assert outlook.expected_at is not None
    assert book.now < outlook.expected_at < book.now + timedelta(minutes=1)

    book.store.do(lambda tx: guards.stop(tx, tx.now, SELLER, "tester"))
    assert book.store.read(lambda tx: watching.explain(tx, tx.now, book.batch(batch), plans)).expected_at is None
