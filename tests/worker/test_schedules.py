"""The step of a schedules lane, in virtual time, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from daybook.kernel.ids import Ids
from daybook.lanes import LEASE, Held, LaneLost, WorkClass
from daybook.reports.pages import Filters
from daybook.reports.periods import Period
from daybook.reports.report_types import report_types
from daybook.reports.reports import PRODUCTION, Report
from daybook.reports.schedules import FIRED_IN_ONE_STEP, SCHEDULES, Plan, Schedule, cancel, create
from daybook.reports.status import Status
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.schedules import schedules_step
from tests.databases import let_pass, next_due
from tests.report_types.catalogs import CA, SELLER, US, stock

TYPE = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
IDS, TYPES = Ids(), report_types()
START = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """Stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def stage(database_url: str, clock: Clock) -> Iterator[Store]:
    """A store in virtual time, with a seller."""
    store = open_store(database_url, clock)
    stock(store)
    yield store
    store.close()


def plan(store: Store, period: Period, next_at: datetime | None = None, *marketplace_ids: str) -> Schedule:
    with store.transaction() as tx:
        asked = Plan(SELLER, TYPE, marketplace_ids or (US,), {"custom": "true"}, period, next_at, "client-1")
        return create(tx, tx.now, IDS, TYPES, asked)


def claimed(store: Store) -> Held:
    """The seller's schedules lane: PostgreSQL has a clock of its own, so it is made due."""
    let_pass(store, 400 * 86400)
    [held] = store.claim("a worker", WorkClass.NORMAL, [SCHEDULES], 1, LEASE)
    return held


def fire(store: Store) -> None:
    schedules_step(store, IDS)(claimed(store))


def reports(store: Store) -> list[Report]:
    """All that there are, the oldest first."""
    every = Filters((TYPE,), (), (), datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC), 1000)
    with store.reading() as tx:
        return tx.report_page(SELLER, every, None)[::-1]


def ranges(store: Store) -> list[tuple[datetime, datetime]]:
    return [(report.data_start, report.data_end) for report in reports(store)]


def next_in(store: Store) -> float:
    """Seconds until the schedules lane is due."""
    seconds = next_due(store, WorkClass.NORMAL, [SCHEDULES])
    assert seconds is not None
    return seconds


@pytest.mark.requirement("R004-202")
def test_a_slot_makes_one_report_that_names_its_schedule(stage: Store, clock: Clock) -> None:
    schedule = plan(stage, Period.PT1H)
    clock.now = START + HOUR

    fire(stage)

    [report] = reports(stage)
    assert (report.schedule_id, report.report_type, report.status) == (schedule.schedule_id, TYPE, Status.IN_QUEUE)
    assert (report.options, report.marketplace_ids, report.client_id) == ({"custom": "true"}, (US,), "client-1")
    assert (report.data_start, report.data_end) == (START, START + HOUR)
    assert next_in(stage) == pytest.approx(3600, abs=60)


def test_a_report_of_a_schedule_wakes_its_production(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT1H)
    clock.now = START + HOUR

    fire(stage)

    let_pass(stage, 1)
    assert len(stage.claim("a worker", WorkClass.NORMAL, [PRODUCTION], 9, LEASE)) == 1


def test_a_step_before_the_time_makes_nothing(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT1H)
    clock.now = START + timedelta(minutes=59)

    fire(stage)

    assert reports(stage) == []
    assert next_in(stage) == pytest.approx(60, abs=30)


def test_a_step_that_is_run_again_makes_no_second_report(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT1H)
    clock.now = START + HOUR

    fire(stage)
    fire(stage)

    assert len(reports(stage)) == 1


def test_reports_follow_each_other_without_gap_or_overlap(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT15M, START)
    quarter = timedelta(minutes=15)
    for number in range(8):
        clock.now = START + number * quarter + timedelta(seconds=number)  # a step is always a little late
        fire(stage)

    assert ranges(stage) == [(START + (number - 1) * quarter, START + number * quarter) for number in range(8)]


def test_after_downtime_one_report_covers_all_that_was_missed(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT1H, START)
    fire(stage)
    clock.now = START + 49 * HOUR + timedelta(minutes=20)

    fire(stage)

    assert ranges(stage) == [(START - HOUR, START), (START, START + 49 * HOUR)]
    assert next_in(stage) == pytest.approx(40 * 60, abs=60)


@pytest.mark.requirement("R004-142")
def test_a_cancelled_schedule_makes_no_further_report_and_its_reports_stay(stage: Store, clock: Clock) -> None:
    schedule = plan(stage, Period.PT1H, START)
    fire(stage)
    with stage.transaction() as tx:
        cancel(tx, tx.now, SELLER, schedule.schedule_id, "application X")
    clock.now = START + 10 * HOUR

    fire(stage)

    assert ranges(stage) == [(START - HOUR, START)]
    assert next_due(stage, WorkClass.NORMAL, [SCHEDULES]) is None


@pytest.mark.requirement("R004-275")
def test_a_calendar_month_ends_with_the_month_and_thirty_days_do_not(stage: Store, clock: Clock) -> None:
    plan(stage, Period.P1M, START)
    plan(stage, Period.P30D, START, CA)
    ends: dict[str, list[str]] = {US: [], CA: []}
    for day in range(90):
        clock.now = START + timedelta(days=day)
        fire(stage)

    for report in reports(stage):
        ends[report.marketplace_ids[0]].append(f"{report.data_end:%m-%d}")

    assert ends == {US: ["01-31", "02-28", "03-31", "04-30"], CA: ["01-31", "03-02", "04-01"]}


def test_a_worker_that_lost_the_lane_makes_no_report(stage: Store, clock: Clock) -> None:
    plan(stage, Period.PT1H, START)
    stale = claimed(stage)
    stage.reap(everything=True)

    with pytest.raises(LaneLost):
        schedules_step(stage, IDS)(stale)

    assert reports(stage) == []
    fire(stage)
    assert len(reports(stage)) == 1


def test_more_schedules_than_a_step_takes_are_fired_by_the_next(stage: Store, clock: Clock) -> None:
    many = FIRED_IN_ONE_STEP + 5
    with stage.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM seller_marketplace")
        for number in range(many):
            tx.connection.exec_driver_sql(
                f"INSERT INTO seller_marketplace (seller_id, marketplace_id) VALUES ('{SELLER}', 'M{number}')"
            )
    for number in range(many):
        plan(stage, Period.PT1H, START, f"M{number}")

    fire(stage)
    assert len(reports(stage)) == FIRED_IN_ONE_STEP
    assert next_in(stage) <= 0
    fire(stage)

    assert {report.marketplace_ids for report in reports(stage)} == {(f"M{number}",) for number in range(many)}
    assert len(reports(stage)) == many
