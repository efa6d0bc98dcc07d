"""Usage plans as the client keeps to them: one token bucket for each operation, application and seller.

A call takes the next slot, and waits until the slot opens. Slots open at origin + (slot + 1 - burst) / rate, which is
what a bucket of `burst` tokens, full at the origin and refilled at `rate` a second, comes to; so slots are in order of
asking, and a rate that is learned moves all that have not opened yet.

A server takes the token when the call arrives there, not when it left here. Had its bucket become full on the way, what
would have been refilled meanwhile is lost, and the call after a spent burst would be early by a time of travel, and
refused. When a call arrived is known at its answer at the latest: so much of its way as may have been lost is added.
"""

import math
import threading
from typing import NamedTuple

from daybook.contract.operations import Operation

SLOWER = 1.0001
"""By how much less often than the rate is called: clocks do not run, or round, all the same."""


class Departure(NamedTuple):
    """When a call left, and how many tokens there were."""

    at: float
    level: float


class Bucket:
    """One bucket. Times are seconds of a clock that never goes back; threads may share it."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self._interval = SLOWER / rate
        self._lock = threading.Lock()
        self._origin = -math.inf
        self._given = 0
        self._sent = 0

    def take(self, now: float) -> int:
        """The next slot; it is used once `opens` says that it is open."""
        with self._lock:
            full = now - self._given * self._interval
            if self._origin <= full:
                self._origin, self._sent = full, self._given
            self._given += 1
            return self._given - 1

    def opens(self, slot: int) -> float:
        """When the slot may be used: a time that has passed, for a bucket that is not empty."""
        with self._lock:
            return self._opens(slot)

    def give_back(self, slot: int) -> None:
        """The slot will not be used. Only the last one can be given to another; the others are lost."""
        with self._lock:
            if slot == self._given - 1:
                self._given = slot

    def sent(self, now: float) -> Departure:
        """A call leaves in its slot; give what this answers to `answered`."""
        with self._lock:
            departure = Departure(now, self.burst - self._sent + (now - self._origin) / self._interval)
            self._sent += 1
            return departure

    def answered(self, departure: Departure, now: float) -> None:
        """The call has come back, or is given up."""
        with self._lock:
            level = departure.level + (now - departure.at) / self._interval
            if level > self.burst:
                self._origin += min(now - departure.at, (level - self.burst) * self._interval)

    def refused(self, now: float) -> None:
        """The server says that the bucket is empty (429), whatever was thought here."""
        with self._lock:
            self._sent = min(self._sent, self._given)
            self._origin = max(self._origin, now - (self._sent - self.burst) * self._interval)

    def learn(self, rate: float, now: float) -> None:
        """The server names the rate; what is in the bucket stays in it."""
        with self._lock:
            if rate > 0 and rate != self.rate:
                self._origin = now - (now - self._origin) * self.rate / rate
                self.rate, self._interval = rate, SLOWER / rate

    def level(self, now: float) -> float:
        """Tokens in it now; below zero where slots are taken that have not opened."""
        with self._lock:
            return min(self.burst, self.burst - self._given + (now - self._origin) / self._interval)

    def _opens(self, slot: int) -> float:
        return self._origin + (slot + 1 - self.burst) * self._interval


class Buckets:
    """Every bucket, by whose it is. Clients of one application share it, so that each seller's plans are kept once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def of(self, client_id: str, seller: str, operation: Operation) -> Bucket:
        """The bucket of an application's calls of an operation for a seller; at first on the documented plan."""
        with self._lock:
            key = (client_id, seller, operation.name)
            return self._buckets.setdefault(key, Bucket(operation.rate, operation.burst))
