"""The kinds of lanes that a worker runs."""

from daybook.documents.objects import Objects
from daybook.kernel.ids import Ids
from daybook.reports.report_types import report_types
from daybook.reports.reports import production_lane
from daybook.reports.scenarios.putting import scenarios_lane
from daybook.reports.schedules import schedules_lane
from daybook.store.store import Store
from daybook.worker.kinds import lane_kinds
from daybook.worker.sweep import sweep_lane


def test_every_lane_that_is_woken_has_a_step(sqlite_store: Store) -> None:
    kinds = lane_kinds(sqlite_store, Objects.open("memory://"), {}, report_types(), Ids(), "a worker")

    woken = {lane.kind for lane in (production_lane("A", "T"), schedules_lane("A"), scenarios_lane(), sweep_lane())}
    assert {kind.name for kind in kinds} == woken


def test_a_production_never_takes_all_slots_and_the_sweep_takes_one(sqlite_store: Store) -> None:
    kinds = lane_kinds(sqlite_store, Objects.open("memory://"), {}, report_types(), Ids(), "a worker")

    assert {kind.name: kind.at_once for kind in kinds} == {
        "production": 2,
        "schedules": None,
        "scenarios": None,
        "sweep": 1,
    }
    assert all(kind.longest > 0 for kind in kinds)
