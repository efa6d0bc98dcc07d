"""The threads that run steps, and what becomes of a lane when its step has ended."""

from collections.abc import Sequence
from queue import SimpleQueue

import structlog

from daybook.kernel.errors import Unavailable
from daybook.lanes import PARK_AFTER, Held, LaneKind, LaneLost, WorkClass, back_off
from daybook.worker.leases import Leases
from daybook.worker.pace import Pace
from daybook.worker.ports import LaneStore
from daybook.worker.rounds import Ends, Loud
from daybook.worker.slots import Slots

AGAIN_WHEN_AWAY = 5.0
"""Seconds until a lane is tried again whose step found the database or the document store away."""

log = structlog.get_logger()


class Steps:
    """Runs claimed lanes, a thread for each slot."""

    def __init__(
        self, store: LaneStore, kinds: Sequence[LaneKind], slots: Slots, leases: Leases, pace: Pace, ends: Ends
    ) -> None:
        self._store = store
        self._kinds = {kind.name: kind for kind in kinds}
        self._slots = slots
        self._leases = leases
        self._jitter = pace.jitter
        self._queue: SimpleQueue[tuple[WorkClass, Held] | None] = SimpleQueue()
        self._threads = [Loud(f"step-{n}", self._until_closed, ends) for n in range(slots.threads)]

    def start(self) -> None:
        """Ready for lanes."""
        for thread in self._threads:
            thread.start()

    def add(self, work_class: WorkClass, held: Held) -> None:
        """A lane that was claimed, and has a slot."""
        self._queue.put((work_class, held))

    def close(self) -> None:
        """Each thread ends once its step has."""
        for _ in self._threads:
            self._queue.put(None)

    def join(self) -> None:
        """Waits for the threads to end."""
        for thread in self._threads:
            thread.join()

    def _until_closed(self) -> None:
        while (taken := self._queue.get()) is not None:
            work_class, held = taken
            try:
                self._run(held)
            finally:
                self._leases.forget(held)
                self._slots.give_back(work_class, held.lane.kind)
                self._store.ring()

    def _run(self, held: Held) -> None:
        if not self._leases.begin(held):
            log.warning("a lane was given up: its lease was over before its step began", **_names(held))
            return
        try:
            self._kinds[held.lane.kind].step(held)
        except LaneLost:
            log.warning("a lane was lost: its lease had lapsed, and nothing of its step was kept", **_names(held))
        except Unavailable as error:
            delay = AGAIN_WHEN_AWAY * (1 + 0.25 * self._jitter())
            log.warning("a step found something away", **_names(held), details=error.details, again_in=delay)
            self._put_back(held, held.failures, delay)
        except Exception:  # noqa: BLE001  whatever it was, the lane is put back and it is logged
            self._failed(held, "a step failed", with_traceback=True)
        else:
            if self._leases.holds(held):
                self._failed(held, "a step ended without having released its lane", with_traceback=False)

    def _failed(self, held: Held, sentence: str, *, with_traceback: bool) -> None:
        failures = held.failures + 1
        delay = back_off(failures, self._jitter())
        parked = failures >= PARK_AFTER
        log.error(sentence, **_names(held), failures=failures, again_in=delay, parked=parked, exc_info=with_traceback)
        self._put_back(held, failures, delay)

    def _put_back(self, held: Held, failures: int, delay: float) -> None:
        if not self._leases.holds(held):  # its last transaction had released it
            return
        try:
            self._store.put_back(held, failures, delay)
        except Unavailable as error:
            log.warning("a lane waits for its lease to lapse", **_names(held), details=error.details)


def _names(held: Held) -> dict[str, object]:
    return {"lane": str(held.lane), "token": held.token}
