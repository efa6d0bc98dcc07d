"""When to look at a report again: a plan, which is data, and what is learned from the reports that have ended.

For a given number of looks, the delay is least when their spacing goes with one over the square root of the rate at
which reports end. Of the times that reports take, which spread over orders of magnitude, that rate falls about as one
over the age once the usual time is near; so the spacing grows with the root of the age, and of the usual time. Well
before the usual time few reports end, and each look comes at twice the age of the one before.
"""

import bisect
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from daybook.client.calls.retries import chance
from daybook.kernel.ids import Randomness

KEPT = 200
"""How many of a type's last reports are remembered."""
ENOUGH = 10
"""From how many ended ones on they make a plan."""
EARLY = 0.3
"""Up to which part of the usual time it is early."""


@dataclass(frozen=True, slots=True)
class PollingPlan:
    """Seconds. The first look comes at the age `first`; from then on, at an age a, the next one comes after
    share * sqrt(usual * a), early after a at least, and within `shortest` and `longest`; and up to the part `jitter`
    sooner or later."""

    usual: float = 180.0
    first: float = 3.0
    share: float = 0.125
    shortest: float = 1.0
    longest: float = 600.0
    jitter: float = 0.1

    def next_look(self, age: float, randomness: Randomness) -> float:
        """The age at which to look next, at a report of that age."""
        looked = age >= self.first * (1 - self.jitter)
        pause = self._spacing(age) if looked else self.first - age
        return age + pause * (1 + self.jitter * (2 * chance(randomness) - 1))

    def _spacing(self, age: float) -> float:
        spacing = max(self.shortest, self.share * math.sqrt(self.usual * age))
        return min(self.longest, max(spacing, age) if age < EARLY * self.usual else spacing)


@dataclass(frozen=True, slots=True)
class Usual:
    """How many seconds a type's last reports took: one in twenty, half, and 95 of 100 took no longer."""

    p05: float
    p50: float
    p95: float
    reports: int


class History:
    """How long reports took, by type. Clients may share one.

    Those that still run count as slower than all that have ended: to learn from the ended alone is to learn that
    reports are fast, from the fast ones.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._took: dict[str, OrderedDict[object, float]] = {}

    def begin(self, report_type: str) -> object:
        """A report of the type is waited for; answers what to call it."""
        return self._put(report_type, object(), math.inf)

    def end(self, report_type: str, name: object, seconds: float | None) -> None:
        """It took that long; None where that is not known, or no measure."""
        with self._lock:
            known = self._took.get(report_type, OrderedDict())
            if seconds is None:
                known.pop(name, None)
            elif name in known:
                known[name] = seconds

    def add(self, report_type: str, seconds: float) -> None:
        """A report of the type took that long, at some time."""
        self._put(report_type, object(), seconds)

    def usual(self, report_type: str) -> Usual | None:
        """How long they take; None where too few are known, or more of the last ones run than have ended."""
        with self._lock:
            took = sorted(self._took.get(report_type, {}).values())
        ended = bisect.bisect_left(took, math.inf)
        if ended < ENOUGH or 2 * ended <= len(took):
            return None
        p05, p50, p95 = (took[min(ended - 1, int(len(took) * part))] for part in (0.05, 0.5, 0.95))
        return Usual(p05, p50, p95, ended)

    def _put(self, report_type: str, name: object, seconds: float) -> object:
        with self._lock:
            known = self._took.setdefault(report_type, OrderedDict())
            known[name] = seconds
            while len(known) > KEPT:
                known.popitem(last=False)
        return name


class Plans:
    """The plan of each type: the one that was given, or the default with what the history tells."""

    def __init__(self, given: Mapping[str, PollingPlan], default: PollingPlan, history: History) -> None:
        self._given = given
        self._default = default
        self._history = history

    def of(self, report_type: str) -> PollingPlan:
        """How to wait for a report of the type, as far as is known now."""
        given = self._given.get(report_type)
        if given is not None:
            return given
        usual = self._history.usual(report_type)
        if usual is None:
            return self._default
        return replace(self._default, usual=usual.p50, first=max(self._default.shortest, usual.p05))

    def usual(self, report_type: str) -> Usual | None:
        """How long reports of the type take."""
        return self._history.usual(report_type)
