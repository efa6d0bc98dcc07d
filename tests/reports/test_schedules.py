"""A schedule's reports follow each other whatever happens; two requests at once leave one schedule."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.activity import Event
from daybook.kernel.errors import InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, WorkClass
from daybook.reports import reports
from daybook.reports.periods import Period, latest_slot, slot
from daybook.reports.report_types import report_types
from daybook.reports.reports import Ask, Report, production_lane
from daybook.reports.schedules import Plan, Schedule, create, fire_due
from daybook.reports.status import Status
from daybook.store.store import Store

SELLER, OTHER = "A1SELLER", "A2SELLER"
US, CA = MARKETPLACES["US"], MARKETPLACES["CA"]
FAULTY, ALL = "GET_MERCHANTS_LISTINGS_FYP_REPORT", "GET_MERCHANT_LISTINGS_ALL_DATA"
IDS, TYPES = Ids(), report_types()
START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


class Book:
    """One schedule in memory, and the reports that it makes."""

    def __init__(self, period: Period) -> None:
        first = slot(START, period, 1)
        self.schedule = Schedule(
            SELLER, "1", FAULTY, FAULTY, (US,), {}, period, START, first, covered_until=START, created_at=START
        )
        self.reports: list[Report] = []

    def schedules_due(self, seller_id: str, now: datetime, limit: int) -> list[Schedule]:
        return [self.schedule] if self.schedule.next_at <= now else []

    def move_schedule(self, schedule: Schedule, next_at: datetime, covered_until: datetime) -> bool:
        if schedule.next_at != self.schedule.next_at:
            return False
        self.schedule = replace(self.schedule, next_at=next_at, covered_until=covered_until)
        return True

    def schedule_next_due(self, seller_id: str) -> datetime:
        return self.schedule.next_at

    def add_report(self, report: Report) -> None:
        self.reports.append(report)

    def add_event(self, told: Event) -> None: ...

    def wake(self, lane: Lane, work_class: WorkClass, delay: float = 0.0) -> None: ...


LOOKS = st.lists(st.timedeltas(timedelta(0), timedelta(days=40)), max_size=12)


@pytest.mark.requirement("R004-275", "R001-021")
@settings(deadline=None)
@given(period=st.sampled_from(Period), waits=LOOKS)
def test_reports_cover_the_time_without_gap_or_overlap_whenever_somebody_looks(
    period: Period, waits: list[timedelta]
) -> None:
    book, now = Book(period), START
    for wait in waits:
        now += wait
        before = len(book.reports)
        seconds = fire_due(book, now, IDS, SELLER)  # type: ignore[arg-type]  # it has what firing uses
        assert len(book.reports) - before in (0, 1)  # after downtime one report, not a flood
        assert seconds == (book.schedule.next_at - now).total_seconds()
        assert book.schedule.covered_until <= now < book.schedule.next_at
    edges = [START, *(report.data_end for report in book.reports)]
    assert [report.data_start for report in book.reports] == edges[:-1]
    assert edges == sorted(set(edges))
    assert [slot(START, period, latest_slot(START, period, edge)) for edge in edges] == edges


# On both databases


@pytest.fixture
def sold(store: Store) -> Store:
    """A store with two sellers."""
    with store.transaction() as tx:
        for seller_id in (SELLER, OTHER):
            add_seller(tx, tx.now, seller_id, seller_id, (US, CA))
    return store


def at_once(store: Store, *work: Callable[[], object]) -> list[object]:
    """What each of the verbs, begun in the same moment, answers or raises."""
    barrier = Barrier(len(work))

    def run(verb: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return verb()
        except (InvalidInput, NotFound) as error:
            return type(error)

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(run, work))


@pytest.mark.requirement("R004-116", "R004-117")
def test_of_schedules_made_at_once_one_is_left(sold: Store) -> None:
    def make(period: Period) -> Callable[[], object]:
        plan = Plan(SELLER, FAULTY, (CA, US) if period is Period.P1D else (US, CA), {}, period)
        return lambda: sold.do(lambda tx: create(tx, tx.now, IDS, TYPES, plan))

    made = at_once(sold, *(make(period) for period in (Period.P1D, Period.PT1H, Period.P7D, Period.P30D)))
    with sold.reading() as tx:
        [left] = tx.schedules(SELLER, (FAULTY,))
    assert left in made
    assert len(made) == 4


def test_of_a_cancellation_and_a_start_at_once_one_wins(sold: Store) -> None:
    """Whoever was first: a report that was started is not cancelled, and one that was cancelled is never started."""
    for _ in range(8):
        report = sold.do(lambda tx: reports.request(tx, tx.now, IDS, TYPES, Ask(SELLER, ALL, (US,), {})))
        cancelled, begun = at_once(sold, partial(cancel, sold, report.report_id), partial(begin, sold))
        with sold.reading() as tx:
            now = reports.find(tx, tx.now, SELLER, report.report_id)
        if now.status is Status.CANCELLED:
            assert (isinstance(cancelled, Report), begun) == (True, None)
        else:
            assert (cancelled, isinstance(begun, Report)) == (InvalidInput, True)
            with sold.transaction() as tx:
                reports.finish_without_data(tx, tx.now, now, "", "a worker")


def cancel(store: Store, report_id: str) -> Report:
    return store.do(lambda tx: reports.cancel(tx, tx.now, SELLER, report_id, "a test"))


def begin(store: Store) -> Report | None:
    return store.do(lambda tx: reports.begin(tx, tx.now, production_lane(SELLER, ALL), "a worker"))
