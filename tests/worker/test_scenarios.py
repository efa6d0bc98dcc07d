"""The lane of the scenarios, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.kernel.ids import Ids
from daybook.lanes import LEASE, Held, WorkClass
from daybook.reports.report_types import report_types
from daybook.reports.reports import PRODUCTION, Report, production_lane
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.file import ScenarioFile
from daybook.reports.scenarios.putting import SCENARIOS, put, remove
from daybook.reports.scenarios.scenario import OtherApplication, Scenario
from daybook.reports.status import Status
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.scenarios import ANOTHER, FILE_LOOKED_AT_EVERY, scenarios_step, wake_scenarios
from tests.api.serving import ManualClock
from tests.databases import let_pass, next_due
from tests.report_types.catalogs import CA, OTHER_SELLER, SELLER, US, stock

STOCK, FEES = "GET_AFN_INVENTORY_DATA", "GET_FBA_STORAGE_FEE_CHARGES_DATA"
EVERY_TEN_MINUTES = OtherApplication(every_minutes=10)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(database_url: str, clock: ManualClock) -> Iterator[Store]:
    """The test's database with two sellers, by a clock that the test moves."""
    store = open_store(database_url, clock)
    stock(store)
    yield store
    store.close()


def claim(store: Store) -> Held:
    let_pass(store, 400 * 86400)  # PostgreSQL has a clock of its own
    [held] = [held for work in WorkClass for held in store.claim("W", work, [SCENARIOS], 1, LEASE)]
    return held


def look(store: Store, scenarios: Scenarios | None = None) -> float | None:
    """One step; seconds until the next, None where there is none."""
    with store.transaction() as tx:
        wake_scenarios(tx)
    scenarios_step(store, scenarios or Scenarios(), Ids())(claim(store))
    dues = [next_due(store, work, [SCENARIOS]) for work in WorkClass]
    return next((due for due in dues if due is not None), None)


def hold(store: Store, scenario: Scenario) -> None:
    with store.transaction() as tx:
        put(tx, tx.now, scenario, "application X")


def asked(store: Store, seller_id: str = SELLER, report_type: str = STOCK) -> list[Report]:
    """The reports in the queue."""
    with store.reading() as tx:
        report = tx.report_next_in_queue(seller_id, report_type)
        return [report] * tx.reports_made(seller_id, report_type, report.created_at) if report else []


def test_without_scenarios_the_lane_sleeps(store: Store) -> None:
    assert look(store) is None


def test_it_is_woken_by_whoever_puts_or_removes_one(store: Store) -> None:
    hold(store, Scenario())
    scenarios_step(store, Scenarios(), Ids())(claim(store))
    with store.transaction() as tx:
        remove(tx, tx.now, ("*", "*"), "application X")
    claim(store)


def test_another_application_asks_for_the_sellers_marketplaces(store: Store) -> None:
    hold(store, Scenario(seller_id=SELLER, report_type=STOCK, other_application=EVERY_TEN_MINUTES))
    assert look(store) == pytest.approx(600, abs=1)
    [report] = asked(store)
    assert (report.client_id, report.status, set(report.marketplace_ids)) == (ANOTHER, Status.IN_QUEUE, {US, CA})
    assert asked(store, OTHER_SELLER) == []
    with store.reading() as tx:
        [event] = tx.events_of(SELLER, "report", report.report_id)
    assert event.actor == f"application {ANOTHER}"


def test_each_time_is_asked_for_once_however_often_the_lane_looks(store: Store, clock: ManualClock) -> None:
    hold(store, Scenario(report_type=STOCK, other_application=EVERY_TEN_MINUTES))
    counts = []
    for minutes in (0, 0, 9.9, 0.1, 0):
        clock.advance(minutes=minutes)
        look(store)
        counts.append((len(asked(store)), len(asked(store, OTHER_SELLER))))
    assert counts == [(1, 1), (1, 1), (1, 1), (2, 2), (2, 2)]


def test_after_a_downtime_it_is_asked_for_once(store: Store, clock: ManualClock) -> None:
    hold(store, Scenario(report_type=STOCK, other_application=EVERY_TEN_MINUTES))
    look(store)
    clock.advance(hours=5)
    assert look(store) == pytest.approx(600, abs=1)
    assert len(asked(store)) == 2


def test_the_next_step_is_at_the_soonest_of_all(store: Store, clock: ManualClock) -> None:
    hold(store, Scenario(report_type=STOCK, other_application=EVERY_TEN_MINUTES))
    look(store)
    clock.advance(minutes=4)
    hold(store, Scenario(report_type=FEES, other_application=OtherApplication(every_minutes=7)))
    assert look(store) == pytest.approx(360, abs=1)


def test_a_scenario_of_the_sellers_own_takes_the_place_of_the_types(store: Store) -> None:
    hold(store, Scenario(report_type=STOCK, other_application=EVERY_TEN_MINUTES))
    hold(store, Scenario(seller_id=SELLER, report_type=STOCK))
    look(store)
    assert (len(asked(store)), len(asked(store, OTHER_SELLER))) == (0, 1)


def test_a_type_that_nobody_may_request_can_be_asked_for_by_others(store: Store) -> None:
    settlement = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
    hold(store, Scenario(report_type=settlement, other_application=EVERY_TEN_MINUTES))
    look(store)
    assert len(asked(store, SELLER, settlement)) == 1


def test_productions_that_wait_for_a_time_hear_of_a_change(store: Store) -> None:
    for seller_id, delay in ((SELLER, 3600.0), (OTHER_SELLER, 7200.0)):
        with store.transaction() as tx:
            tx.wake(production_lane(seller_id, STOCK), WorkClass.INTERACTIVE, delay)
    step = scenarios_step(store, Scenarios(), Ids())
    hold(store, Scenario())
    due_before = next_due(store, WorkClass.INTERACTIVE, [PRODUCTION])
    with store.transaction() as tx:
        wake_scenarios(tx)
    [held] = store.claim("W", WorkClass.INTERACTIVE, [SCENARIOS], 1, LEASE)
    step(held)
    woken = [held.lane.key for work in WorkClass for held in store.claim("W", work, [PRODUCTION], 9, LEASE)]
    assert due_before == pytest.approx(3600, abs=1)
    assert sorted(woken) == [f"{SELLER}/{STOCK}", f"{OTHER_SELLER}/{STOCK}"]


def test_they_are_left_alone_while_nothing_changes(store: Store) -> None:
    step = scenarios_step(store, Scenarios(), Ids())
    hold(store, Scenario())
    step(claim(store))
    with store.transaction() as tx:
        tx.wake(production_lane(SELLER, STOCK), WorkClass.INTERACTIVE, 3600.0)
        wake_scenarios(tx)
    [held] = [held for work in WorkClass for held in store.claim("W", work, [SCENARIOS], 1, LEASE)]
    step(held)
    assert next_due(store, WorkClass.INTERACTIVE, [PRODUCTION]) == pytest.approx(3600, abs=1)


def test_a_file_is_looked_at_again_and_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    path.write_text("")
    scenarios = Scenarios(ScenarioFile(path, report_types()))
    assert look(store, scenarios) == pytest.approx(FILE_LOOKED_AT_EVERY, abs=1)
    path.write_text(f'[[scenario]]\nreportType = "{STOCK}"\notherApplication = {{ everyMinutes = 10 }}\n')
    look(store, scenarios)
    assert len(asked(store)) == 1
