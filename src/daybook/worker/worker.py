"""The worker's policy: what is claimed, in which order, and when to look again. docs/lanes.md has the protocol."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import count

import structlog

from daybook.lanes import SLOTS, SLOTS_FOR_INTERACTIVE, LaneKind, WorkClass
from daybook.worker.leases import Leases
from daybook.worker.pace import PACE, Pace
from daybook.worker.ports import LaneStore
from daybook.worker.rounds import Ends, Round, end_process
from daybook.worker.slots import Slots
from daybook.worker.steps import Steps

LAST_FIRST_EVERY = 7
STOP_TIMEOUT = 30.0

log = structlog.get_logger()


class Worker:
    """Claims due lanes of its kinds and runs a step of each, several at a time, until it is stopped."""

    def __init__(
        self,
        store: LaneStore,
        kinds: Sequence[LaneKind],
        name: str,
        *,
        slots: int = SLOTS,
        reserved: int = SLOTS_FOR_INTERACTIVE,
        only_worker: bool = False,
        pace: Pace = PACE,
        ends: Ends = end_process,
    ) -> None:
        """`only_worker`: no other worker runs, so that every lane that is held at the start was left by a dead one."""
        self._store = store
        self._name = name
        self._pace = pace
        self._ends = ends
        self._take_over = only_worker
        self._closing = threading.Event()
        self._stopped = threading.Event()
        self._kinds = {kind.name: kind for kind in kinds}
        self._groups = _groups(kinds)
        self._turns = count(1)
        self._slots = Slots(kinds, slots, reserved)
        self._leases = Leases(store, pace)
        self._steps = Steps(store, kinds, self._slots, self._leases, pace, self._died)
        self._claims = Round("claims", self._claim_what_is_due, self._died, store.wait)
        self._heartbeat = Round("heartbeat", self._leases.beat, self._died)
        self._reaper = Round("reaper", self._reap, self._died)

    def start(self) -> None:
        """Begins to work, in threads of its own."""
        self._steps.start()
        for thread in (self._heartbeat, self._reaper, self._claims):
            thread.start()
        log.info("the worker has started", worker=self._name, kinds=sorted(self._kinds), slots=self._slots.count)

    def busy(self) -> dict[str, int]:
        """How many of its slots are busy, by class."""
        return self._slots.busy()

    def run(self) -> None:
        """Works until somebody calls `stop`."""
        self.start()
        self._stopped.wait()

    def stop(self, timeout: float = STOP_TIMEOUT) -> bool:
        """Claims nothing more and lets running steps end, for up to so many seconds; whether all did.

        The lanes of those that did not are free once their leases lapse.
        """
        until = time.monotonic() + timeout
        self._claims.stop()
        self._store.ring()
        self._claims.join(timeout)
        idle = self._slots.wait_until_idle(max(0.0, until - time.monotonic()))
        self._closing.set()
        self._end_threads(idle=idle)
        self._stopped.set()
        log.info("the worker has stopped", worker=self._name, idle=idle)
        return idle

    def _end_threads(self, *, idle: bool) -> None:
        self._steps.close()
        if idle:
            self._steps.join()
        for thread in (self._heartbeat, self._reaper):
            thread.stop()
            thread.join()

    def _claim_what_is_due(self) -> float:
        """Fills the free slots; seconds until there may be more to claim.

        Every commit rings, so it asks once what is due before it claims class by class.
        """
        if self._take_over:
            self._reap(everything=True)
            self._take_over = False
        order = self._order()
        if order[0] is WorkClass.INTERACTIVE:
            self._claim_what_was_woken()
        dues = self._store.next_dues({work_class: self._slots.open(work_class) for work_class in WorkClass})
        for work_class in order:
            if dues.get(work_class, 1.0) <= 0:
                for kinds in self._groups:
                    self._claim(work_class, kinds)
        self._groups.rotate()
        return max(self._pace.claim_every, min([self._pace.look_every, *dues.values()]))

    def _claim_what_was_woken(self) -> None:
        """What this process woke is claimed at once: to ask first what is due takes as long as the claim."""
        woken = self._store.woken()
        for work_class in sorted({work_class for work_class, _ in woken}):
            for kinds in self._groups:
                if any((work_class, kind) in woken for kind in kinds):
                    self._claim(work_class, kinds)

    def _order(self) -> list[WorkClass]:
        """The most urgent class first; but in every seventh turn last, so that no flood of one starves another."""
        return sorted(WorkClass, reverse=next(self._turns) % LAST_FIRST_EVERY == 0)

    def _claim(self, work_class: WorkClass, kinds: Sequence[str]) -> None:
        room = self._slots.room(work_class, kinds[0])
        if room <= 0:
            return
        sent = self._pace.monotonic()
        for held in self._store.claim(self._name, work_class, kinds, room, self._pace.lease):
            self._slots.take(work_class, held.lane.kind)
            self._leases.hold(held, self._kinds[held.lane.kind].longest, sent)
            self._steps.add(work_class, held)

    def _reap(self, *, everything: bool = False) -> float:
        """Frees the lanes of dead workers; seconds until the next time."""
        freed = self._store.reap(everything=everything)
        if freed:
            log.warning("lanes were freed whose worker had died or hung", lanes=freed)
            self._store.ring()
        return self._pace.reap_every * (1 + 0.2 * self._pace.jitter())

    def _died(self) -> None:
        """A thread did. After the stop that is no matter: a step that outlived it may find the store closed."""
        if not self._closing.is_set():
            self._ends()


def _groups(kinds: Sequence[LaneKind]) -> deque[list[str]]:
    """Kinds that are claimed together; one with a limit of its own by itself, so that a claim never exceeds it."""
    limited = [[kind.name] for kind in kinds if kind.at_once is not None]
    rest = [kind.name for kind in kinds if kind.at_once is None]
    return deque([*limited, rest] if rest else limited)
