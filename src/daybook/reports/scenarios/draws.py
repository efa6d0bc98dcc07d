"""Chance, by a seed: the same seed and names give the same draws, in every process and on every machine."""

import hashlib
from math import exp
from statistics import NormalDist

from daybook.reports.scenarios.scenario import Calls, Time

_NORMAL = NormalDist()
_STEPS = 2**52


def fraction(seed: int, *names: str | int) -> float:
    """A number between 0 and 1, neither of them, each as likely as the next."""
    text = "\0".join(str(name) for name in (seed, *names))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return (number % _STEPS + 0.5) / _STEPS


def seconds(time: float | Time, drawn: float) -> float:
    """How long, for a fraction that was drawn."""
    if not isinstance(time, Time):
        return time
    if time.between is not None:
        least, most = time.between
        return least + drawn * (most - least)
    median, sigma = time.median or 0.0, time.sigma or 0.0
    return min(time.most, median * exp(sigma * _NORMAL.inv_cdf(drawn)))


def happens(calls: Calls, number: int, drawn: float) -> bool:
    """Whether it happens to the call, report or download of that number, counted from 1."""
    if calls.first is not None:
        return number <= calls.first
    return calls.share is None or drawn < calls.share
