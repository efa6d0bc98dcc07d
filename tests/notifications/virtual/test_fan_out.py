"""The fan-out: every line of the ledger that is news becomes each delivery that it should, once."""

import json
import threading
from datetime import timedelta
from functools import partial

import pytest

from daybook.activity import Event
from daybook.lanes import LaneLost
from daybook.notifications.fan_out import AT_ONCE, FAN_OUT
from daybook.notifications.status import Status
from daybook.notifications.subscriptions import change
from daybook.reports import reports
from daybook.reports.report_types import report_types
from daybook.reports.reports import Ask
from daybook.stalled import Silence, Stuck, tell
from tests.notifications.virtual.daybooks import LISTINGS, SELLER, START, US, Daybook, Receivers


def told(receivers: Receivers) -> list[str]:
    """Which reports the receivers were told of."""
    return [json.loads(one.body)["payload"]["requestId"] for one in receivers.log]


@pytest.mark.requirement("R002-001", "R002-002", "R002-003", "R002-004", "R002-005", "R002-006")
def test_a_report_that_ends_reaches_the_url_that_the_seller_has_set(daybook: Daybook, receivers: Receivers) -> None:
    destination = daybook.destination("https://shop.example/news")
    subscription = daybook.subscribe(destination, resource="REPORTS", event_type="REPORT_STATUS", version="V1")
    done = daybook.end_report("DONE")
    failed = daybook.end_report("FATAL", "failed")
    daybook.work()
    assert [one.url for one in receivers.log] == ["https://shop.example/news"] * 2
    payloads = {json.loads(one.body)["payload"]["requestId"]: json.loads(one.body) for one in receivers.log}
    assert payloads[done]["payload"]["requestStatus"] == "READY"
    assert payloads[failed]["payload"]["requestStatus"] == "ERROR"
    assert {body["source"]["eventType"] for body in payloads.values()} == {"REPORT_STATUS"}
    assert (subscription.kind.resource, subscription.event_type) == ("REPORTS", "REPORT_STATUS")
    assert daybook.statuses() == ["DELIVERED", "DELIVERED"]


def test_nothing_is_noted_for_a_seller_whom_nobody_listens_to(daybook: Daybook) -> None:
    daybook.end_report()
    assert daybook.claim(FAN_OUT) == []
    with daybook.store.reading() as tx:
        assert tx.untold_events(SELLER, 10) == []


def test_lines_that_are_no_news_are_not_noted(daybook: Daybook) -> None:
    daybook.subscribe(daybook.destination())
    begun = Event(SELLER, "report", "R1", "IN_QUEUE", "IN_PROGRESS", "worker", {}, START)
    daybook.store.do(lambda tx: tx.add_event(begun))
    assert daybook.claim(FAN_OUT) == []


@pytest.mark.requirement("R002-026", "R002-027", "R002-029")
def test_events_of_one_report_that_conflict_are_all_told_and_numbered(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination(), format="standard")
    for status in ("DONE", "FATAL", "DONE"):
        daybook.reports = 0
        daybook.end_report(status)
    daybook.work()
    bodies = [json.loads(one.body)["data"] for one in receivers.log]
    assert [(body["processingStatus"], body["sequence"]) for body in bodies] == [("DONE", 1), ("FATAL", 2), ("DONE", 3)]
    assert [one.headers["x-daybook-sequence"] for one in receivers.log] == ["1", "2", "3"]
    assert len({one.id for one in receivers.log}) == 3


def test_a_subscription_tells_what_its_filters_let_through(daybook: Daybook, receivers: Receivers) -> None:
    every, some, none = (daybook.destination(f"https://{name}.example/") for name in ("every", "some", "none"))
    daybook.subscribe(every)
    daybook.subscribe(some, report_types=(LISTINGS,), statuses=("FATAL", "CANCELLED"))
    daybook.subscribe(none, report_types=("GET_OTHER",))
    daybook.end_report("DONE")
    daybook.end_report("FATAL", "failed")
    daybook.end_report("CANCELLED", "no_data")
    daybook.work()
    urls = [one.url for one in receivers.log]
    assert (urls.count(every.url), urls.count(some.url), urls.count(none.url)) == (3, 2, 0)


def test_a_format_that_says_nothing_of_an_event_makes_no_delivery(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination())
    daybook.subscribe(daybook.destination("https://amazon.example/"), format="amazon")
    daybook.end_report("CANCELLED", "cancelled_by_request")
    daybook.work()
    assert [one.url for one in receivers.log] == ["https://amazon.example/"]


def test_a_subscription_that_is_inactive_makes_no_delivery(daybook: Daybook, receivers: Receivers) -> None:
    subscription = daybook.subscribe(daybook.destination())
    daybook.end_report()
    daybook.store.do(lambda tx: change(tx, tx.now, subscription, "the test", status=Status.INACTIVE))
    daybook.work()
    assert receivers.log == []


def test_another_sellers_reports_are_not_told(daybook: Daybook, receivers: Receivers) -> None:
    daybook.begin("A2OTHER")
    daybook.subscribe(daybook.destination(seller_id="A2OTHER"))
    daybook.subscribe(daybook.destination("https://mine.example/"))
    daybook.end_report(seller_id="A2OTHER")
    daybook.work()
    assert [one.url for one in receivers.log] == ["https://one.example/hook"]
    assert daybook.deliveries() == []


def test_more_than_one_step_takes_is_fanned_out_in_the_ledgers_order(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination(calls=1))
    ended = [daybook.end_report() for _ in range(AT_ONCE + 5)]
    daybook.work()
    assert told(receivers) == ended


