"""Tells waiting workers that a lane may be due. A ring is a hint: whoever misses one polls."""

import threading
from collections.abc import Callable, Iterable

from daybook.lanes import Woken


class Doorbell:
    """Rings of one process. A ring while nobody waits is kept for the next who does."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._told: list[Callable[[], None]] = []
        self._guard = threading.Lock()
        self._noted: set[Woken] = set()

    def ring(self) -> None:
        """Wake whoever waits, and tell whoever listens."""
        self._rung.set()
        self.tell()

    def note(self, woken: Iterable[Woken]) -> None:
        """What the next ring is about, where it is known."""
        with self._guard:
            self._noted.update(woken)

    def noted(self) -> set[Woken]:
        """What was noted since this was asked last."""
        with self._guard:
            noted, self._noted = self._noted, set()
        return noted

    def on_ring(self, told: Callable[[], None]) -> None:
        """Tell `told` of every ring, in the thread of whoever rings: it has to be quick."""
        self._told.append(told)

    def tell(self) -> None:
        """Tell whoever listens."""
        for told in self._told:
            told()

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most that long; whether one came."""
        rung = self._rung.wait(seconds)
        if rung:
            self._rung.clear()
        return rung
