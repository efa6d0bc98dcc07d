"""What a scenario says of a report: by the seed, the seller, the type and the report's number, and by nothing else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from daybook.accounts.sellers import add_seller
from daybook.kernel.clock import EPOCH
from daybook.kernel.errors import QuotaExceeded
from daybook.reports.reports import Report
from daybook.reports.scenarios.rules import Repeat, Rules
from daybook.reports.scenarios.scenario import (
    Calls,
    DocumentForm,
    Ending,
    ForcedAnswer,
    Quota,
    Scenario,
    Time,
    TooSoon,
)
from daybook.reports.scenarios.snapshot import Entry
from daybook.reports.status import Outcome, Status
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.documents.rows import DOCUMENT
from tests.report_types.catalogs import NOON, US
from tests.worker.watching import PROMPT

SELLER, TYPE = "A1SELLER", "GET_AFN_INVENTORY_DATA"
MINUTE = timedelta(minutes=1)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

# What seed 7 draws for this seller and type; any other figure is a change that operators would notice.
IN_QUEUE = [881, 560, 330, 205, 391, 99]
IN_PROGRESS = [194, 598, 35, 71, 100, 59]
SHARE = {6, 10, 12, 15, 17}


def report(number: int, created_at: datetime = NOON, **changes: Any) -> Report:
    """A report in the queue."""
    asked: dict[str, Any] = {
        "seller_id": SELLER,
        "report_id": f"{number:04}",
        "report_type": TYPE,
        "status": Status.IN_QUEUE,
        "marketplace_ids": (US,),
        "options": {},
        "data_start": created_at,
        "data_end": created_at,
        "created_at": created_at,
    }
    return Report(**(asked | changes))


def done(number: int, at: datetime, document_id: str = "D") -> Report:
    """A report that was made at once."""
    ended = {"status": Status.DONE, "outcome": Outcome.DATA, "started_at": at, "finished_at": at}
    return report(number, at, **ended, document_id=document_id)


@pytest.fixture
def tx(store: Store) -> Iterator[Transaction]:
    """A transaction in which there are two sellers."""
    with store.transaction() as tx:
        for seller_id in (SELLER, "A2SELLER"):
            add_seller(tx, NOON, seller_id, "Seller", (US,))
        yield tx


def rules(tx: Transaction, since: datetime = EPOCH, **parts: object) -> Rules:
    """The rules of a scenario with these parts."""
    return Rules(tx, Entry(Scenario(**parts), "1", since, "api"))  # type: ignore[arg-type]


def add(tx: Transaction, *reports: Report) -> None:
    for one in reports:
        tx.add_report(one)


def in_queue(said: Rules, reports: list[Report]) -> list[int]:
    """Seconds in the queue, for each."""
    return [round((said.begins_at(one) - one.created_at).total_seconds()) for one in reports]


# Times


def test_the_same_seed_gives_the_same_sequence_on_every_daybook(tx: Transaction) -> None:
    reports = [report(number, NOON + number * MINUTE) for number in range(6)]
    add(tx, *reports)
    said = rules(tx, seed=7, in_queue=Time(between=(0, 1000)), in_progress=Time(median=180, sigma=1))
    assert in_queue(said, reports) == IN_QUEUE
    ends = [round((said.ends_at(one) - one.created_at).total_seconds()) for one in reports]
    assert ends == IN_PROGRESS


def test_another_seed_seller_or_type_gives_another_sequence(tx: Transaction) -> None:
    time = Time(between=(0, 1000))
    others = [report(1), report(2, seller_id="A2SELLER"), report(3, report_type="GET_SELLER_FEEDBACK_DATA")]
    add(tx, *others)
    drawn = in_queue(rules(tx, seed=7, in_queue=time), others) + in_queue(rules(tx, seed=8, in_queue=time), others[:1])
    assert len(set(drawn)) == 4


def test_the_sequence_begins_anew_when_the_scenario_is_put_again(tx: Transaction) -> None:
    reports = [report(number, NOON + number * MINUTE) for number in range(6)]
    add(tx, *reports)
    said = rules(tx, since=NOON + 3 * MINUTE, seed=7, in_queue=Time(between=(0, 1000)))
    assert in_queue(said, reports[3:]) == IN_QUEUE[:3]


def test_a_time_that_is_fixed_is_that_time(tx: Transaction) -> None:
    add(tx, report(1))
    assert in_queue(rules(tx, in_queue=30.0), [report(1)]) == [30]


def test_progress_counts_from_the_start_so_a_restart_changes_nothing(tx: Transaction) -> None:
    begun = report(1, status=Status.IN_PROGRESS, started_at=NOON + 5 * MINUTE)
    assert rules(tx, in_progress=60.0).ends_at(begun) == NOON + 6 * MINUTE


# Too soon, and quotas


def test_requests_within_the_minutes_escalate(tx: Transaction) -> None:
    reports = [report(number, NOON + number * MINUTE) for number in range(4)]
    add(tx, *reports)
    said = rules(tx, too_soon=TooSoon(minutes=3))
    assert [said.repeat(one) for one in reports] == [None, Repeat.CANCELLED, Repeat.FATAL, Repeat.FATAL]
    with pytest.raises(QuotaExceeded):
        said.require_admissible(NOON + 3 * MINUTE, SELLER, TYPE)
    said.require_admissible(NOON + 4 * MINUTE, SELLER, TYPE)
    said.require_admissible(NOON + 3 * MINUTE, "A2SELLER", TYPE)
    said.require_admissible(NOON + 3 * MINUTE, SELLER, "GET_SELLER_FEEDBACK_DATA")


def test_exactly_the_minutes_later_is_not_too_soon(tx: Transaction) -> None:
    first, second = report(1), report(2, NOON + 3 * MINUTE)
    add(tx, first, second)
    assert rules(tx, too_soon=TooSoon(minutes=3)).repeat(second) is None
    assert rules(tx, too_soon=TooSoon(minutes=3.001)).repeat(second) is Repeat.CANCELLED


@pytest.mark.parametrize(
    ("quota", "minute", "admitted"),
    [
        (Quota(requests=3, minutes=10), 3, True),
        (Quota(requests=2, minutes=10), 3, False),
        (Quota(requests=2, minutes=10), 10, True),
        (Quota(per_day=3), 3, True),
        (Quota(per_day=2), 3, False),
        (Quota(per_day=2), 12 * 60 - 1, False),
        (Quota(per_day=2), 12 * 60, True),
    ],
)
def test_a_quota_counts_the_requests_of_its_time(tx: Transaction, quota: Quota, minute: int, admitted: bool) -> None:
    add(tx, report(1, NOON), report(2, NOON + MINUTE))
    said, at = rules(tx, quota=quota), NOON + minute * MINUTE
    if admitted:
        said.require_admissible(at, SELLER, TYPE)
    else:
        with pytest.raises(QuotaExceeded):
            said.require_admissible(at, SELLER, TYPE)


def test_of_two_requests_at_the_same_time_a_quota_of_one_admits_one(postgres_store: Store, postgres_url: str) -> None:
    """The second waits until the first has ended, and counts it."""

    def ask(tx: Transaction, number: int) -> None:
        rules(tx, quota=Quota(per_day=1)).require_admissible(NOON, SELLER, TYPE)
        add(tx, report(number))

    with postgres_store.transaction() as tx:
        add_seller(tx, NOON, SELLER, "Seller", (US,))
    with psycopg.connect(postgres_url, autocommit=True) as watcher, ThreadPoolExecutor(1) as pool:
        with postgres_store.transaction() as tx:
            ask(tx, 1)
            second = pool.submit(postgres_store.do, partial(ask, number=2))
            while not second.done() and watcher.execute(WAITING).fetchone() == (0,):
                pass
        with pytest.raises(QuotaExceeded):
            second.result(PROMPT)


# Endings, answers, shared documents


def test_the_first_ending_that_holds_is_the_reports(tx: Transaction) -> None:
    reports = [report(number, NOON + number * MINUTE) for number in range(4)]
    add(tx, *reports)
    fatal, cancelled = Ending(status="FATAL", first=1), Ending(status="CANCELLED", first=3)
    said = rules(tx, endings=(fatal, cancelled))
    assert [said.ending(one) for one in reports] == [fatal, cancelled, cancelled, None]
    assert rules(tx).ending(reports[0]) is None


def test_calls_are_counted_for_each_operation_and_seller(tx: Transaction) -> None:
    answers = (
        ForcedAnswer(operation="getReport", status=500, first=1),
        ForcedAnswer(operation="getReport", status=503, first=2),
        ForcedAnswer(operation="getReports", status=429),
    )
    said = rules(tx, answers=answers)
    calls = ["getReport", "getReports", "getReport", "getReport", "getReports", "createReport"]
    statuses = [answer.status if answer else 200 for answer in (said.forced(name, SELLER) for name in calls)]
    assert statuses == [500, 429, 503, 200, 429, 200]
    other = said.forced("getReport", "A2SELLER")
    assert other is not None
    assert other.status == 500


def test_a_share_of_what_is_counted_is_drawn_by_the_seed(tx: Transaction) -> None:
    rule = Calls(share=0.3)
    chosen = [rules(tx, seed=7).counted((rule,), "link D", SELLER) is rule for _ in range(20)]
    assert chosen == [number in SHARE for number in range(1, 21)]


def test_a_document_is_shared_by_requests_that_are_nearly_the_same(tx: Transaction) -> None:
    add(tx, done(1, NOON))
    keep_document(tx, "D")
    said, near = rules(tx, document=DocumentForm(shared_seconds=3600)), NOON + 59 * MINUTE
    assert said.shared_document(report(2, near)) == "D"
    assert said.shared_document(report(2, NOON + 60 * MINUTE)) is None
    assert said.shared_document(report(2, near, options={"custom": "true"})) is None
    assert said.shared_document(report(2, near, marketplace_ids=(US, "A1PA6795UKMFR9"))) is None
    assert said.shared_document(report(2, near, data_start=NOON - 60 * MINUTE)) is None
    assert said.shared_document(report(2, near, seller_id="A2SELLER")) is None
    assert rules(tx).shared_document(report(2, near)) is None


def test_a_document_is_not_shared_from_one_to_the_next_for_ever(tx: Transaction) -> None:
    add(tx, done(1, NOON), done(2, NOON + 50 * MINUTE))
    keep_document(tx, "D")
    said = rules(tx, document=DocumentForm(shared_seconds=3600))
    assert said.shared_document(report(3, NOON + 70 * MINUTE)) is None


def keep_document(tx: Transaction, document_id: str) -> None:
    """A document that was made at noon."""
    tx.add_document(replace(DOCUMENT, seller_id=SELLER, document_id=document_id, created_at=NOON))
