"""Which lanes may still be claimed."""

import pytest

from daybook.lanes import Held, LaneKind, WorkClass
from daybook.worker.slots import Slots

INTERACTIVE, NORMAL, BULK = WorkClass


def step(held: Held) -> None:
    raise AssertionError(held)


KINDS = (LaneKind("sweep", step, 60), LaneKind("production", step, 1800, at_once=2))


def test_every_slot_is_for_people_and_some_are_for_them_alone() -> None:
    slots = Slots(KINDS, 8, reserved=2)

    assert slots.room(INTERACTIVE, "sweep") == 8
    assert slots.room(NORMAL, "sweep") == 6
    assert slots.room(BULK, "sweep") == 6


def test_the_other_classes_share_what_is_left() -> None:
    slots = Slots(KINDS, 8, reserved=2)
    for _ in range(4):
        slots.take(NORMAL, "sweep")

    assert slots.room(BULK, "sweep") == 2
    assert slots.room(INTERACTIVE, "sweep") == 4


def test_what_people_take_beyond_their_own_slots_is_not_there_for_others() -> None:
    slots = Slots(KINDS, 8, reserved=2)
    for _ in range(5):
        slots.take(INTERACTIVE, "sweep")

    assert slots.room(NORMAL, "sweep") == 3


def test_no_more_of_a_kind_run_than_it_says_whatever_their_class() -> None:
    slots = Slots(KINDS, 8, reserved=2)
    slots.take(BULK, "production")
    assert slots.room(INTERACTIVE, "production") == 1

    slots.take(INTERACTIVE, "production")

    assert slots.room(INTERACTIVE, "production") == 0
    assert slots.open(INTERACTIVE) == ["sweep"]


def test_a_slot_that_is_given_back_is_free() -> None:
    slots = Slots(KINDS, 1, reserved=0)
    slots.take(NORMAL, "sweep")
    assert slots.open(NORMAL) == []

    slots.give_back(NORMAL, "sweep")

    assert slots.open(NORMAL) == ["sweep", "production"]


@pytest.mark.parametrize(("count", "reserved"), [(1, 2), (2, 2), (3, 2)])
def test_one_slot_at_least_is_for_every_class(count: int, reserved: int) -> None:
    assert Slots(KINDS, count, reserved).room(BULK, "sweep") == 1


def test_waiting_for_idleness_ends_when_the_last_slot_is_given_back() -> None:
    slots = Slots(KINDS, 2, reserved=0)
    assert slots.wait_until_idle(0)

    slots.take(NORMAL, "sweep")

    assert not slots.wait_until_idle(0)
