"""A destination's lane: what it sends, how often, and what becomes of what is not taken."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import cast

import pytest

from daybook.kernel.errors import Conflict, Unavailable
from daybook.kernel.keeping import KEEP
from daybook.lanes import LaneLost
from daybook.notifications import destinations, health
from daybook.notifications.answers import ErrorClass
from daybook.notifications.attempts import Attempt
from daybook.notifications.confidential import OVERLAP
from daybook.notifications.deliveries import Delivery, find
from daybook.notifications.destinations import DELIVERIES, Destination
from daybook.notifications.ladder import LADDER
from daybook.notifications.replaying import replay, replay_found
from daybook.notifications.searching import Search
from daybook.notifications.signing import new_secret, verify
from daybook.notifications.status import DeliveryStatus, Reason, Status
from daybook.store.retention import Kind, ends, remove_gone
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.databases import let_pass
from tests.notifications.virtual.daybooks import SECRET, SELLER, Away, Daybook, Received, Receivers, Running


@pytest.fixture
def destination(daybook: Daybook) -> Destination:
    """One that is subscribed to all reports."""
    made = daybook.destination()
    daybook.subscribe(made)
    return made


def attempts(daybook: Daybook, delivery: Delivery) -> list[Attempt]:
    with daybook.store.reading() as tx:
        return tx.delivery_attempts(delivery.seller_id, delivery.delivery_id)


def sent_after(receivers: Receivers) -> list[timedelta]:
    """When each was received, counted from the first."""
    return [one.at - receivers.log[0].at for one in receivers.log]


# One delivery


def test_a_receiver_that_takes_it_hears_of_it_once_and_can_verify_it(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    daybook.wait(days=4)
    [received] = receivers.log
    [delivery] = daybook.deliveries()
    assert (received.url, received.id) == (destination.url, delivery.delivery_id)
    assert received.headers["content-type"] == "application/json"
    assert verify([SECRET], received.headers, received.body, received.at)
    assert "." not in delivery.delivery_id


def test_every_attempt_is_on_record(daybook: Daybook, receivers: Receivers, destination: Destination) -> None:
    replies: Iterator[int | ErrorClass] = iter([503, ErrorClass.REFUSED, 200])
    receivers.replies[destination.url] = lambda _: next(replies)
    daybook.end_report()
    daybook.wait(hours=1)
    [delivery] = daybook.deliveries()
    told = [(one.number, one.http_status, one.error, one.address, one.answer) for one in attempts(daybook, delivery)]
    assert told == [
        (1, 503, "broken", receivers.address, "answer 503"),
        (2, None, "refused", receivers.address, ""),
        (3, 200, None, receivers.address, "answer 200"),
    ]
    assert all(one.milliseconds == 3 and one.url == destination.url for one in attempts(daybook, delivery))
    assert (delivery.status, delivery.attempts, delivery.next_at) == ("DELIVERED", 3, None)


@pytest.mark.requirement("R002-032")
def test_both_samples_of_the_seed_are_sent_and_every_retry_can_be_seen(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    ready = daybook.end_report("DONE", reportType="ITEM")
    error = daybook.end_report("FATAL", "failed", reportType="ITEM")
    receivers.replies[destination.url] = ErrorClass.REFUSED
    daybook.wait(seconds=5)
    receivers.replies.clear()
    daybook.wait(minutes=5)
    payloads = [json.loads(one.body)["payload"] for one in receivers.log[-2:]]
    times = {"requestSubmissionDate": "2026-11-21T12:00:00.000Z", "reportGenerationDate": "2026-11-21T12:00:00.000Z"}
    about = {"partnerId": SELLER, **times, "reportType": "ITEM", "reportVersion": "v1"}
    sentence = "Your report request has resulted in error. Please try creating a new request."
    failed = {"requestId": error, "requestStatus": "ERROR", "errorDescription": sentence}
    assert sorted(payloads, key=lambda payload: str(payload["requestId"])) == [
        about | {"requestId": ready, "requestStatus": "READY"},
        about | failed,
    ]
    for delivery in daybook.deliveries():
        assert [attempt.error for attempt in attempts(daybook, delivery)] == ["refused", "refused", None]


def test_attempts_have_the_same_id_and_bytes_and_each_its_own_time(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = 500
    daybook.end_report()
    daybook.wait(days=4)
    assert len({(one.id, one.body) for one in receivers.log}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receivers.log}) == len(receivers.log)
    assert all(verify([SECRET], one.headers, one.body, one.at) for one in receivers.log)


def test_a_delivery_goes_up_the_whole_ladder_and_then_has_failed(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.REFUSED
    daybook.end_report()
    daybook.wait(days=4)
    rungs = [sum(LADDER[:n], timedelta()) for n in range(len(LADDER) + 1)]
    assert sent_after(receivers) == rungs
    [delivery] = daybook.deliveries()
    assert (delivery.status, delivery.attempts, delivery.failures) == ("FAILED", 10, 10)


def test_an_unsafe_url_is_tried_once_and_never_again(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.UNSAFE
    daybook.end_report()
    daybook.wait(days=4)
    assert (len(receivers.log), daybook.statuses()) == (1, ["FAILED"])


@pytest.mark.parametrize("address", ["10.1.2.3:8080", "[fd00::7]:443"])
def test_nothing_is_kept_of_the_answer_of_a_machine_inside(
    daybook: Daybook, receivers: Receivers, destination: Destination, address: str
) -> None:
    receivers.address = address
    daybook.end_report()
    daybook.work()
    [attempt] = attempts(daybook, daybook.deliveries()[0])
    assert (attempt.http_status, attempt.address, attempt.answer) == (200, address, "")


# Several at once


def test_a_few_calls_are_in_flight_and_no_more(daybook: Daybook, receivers: Receivers) -> None:
    destination = daybook.destination(calls=3)
    daybook.subscribe(destination)
    for _ in range(7):
        daybook.end_report()
    most = 0

    def taken(_: Received) -> int:
        nonlocal most
        with daybook.store.reading() as tx:
            most = max(most, len(tx.delivery_attempts_open(SELLER, destination.destination_id)))
        return 200

    receivers.replies[destination.url] = taken
    daybook.work()
    assert (most, len(receivers.log)) == (3, 7)


def test_what_becomes_due_while_a_call_is_in_the_air_is_sent_beside_it(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    receivers.replies[destination.url] = None
    fan_out, sending = daybook.kinds(monotonic=lambda: 0.0)
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    [held] = daybook.claim(DELIVERIES)
    with Running(sending.step, held) as running:
        running.until(lambda: len(receivers.hanging) == 1)
        daybook.end_report()
        for other in daybook.claim(fan_out.name):
            fan_out.step(other)
        running.until(lambda: len(receivers.hanging) == 2)
        for future in receivers.hanging:
            future.set_result(receivers.answer(200))
    assert daybook.statuses() == ["DELIVERED", "DELIVERED"]


def test_a_delivery_in_back_off_never_holds_the_next(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    bad = daybook.end_report()
    receivers.replies[destination.url] = lambda one: 400 if bad.encode() in one.body else 200
    daybook.work()
    for _ in range(5):
        daybook.end_report()
    daybook.work()
    assert Counter(daybook.statuses()) == {"WAITING": 1, "DELIVERED": 5}


def test_a_receiver_that_hangs_delays_no_other(daybook: Daybook, receivers: Receivers) -> None:
    """Counts, not times: while calls to one are in the air, a hundred go to the other."""
    hanging, healthy = daybook.destination("https://hangs.example/"), daybook.destination("https://well.example/")
    daybook.subscribe(hanging)
    daybook.subscribe(healthy)
    receivers.replies[hanging.url] = None
    for _ in range(100):
        daybook.end_report()
    fan_out, sending = daybook.kinds(monotonic=lambda: 0.0)
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    first, second = sorted(daybook.claim(DELIVERIES), key=lambda held: hanging.destination_id not in held.lane.key)
    with Running(sending.step, first) as running:
        running.until(lambda: len(receivers.hanging) == 2)
        sending.step(second)
        urls = Counter(one.url for one in receivers.log)
        assert urls == {hanging.url: 2, healthy.url: 100}
        for future in receivers.hanging:
            receivers.replies[hanging.url] = ErrorClass.TIMEOUT
            future.set_result(receivers.answer(ErrorClass.TIMEOUT))
    assert daybook.fresh(hanging).paused_until is not None


def test_a_receiver_that_asks_for_a_pause_gets_it_for_all_its_deliveries(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url], receivers.retry_after = 429, 1800
    daybook.end_report()
    daybook.work()
    daybook.end_report()
    receivers.replies[destination.url] = 200
    daybook.wait(minutes=29)
    assert len(receivers.log) == 1
    daybook.wait(minutes=1)
    assert daybook.statuses() == ["DELIVERED", "DELIVERED"]


def test_a_receiver_that_does_not_answer_gets_one_call_at_a_time_and_longer_pauses(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.TIMEOUT
    for _ in range(50):
        daybook.end_report()
    daybook.wait(minutes=10)
    tried = sent_after(receivers)
    assert len(tried) < 25
    pauses = [later - earlier for earlier, later in pairwise(tried[2:])]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (4, 8, 16, 32)]
    assert max(pauses) <= health.LONGEST_PAUSE
    receivers.replies[destination.url] = 200
    daybook.wait(hours=3)
    assert Counter(daybook.statuses()) == {"DELIVERED": 50}


# What a worker that is gone leaves


def test_an_intent_without_an_outcome_is_sent_again_with_the_same_id_and_bytes(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = None
    daybook.end_report()
    fan_out, sending = daybook.kinds()
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    [held] = daybook.claim(DELIVERIES)
    with Running(sending.step, held, lost=True) as running:
        running.until(lambda: len(receivers.hanging) == 1)
        daybook.store.reap(everything=True)  # as if its worker had been silent for longer than its lease
        receivers.replies[destination.url] = 200
        daybook.work()
        receivers.hanging[0].set_result(receivers.answer(200))  # it lands after all, and finds the lane lost
    [delivery] = daybook.deliveries()
    first, second = receivers.log
    assert (first.id, first.body) == (second.id, second.body)
    assert [(one.number, one.error) for one in attempts(daybook, delivery)] == [(1, "uncertain"), (2, None)]
    assert (delivery.status, delivery.failures) == ("DELIVERED", 0)


def test_what_could_not_be_sent_in_time_is_not_sent_by_that_worker(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    def ticks() -> float:
        """The worker stands still for long, once it has written down that it will send."""
        with daybook.store.reading() as tx:
            return 100.0 if tx.delivery_attempts_open(SELLER, destination.destination_id) else 0.0

    daybook.end_report()
    fan_out, sending = daybook.kinds(monotonic=ticks)
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    [held] = daybook.claim(DELIVERIES)
    sending.step(held)
    assert receivers.log == []
    [delivery] = daybook.deliveries()
    assert [one.error for one in attempts(daybook, delivery)] == ["late"]
    daybook.work()
    assert (len(receivers.log), daybook.statuses()) == (1, ["DELIVERED"])


def test_a_step_that_has_lost_its_lane_writes_nothing(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    fan_out, sending = daybook.kinds()
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    [held] = daybook.claim(DELIVERIES)
    daybook.store.reap(everything=True)
    with pytest.raises(LaneLost):
        sending.step(held)
    assert receivers.log == []
    assert daybook.statuses() == ["WAITING"]


def test_a_store_that_is_away_for_ten_minutes_loses_nothing(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    """It goes away at any moment of the sending: before the first call, after some, and after the last."""
    ended = 12
    for _ in range(ended):
        daybook.end_report()
    for goes_after in (0, 3, 8):
        away = Away(daybook.store, lambda goes_after=goes_after: len(receivers.log) > goes_after)  # type: ignore[misc]
        for kind in daybook.kinds(cast("Store", away)):
            for held in daybook.claim(kind.name):
                with suppress(Unavailable):
                    kind.step(held)
        daybook.clock.now += timedelta(minutes=10)
        daybook.store.reap(everything=True)  # the lease lapsed meanwhile
        let_pass(daybook.store, 400 * 86_400)
    daybook.work()
    assert Counter(daybook.statuses()) == {"DELIVERED": ended}
    tries = receivers.by_id()
    assert len(tries) == ended
    assert all(len({one.body for one in same}) == 1 for same in tries.values())
    assert len(receivers.log) - ended <= 3 * destination.calls


# Days of failures


@pytest.mark.requirement("R002-003")
def test_receivers_that_are_down_for_three_days_get_everything_without_anybodys_help(
    daybook: Daybook, receivers: Receivers
) -> None:
    """A thousand events, ten destinations, 72 hours: each is there within a step of the ladder of the recovery."""
    each = 100
    urls = [f"https://receiver-{n}.example/" for n in range(10)]
    for url in urls:
        daybook.subscribe(daybook.destination(url, calls=8), report_types=(url,))
        receivers.replies[url] = ErrorClass.REFUSED
    for url in urls:
        for _ in range(each):
            daybook.end_report(reportType=url)
    began = daybook.clock.now
    daybook.wait(hours=72)
    assert Counter(daybook.statuses()) == {"WAITING": 10 * each}
    receivers.replies.clear()
    daybook.wait(hours=24)
    assert Counter(daybook.statuses()) == {"DELIVERED": 10 * each}
    received = receivers.by_id()
    assert len(received) == 10 * each
    assert max(len(tries) for tries in received.values()) <= 11
    assert max(one.at for one in receivers.log) <= began + timedelta(hours=72) + max(LADDER)


def test_after_a_day_of_failures_one_warning_is_told_and_after_five_the_destination_is_disabled(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.REFUSED
    for _ in range(20):
        daybook.end_report()
    daybook.wait(hours=17)
    assert daybook.alerts(destination) == []
    daybook.wait(days=2)
    assert daybook.alerts(destination) == ["FAILING"]
    daybook.wait(days=2, hours=6)
    daybook.end_report()
    daybook.wait(hours=1)
    assert daybook.alerts(destination) == ["FAILING"]
    daybook.wait(days=1)
    daybook.end_report()
    daybook.wait(hours=1)
    assert daybook.alerts(destination) == ["FAILING", "INACTIVE"]
    disabled = daybook.fresh(destination)
    assert (disabled.status, disabled.reason) == (Status.INACTIVE, Reason.FAILING)


def test_the_clock_of_failures_is_in_the_database_and_a_success_stops_it(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = 500
    daybook.end_report()
    daybook.wait(hours=1)
    assert daybook.fresh(destination).failing_since is not None
    receivers.replies[destination.url] = 200
    daybook.wait(days=1)
    assert daybook.fresh(destination).failing_since is None


def test_only_attempts_that_have_ended_move_that_clock(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    daybook.clock.now += timedelta(days=6)
    daybook.wait(minutes=1)
    receivers.replies[destination.url] = 500
    daybook.end_report()
    daybook.work()
    assert daybook.alerts(destination) == []


def test_a_receiver_that_is_gone_is_sent_nothing_more(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = 410
    daybook.end_report()
    daybook.work()
    daybook.end_report()
    daybook.wait(days=3)
    assert len(receivers.log) == 1
    assert daybook.alerts(destination) == ["INACTIVE"]
    assert daybook.fresh(destination).reason is Reason.GONE
    assert daybook.statuses() == ["WAITING", "WAITING"]


def test_enabling_sends_what_waited_and_what_had_failed_meanwhile(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    daybook.work()
    receivers.replies[destination.url] = ErrorClass.REFUSED
    missed = [daybook.end_report() for _ in range(3)]
    daybook.wait(days=5)
    assert Counter(daybook.statuses()) == {"FAILED": 3, "DELIVERED": 1}
    missed.append(daybook.end_report())
    daybook.wait(minutes=1)
    assert daybook.alerts(destination) == ["FAILING", "INACTIVE"]
    missed.append(daybook.end_report())
    receivers.replies.clear()
    receivers.log.clear()
    daybook.wait(days=20)
    assert receivers.log == []
    daybook.store.do(lambda tx: destinations.enable(tx, tx.now, daybook.fresh(destination), "the test"))
    daybook.work()
    bodies = b" ".join(one.body for one in receivers.log)
    assert len(receivers.log) == len(missed)
    assert all(report.encode() in bodies for report in missed)
    assert Counter(daybook.statuses()) == {"DELIVERED": 6}


def test_five_days_of_failures_outlast_restarts_and_one_call_sends_what_was_missed(
    daybook: Daybook, receivers: Receivers, destination: Destination, database_url: str
) -> None:
    """The process is another one every hour, then every day; another destination hears of it, once for each cause."""
    watcher = daybook.destination("https://watcher.example/")
    for kind in ("DESTINATION_FAILING", "DESTINATION_DISABLED"):
        daybook.subscribe(watcher, resource="DESTINATIONS", event_type=kind, format="standard")
    receivers.replies[destination.url] = ErrorClass.REFUSED
    missed = [daybook.end_report()]
    for _ in range(5 * 24):
        daybook.wait(hours=1)
        daybook.restart(database_url)
    assert daybook.alerts(destination) == ["FAILING"]
    missed.append(daybook.end_report())
    daybook.wait(minutes=1)
    assert daybook.alerts(destination) == ["FAILING", "INACTIVE"]
    for _ in range(24):
        missed.append(daybook.end_report())
        daybook.wait(days=1)
        daybook.restart(database_url)
    heard = [json.loads(one.body)["type"] for one in receivers.log if one.url == watcher.url]
    assert heard == ["destination.failing", "destination.disabled"]
    receivers.replies.clear()
    receivers.log.clear()
    daybook.store.do(lambda tx: destinations.enable(tx, tx.now, daybook.fresh(destination), "the test"))
    daybook.work()
    assert sorted(json.loads(one.body)["payload"]["requestId"] for one in receivers.log) == sorted(missed)
    assert {one.status.value for one in daybook.deliveries()} == {"DELIVERED"}


def test_what_is_older_than_thirty_days_is_removed_with_its_attempts(
    daybook: Daybook, destination: Destination
) -> None:
    daybook.end_report()
    daybook.wait(days=1)
    daybook.end_report()
    daybook.work()
    old = daybook.deliveries()[-1]
    daybook.clock.now += KEEP.deliveries - timedelta(hours=1)
    before = ends(KEEP, daybook.clock.now)[Kind.DELIVERIES]
    removed = daybook.store.do(lambda tx: remove_gone(tx, Kind.DELIVERIES, before, 100))
    assert (removed, len(daybook.deliveries())) == (1, 1)
    assert attempts(daybook, old) == []


# Secrets


def test_while_a_rotation_lasts_both_secrets_verify_and_then_the_new_one_alone(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    new = new_secret(bytes)
    daybook.store.do(lambda tx: destinations.rotate(tx, tx.now, daybook.seal, destination, new, OVERLAP, "the test"))
    for _ in range(30):
        daybook.end_report()
        daybook.wait(hours=1)
    verified = [[verify([secret], one.headers, one.body, one.at) for secret in (SECRET, new)] for one in receivers.log]
    assert verified == [[True, True]] * 24 + [[False, True]] * 6


def test_what_waits_when_the_secret_is_rotated_is_signed_by_both_at_its_next_attempt(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.REFUSED
    daybook.end_report()
    daybook.work()
    new = new_secret(bytes)
    daybook.store.do(lambda tx: destinations.rotate(tx, tx.now, daybook.seal, destination, new, OVERLAP, "the test"))
    daybook.wait(days=3)
    tried = [(one.at, [verify([secret], one.headers, one.body, one.at) for secret in (SECRET, new)])
             for one in receivers.log]  # fmt: skip
    ends = tried[0][0] + OVERLAP
    assert tried[0][1] == [True, False]
    assert all(verified == [at < ends, True] for at, verified in tried[1:])
    assert {at < ends for at, _ in tried} == {True, False}


# Removal


def test_removing_a_destination_drops_what_waits_and_keeps_the_record(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    daybook.end_report()
    daybook.work()
    receivers.replies[destination.url] = 500
    daybook.end_report()
    daybook.work()
    daybook.store.do(lambda tx: destinations.remove(tx, tx.now, daybook.fresh(destination), "the test"))
    daybook.end_report()
    daybook.wait(days=3)
    assert daybook.statuses() == ["DROPPED", "DELIVERED"]
    with daybook.store.reading() as tx:
        assert tx.subscriptions(SELLER) == []
        assert find(tx, SELLER, daybook.deliveries()[0].delivery_id).attempts == 1


def in_flight(daybook: Daybook, receivers: Receivers, destination: Destination, *, lost: bool = False) -> Running:
    """A step that has sent one delivery, to a receiver that has not answered yet."""
    receivers.replies[destination.url] = None
    daybook.end_report()
    fan_out, sending = daybook.kinds()
    for held in daybook.claim(fan_out.name):
        fan_out.step(held)
    [held] = daybook.claim(DELIVERIES)
    return Running(sending.step, held, lost=lost)


def test_what_an_old_url_answers_does_not_disable_the_one_that_took_its_place(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    with in_flight(daybook, receivers, destination) as running:
        running.until(lambda: len(receivers.hanging) == 1)
        new = "https://new.example/hook"
        daybook.store.do(lambda tx: destinations.change(tx, tx.now, destination, "the test", url=new))
        receivers.hanging[0].set_result(receivers.answer(410))
    daybook.work()
    assert daybook.fresh(destination).status is Status.ACTIVE
    assert [one.url for one in receivers.log] == [destination.url, new]
    assert daybook.statuses() == ["DELIVERED"]


def test_another_url_begins_with_a_clean_slate(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    receivers.replies[destination.url] = ErrorClass.TIMEOUT
    daybook.end_report()
    daybook.wait(days=4, hours=23)
    failing = daybook.fresh(destination)
    assert failing.failing_since is not None
    new = "https://new.example/hook"
    receivers.replies[new] = ErrorClass.REFUSED
    daybook.store.do(lambda tx: destinations.change(tx, tx.now, failing, "the test", url=new))
    daybook.wait(hours=2)
    daybook.end_report()
    daybook.wait(hours=2)
    assert receivers.log[-1].url == new
    assert daybook.alerts(destination).count("INACTIVE") == 0
    assert daybook.fresh(destination).status is Status.ACTIVE


def test_a_destination_that_is_removed_while_a_delivery_is_in_flight_leaves_no_attempt_open(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    """Neither where the answer comes after all nor where the worker dies."""
    with in_flight(daybook, receivers, destination) as running:
        running.until(lambda: len(receivers.hanging) == 1)
        daybook.store.do(lambda tx: destinations.remove(tx, tx.now, daybook.fresh(destination), "the test"))
        receivers.hanging[0].set_result(receivers.answer(200))
    [delivery] = daybook.deliveries()
    [attempt] = attempts(daybook, delivery)
    assert (delivery.status, attempt.http_status) == ("DROPPED", 200)


def test_what_a_dead_worker_left_open_of_a_destination_that_was_removed_is_uncertain_and_not_sent_again(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    with in_flight(daybook, receivers, destination, lost=True) as running:
        running.until(lambda: len(receivers.hanging) == 1)
        daybook.store.do(lambda tx: destinations.remove(tx, tx.now, daybook.fresh(destination), "the test"))
        daybook.store.reap(everything=True)
        daybook.work()
        receivers.hanging[0].set_result(receivers.answer(200))
    [delivery] = daybook.deliveries()
    assert [one.error for one in attempts(daybook, delivery)] == ["uncertain"]
    assert (delivery.status, len(receivers.log)) == ("DROPPED", 1)


def test_what_somebody_else_replays_at_the_same_moment_loses_a_range_nothing_of_the_rest(
    daybook: Daybook, receivers: Receivers, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL two read the same page, and one of them moves a delivery first."""
    for _ in range(3):
        daybook.end_report()
    daybook.work()
    with daybook.store.reading() as tx:
        page = tx.delivery_page(SELLER, Search(statuses=(DeliveryStatus.DELIVERED,)), None)
    daybook.store.do(lambda tx: replay(tx, tx.now, page[1]))
    monkeypatch.setattr(Transaction, "delivery_page", lambda *_: page)
    replayed = daybook.store.do(lambda tx: replay_found(tx, tx.now, SELLER, Search(), None))
    with pytest.raises(Conflict, match="at the same moment"):
        daybook.store.do(lambda tx: replay(tx, tx.now, page[1]))
    monkeypatch.undo()
    daybook.work()
    assert replayed.deliveries == 2
    assert (len(receivers.log), daybook.statuses()) == (6, ["DELIVERED"] * 3)


def test_what_went_to_a_destination_that_was_removed_is_not_replayed_into_nowhere(
    daybook: Daybook, receivers: Receivers, destination: Destination
) -> None:
    other = daybook.destination("https://other.example/")
    daybook.subscribe(other)
    daybook.end_report()
    daybook.work()
    daybook.store.do(lambda tx: destinations.remove(tx, tx.now, daybook.fresh(destination), "the test"))
    [gone] = [one for one in daybook.deliveries() if one.destination_id == destination.destination_id]
    with pytest.raises(Conflict, match="removed"):
        daybook.store.do(lambda tx: replay(tx, tx.now, gone))
    replayed = daybook.store.do(
        lambda tx: replay_found(tx, tx.now, SELLER, Search(statuses=(DeliveryStatus.DELIVERED,)), None)
    )
    daybook.work()
    assert replayed.deliveries == 1
    assert [one.url for one in receivers.log[2:]] == [other.url]
    assert daybook.statuses() == ["DELIVERED", "DELIVERED"]
