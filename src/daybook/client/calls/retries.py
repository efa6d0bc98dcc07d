"""How often, and after which pauses, a call is tried again: data, and the arithmetic of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from daybook.kernel.ids import Randomness

LONGEST_ASKED_PAUSE = 300.0
_RANDOM_BYTES = 4
_RANDOM_VALUES = 1 << (8 * _RANDOM_BYTES)


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """At most `tries` in all. The pause before the second is `first` seconds, then `growth` times as long each, and
    `longest` at most; of each pause the part `jitter` is left to chance."""

    tries: int = 5
    first: float = 1.0
    growth: float = 2.0
    longest: float = 60.0
    jitter: float = 0.5

    def pause(self, failures: int, randomness: Randomness) -> float:
        """Seconds to wait after that many failures in a row."""
        pause = min(self.longest, self.first * self.growth ** (failures - 1))
        return pause * (1 - self.jitter * chance(randomness))


def chance(randomness: Randomness) -> float:
    """A number from 0 to 1, without 1."""
    return int.from_bytes(randomness(_RANDOM_BYTES), "big") / _RANDOM_VALUES


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that the answer asks to wait, within reason; 0 where it says nothing readable (Amazon never says)."""
    text = headers.get("Retry-After", "")
    return min(LONGEST_ASKED_PAUSE, float(text)) if text.isascii() and text.isdigit() else 0.0


def rate_limit(headers: Mapping[str, str]) -> float:
    """Calls a second that the answer says are allowed; 0 where it says nothing that can be read."""
    try:
        rate = float(headers.get("x-amzn-RateLimit-Limit", ""))
    except ValueError:
        return 0.0
    return rate if 0 < rate < float("inf") else 0.0
