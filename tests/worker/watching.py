"""What a test of the worker watches and moves: steps that wait, a clock that stands, a database that goes away."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from queue import SimpleQueue

from daybook.kernel.errors import Unavailable
from daybook.lanes import Held, Lane, LaneKind, WorkClass
from daybook.store.store import Store

PROMPT = 20.0
"""Seconds after which a test that waits has failed; nothing that works takes a tenth of it."""


def eventually(happens: Callable[[], bool], patience: float = PROMPT) -> None:
    """Waits until it does, up to so many seconds."""
    never = threading.Event()
    for _ in range(int(patience / 0.005)):
        if happens():
            return
        never.wait(0.005)
    raise AssertionError("it did not happen")


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A step that tells when it begins, goes on when it may, and releases its lane.

    `next_in` is what it releases with; `fails` is what it raises instead.
    """

    def __init__(self, store: Store, *, waits: bool = False, next_in: float | None = None) -> None:
        self.store = store
        self.next_in = next_in
        self.fails: Exception | None = None
        self.began: SimpleQueue[Held] = SimpleQueue()
        self.runs: Counter[str] = Counter()
        self.most_at_once = 0
        self.may_end = threading.Event()
        self._guard = threading.Lock()
        self._running = 0
        if not waits:
            self.may_end.set()

    def kind(self, name: str, *, longest: float = 60.0, at_once: int | None = None) -> LaneKind:
        return LaneKind(name, self, longest, at_once)

    def __call__(self, held: Held) -> None:
        with self._guard:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        try:
            self.began.put(held)
            assert self.may_end.wait(PROMPT)
            self.ends(held)
        finally:
            with self._guard:
                self._running -= 1
                self.runs[held.lane.key] += 1

    def ends(self, held: Held) -> None:
        if self.fails is not None:
            raise self.fails
        with self.store.transaction() as tx:
            tx.release(held, self.next_in)

    def begins(self) -> Held:
        """The next that begins."""
        return self.began.get(timeout=PROMPT)


class Fragile:
    """A store whose database a test takes away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = threading.Event()
        self.asked = threading.Semaphore(0)
        self.on_release, self.wait, self.ring, self.woken = store.on_release, store.wait, store.ring, store.woken

    def _ask(self) -> Store:
        if self.away.is_set():
            self.asked.release()
            raise Unavailable("The service is temporarily unavailable.", "the test took it away")
        return self._store

    def claim(self, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float) -> list[Held]:
        return self._ask().claim(worker, work_class, kinds, limit, lease)

    def renew(self, held: Collection[Held], lease: float) -> set[Held]:
        return self._ask().renew(list(held), lease)

    def reap(self, *, everything: bool = False) -> int:
        return self._ask().reap(everything=everything)

    def put_back(self, held: Held, failures: int, delay: float) -> None:
        self._ask().put_back(held, failures, delay)

    def next_dues(self, kinds: Mapping[WorkClass, Collection[str]]) -> dict[WorkClass, float]:
        return self._ask().next_dues(kinds)


def wake(store: Store, kind: str, *keys: str, work_class: WorkClass = WorkClass.NORMAL, delay: float = 0.0) -> None:
    with store.transaction() as tx:
        for key in keys:
            tx.wake(Lane(kind, key), work_class, delay)
