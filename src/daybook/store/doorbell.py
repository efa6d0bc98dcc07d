"""Tells waiting workers that a lane may be due. A ring is a hint: whoever misses one polls."""

import threading


class Doorbell:
    """Rings of one process. A ring while nobody waits is kept for the next who does."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most that long; whether one came."""
        rung = self._rung.wait(seconds)
        if rung:
            self._rung.clear()
        return rung