@pytest.mark.requirement("R002-025")
def test_the_same_news_fanned_out_many_times_makes_one_delivery(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination())
    daybook.end_report()
    [held] = daybook.claim(FAN_OUT)
    step = daybook.kinds()[0].step
    lost = []

    def run() -> None:
        try:
            step(held)
        except LaneLost as error:
            lost.append(error)

    threads = [threading.Thread(target=run) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    daybook.work()
    assert (len(lost), len(daybook.deliveries()), len(receivers.log)) == (49, 1, 1)


def test_a_report_that_fifty_end_at_the_same_time_is_told_of_once(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination())
    asked = Ask(SELLER, LISTINGS, (US,), {})
    queued = daybook.store.do(lambda tx: reports.request(tx, tx.now, daybook.ids, report_types(), asked))
    lane = reports.production_lane(SELLER, LISTINGS)
    report = daybook.store.do(lambda tx: reports.begin(tx, tx.now, lane, "worker"))
    assert report is not None
    ended: list[reports.Report | None] = []

    def end() -> None:
        ended.append(daybook.store.do(lambda tx: reports.finish_without_data(tx, tx.now, report, "none", "worker")))

    threads = [threading.Thread(target=end) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    daybook.work()
    assert (len(ended), ended.count(None)) == (50, 49)
    assert told(receivers) == [queued.report_id]


def test_a_line_that_commits_after_later_ones_is_told_too(
    postgres_url: str, daybook: Daybook, receivers: Receivers
) -> None:
    """Whatever numbers the ledger gives to lines that are written at the same time."""
    if daybook.store.engine.dialect.name == "sqlite":
        pytest.skip("there is one writer")
    daybook.subscribe(daybook.destination())
    first = Event(SELLER, "report", "EARLY", "IN_PROGRESS", "DONE", "worker", {}, START)
    with daybook.store.transaction() as tx:
        tx.add_event(first)
        late = daybook.end_report()
        daybook.work()
        assert told(receivers) == [late]
    daybook.work()
    assert told(receivers) == [late, "EARLY"]


def test_what_a_step_that_was_undone_had_made_is_made_by_the_next(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination())
    report = daybook.end_report()
    [stale] = daybook.claim(FAN_OUT)
    daybook.store.reap(everything=True)
    with pytest.raises(LaneLost):
        daybook.kinds()[0].step(stale)
    assert daybook.deliveries() == []
    daybook.work()
    assert told(receivers) == [report]


def test_schedules_that_fire_and_destinations_that_fail_are_told_to_who_asks(
    daybook: Daybook, receivers: Receivers
) -> None:
    alerts = daybook.destination("https://alerts.example/")
    for event_type in ("SCHEDULE_FIRED", "BATCH_FINISHED", "DESTINATION_FAILING", "DESTINATION_DISABLED"):
        daybook.subscribe(alerts, event_type=event_type, format="standard")
    fired = Event(SELLER, "schedule", "S1", "LIVE", "LIVE", "schedules lane", {"reportId": "R9", "slot": 4}, START)
    daybook.store.do(lambda tx: tx.add_event(fired))
    daybook.work()
    body = json.loads(receivers.log[0].body)
    assert (body["type"], body["data"]["resourceId"], body["data"]["reportId"]) == ("schedule.fired", "S1", "R9")
    ended = Event(SELLER, "batch", "B1", "running", "ended", "sending lane", {}, START)
    daybook.store.do(lambda tx: tx.add_event(ended))
    daybook.work()
    body = json.loads(receivers.log[1].body)
    assert (body["type"], body["data"]["resource"], body["data"]["resourceId"]) == ("batch.finished", "BATCHES", "B1")
    other = daybook.destination("https://gone.example/")
    daybook.subscribe(other)
    daybook.subscribe(other, event_type="DESTINATION_DISABLED", format="standard")
    receivers.replies[other.url] = 410
    daybook.end_report()
    daybook.wait(minutes=1)
    kinds = [json.loads(one.body).get("type") for one in receivers.log if one.url == alerts.url]
    assert kinds == ["schedule.fired", "batch.finished", "destination.disabled"]
    assert [one.url for one in receivers.log].count(other.url) == 1  # never told of itself


@pytest.mark.requirement("X-03")
def test_a_batch_and_a_report_that_stand_still_are_the_same_alert(daybook: Daybook, receivers: Receivers) -> None:
    alerts = daybook.destination("https://alerts.example/")
    for event_type in ("BATCH_STALLED", "REPORT_STALLED"):
        daybook.subscribe(alerts, event_type=event_type, format="standard")
    silence = Silence(START, timedelta(hours=3))
    for stuck in (Stuck(SELLER, "batch", "B1", "running"), Stuck(SELLER, "report", "R1", "IN_PROGRESS")):
        daybook.store.do(partial(tell, now=START, stuck=stuck, silence=silence))
    daybook.work()

    bodies = [json.loads(one.body) for one in receivers.log]

    kinds = {(body["type"], body["data"].pop("resource"), body["data"].pop("resourceId")) for body in bodies}
    assert kinds == {("batch.stalled", "BATCHES", "B1"), ("report.stalled", "REPORTS", "R1")}
    same = {"sellerId": SELLER, "sequence": 1, "lastProgress": START.isoformat(), "mayLastSeconds": 10_800.0}
    assert [body["data"] for body in bodies] == [same, same]


def test_events_of_before_a_subscription_are_not_sent_to_it(daybook: Daybook, receivers: Receivers) -> None:
    daybook.subscribe(daybook.destination("https://old.example/"))
    daybook.end_report()
    daybook.clock.now += timedelta(seconds=1)
    daybook.subscribe(daybook.destination("https://new.example/"))
    daybook.work()
    assert [one.url for one in receivers.log] == ["https://old.example/"]
