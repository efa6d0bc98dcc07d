"""What came in, on each database: once, however many bring it at the same time, and for thirty days."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from daybook.accounts.ports import SealedValue
from daybook.kernel.ids import Ids
from daybook.kernel.keeping import KEEP
from daybook.notifications.inbound.events import Arrival, InboundEvent, receive
from daybook.notifications.inbound.followed_reports import FollowedReport
from daybook.notifications.inbound.proofs import identity, proof_of, sealed
from daybook.notifications.inbound.reading import read
from daybook.notifications.inbound.receivers import add
from daybook.notifications.inbound.status import Source
from daybook.store.retention import Kind, count_gone, ends, remove_gone
from daybook.store.transaction import Transaction
from tests.api.receiving import FIRST, REQUEST
from tests.notifications.inbound.following import SELLER, Following
from tests.notifications.virtual.daybooks import Plain

BY_WALMART = Arrival(SELLER, Source.WALMART, "a receiver")


@pytest.mark.requirement("R002-025")
def test_many_who_bring_one_event_at_the_same_time_bring_it_once(following: Following) -> None:
    reading = read(FIRST, {})

    def bring(number: int) -> InboundEvent | None:
        ids = Ids(random.Random(number).randbytes)  # noqa: S311  the same in every run
        return following.store.do(lambda tx: receive(tx, tx.now, ids, BY_WALMART, reading, FIRST))

    with ThreadPoolExecutor(10) as threads:
        kept = [event for event in threads.map(bring, range(30)) if event is not None]
    assert len(kept) == 1
    assert following.inbound() == kept


def test_the_same_id_from_elsewhere_is_another_event(following: Following) -> None:
    reading = read(FIRST, {})
    for source in Source:
        arrival = Arrival(SELLER, source)
        assert following.store.do(lambda tx, a=arrival: receive(tx, tx.now, following.ids, a, reading, FIRST))  # type: ignore[misc]
    assert len(following.inbound()) == 2


def test_what_came_in_stays_for_thirty_days_and_what_waits_for_ever(following: Following) -> None:
    following.news("READY", "somebodys")
    following.follow("waits")
    following.marketplace.words |= {"ended": "READY", "waits": "INPROGRESS"}
    following.follow("ended")
    following.work()

    def gone(kind: Kind) -> int:
        now = following.clock.now
        before = ends(KEEP, now)[kind]

        def counted_and_removed(tx: Transaction) -> int:
            count = count_gone(tx, kind, before).count
            assert remove_gone(tx, kind, before, 100) == count
            return count

        return following.store.do(counted_and_removed)

    following.clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert gone(Kind.INBOUND) == 0
    assert following.news("READY", "somebodys", event_id="event-1") is None
    following.clock.now += timedelta(seconds=1)
    assert gone(Kind.INBOUND) == 1
    assert following.news("READY", "somebodys", event_id="event-1") is not None
    following.clock.now += timedelta(days=370)
    assert gone(Kind.FOLLOWED) == 1
    assert following.report("waits").report_id == "waits"


def test_a_receivers_proof_is_sealed_anew_with_the_others(following: Following) -> None:
    proof = proof_of({"authMethod": "HMAC", "clientSecret": "hunter2"})
    parts = following.ids, Plain(), SELLER, "", proof, "the test"
    made, _ = following.store.do(lambda tx: add(tx, tx.now, *parts))
    following.receiver()  # one that has none
    found = following.store.read(lambda tx: tx.sealed_values("s1.new.", 10))
    assert found == [SealedValue(identity(SELLER, made.receiver_id), made.sealed)]
    again = sealed(Plain(), SELLER, made.receiver_id, proof)
    assert following.store.do(lambda tx: tx.replace_sealed(found[0], "s1.new.x"))
    assert not following.store.do(lambda tx: tx.replace_sealed(found[0], again))
    assert following.store.read(lambda tx: tx.sealed_values("s1.new.", 10)) == []


def test_a_followed_report_that_changed_since_it_was_read_is_not_changed(following: Following) -> None:
    read_before = following.follow()

    def change(tx: Transaction, report: FollowedReport) -> bool:
        return tx.change_followed_report(report, word="X")

    assert following.store.do(lambda tx: change(tx, read_before))
    assert not following.store.do(lambda tx: change(tx, read_before))
    assert following.store.do(lambda tx: change(tx, following.report(REQUEST)))
