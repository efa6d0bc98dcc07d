"""What follows an attempt: done, another one after a while, or none ever.

The ladder is Standard Webhooks' example: ten attempts over 75 h 35 min. Jitter only lengthens a wait, so that a
receiver that was down for three days still has its last attempt ahead of it.
"""

from dataclasses import dataclass
from datetime import timedelta

from daybook.notifications.answers import Answer, ErrorClass

LADDER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait after the first attempt, after the second, and so on; after the last there is none."""
JITTER = 0.2
SLOW = timedelta(seconds=60)
"""The shortest wait for a receiver that is overloaded."""

_OVERLOADED = frozenset(
    {ErrorClass.THROTTLED, ErrorClass.BROKEN, ErrorClass.TIMEOUT, ErrorClass.CONNECT_TIMEOUT, ErrorClass.AUTHORIZATION}
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt is due so long after this one."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Disabled:
    """The receiver answered 410: its destination is to be disabled, and nothing more sent to it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Another attempt would be refused just so: the URL is unsafe."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The ladder is at its end; only a replay sends it again."""


Next = Delivered | Again | Disabled | Refused | GivenUp


def what_next(answer: Answer, attempts: int, draw: float) -> Next:
    """What follows an answer, the `attempts`-th of a delivery (1, 2, ...); `draw` is a random number from 0 up to 1."""
    if answer.error is None:
        return Delivered()
    if answer.error is ErrorClass.GONE:
        return Disabled()
    if answer.error is ErrorClass.UNSAFE:
        return Refused()
    if attempts > len(LADDER):
        return GivenUp()
    wait = max(LADDER[attempts - 1], _least(answer))
    return Again(wait + wait * JITTER * draw)


def _least(answer: Answer) -> timedelta:
    slow = SLOW if answer.error in _OVERLOADED else timedelta(0)
    return max(slow, answer.asked)
