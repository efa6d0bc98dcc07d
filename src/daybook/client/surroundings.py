"""Time and chance, as arguments."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from daybook.kernel.clock import Clock, system_clock
from daybook.kernel.ids import Randomness

Monotonic = Callable[[], float]
"""Answers seconds that never go back, from any beginning."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The time of day, the time that passes, and chance."""

    clock: Clock = system_clock
    monotonic: Monotonic = time.monotonic
    randomness: Randomness = secrets.token_bytes

    def now(self) -> datetime:
        """The time of day."""
        return self.clock()

    def passed(self) -> float:
        """The time that passes."""
        return self.monotonic()
