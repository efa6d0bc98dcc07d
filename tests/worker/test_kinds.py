"""The kinds of lanes that a worker runs."""

from daybook.documents.objects import Objects
from daybook.kernel.ids import Ids
from daybook.lanes import WorkClass
from daybook.notifications.courier import Courier
from daybook.notifications.fan_out import fan_out_lane
from daybook.notifications.guard import Guard
from daybook.reports.report_types import report_types
from daybook.reports.reports import production_lane
from daybook.reports.scenarios.putting import scenarios_lane
from daybook.reports.schedules import schedules_lane
from daybook.reports.watching import watch_lane
from daybook.store.store import Store
from daybook.worker.deliveries import AT_ONCE, Post
from daybook.worker.kinds import lane_kinds, sending_kind
from daybook.worker.production import Production
from daybook.worker.slots import Slots
from daybook.worker.sweep import sweep_lane
from tests.notifications.virtual.daybooks import Clock, Plain, Receivers


def parts(store: Store) -> Production:
    return Production(store, Objects.open("memory://"), {}, report_types(), Ids(), "a worker")


def test_every_lane_that_is_woken_has_a_step(sqlite_store: Store) -> None:
    kinds = lane_kinds(parts(sqlite_store))

    lanes = (
        production_lane("A", "T"),
        schedules_lane("A"),
        scenarios_lane(),
        sweep_lane(),
        fan_out_lane("A"),
        watch_lane(),
    )
    assert {kind.name for kind in kinds} == {lane.kind for lane in lanes}


def test_a_production_never_takes_all_slots_and_the_sweep_takes_one(sqlite_store: Store) -> None:
    kinds = lane_kinds(parts(sqlite_store))

    assert {kind.name: kind.at_once for kind in kinds} == {
        "production": 2,
        "schedules": None,
        "scenarios": None,
        "sweep": 1,
        "report-watch": 1,
        "fan-out": None,
    }
    assert all(kind.longest > 0 for kind in kinds)


def test_receivers_that_hang_take_no_slot_of_anything_else(sqlite_store: Store) -> None:
    kinds = lane_kinds(parts(sqlite_store))
    sending = sending_kind(Post(sqlite_store, Courier(Guard(), Plain(), Receivers(Clock()))))
    slots = Slots([*kinds, sending], 4, 1)
    for _ in range(AT_ONCE):
        slots.take(WorkClass.INTERACTIVE, sending.name)

    assert (slots.room(WorkClass.INTERACTIVE, sending.name), slots.room(WorkClass.INTERACTIVE, "production")) == (0, 2)
    assert slots.threads == 4 + AT_ONCE
