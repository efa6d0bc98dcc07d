"""How long and how often: the times of a worker, and its chance."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from daybook.lanes import DEADLINE_MARGIN, LEASE, REAP_EVERY, RENEW_EVERY


def random_jitter() -> float:
    """Any number in -1..1, each as likely as the next."""
    return random.uniform(-1, 1)  # noqa: S311  spreads load, keeps no secret


@dataclass(frozen=True, slots=True)
class Pace:
    """Times are in seconds."""

    lease: float = LEASE
    """A lane is another's after so long without a renewal."""
    renew_every: float = RENEW_EVERY
    reap_every: float = REAP_EVERY
    margin: float = DEADLINE_MARGIN
    """So long before its lease ends a lane is given up here."""
    look_every: float = 5.0
    """The longest wait between two looks for work: what finds a lane whose announcement was lost."""
    claim_every: float = 0.01
    """The shortest, where nobody rings."""
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random_jitter
    """A new number in -1..1 each time, so that many workers do not act at the same moment."""


PACE = Pace()
