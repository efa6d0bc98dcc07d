"""Two things measured in turns, so that whatever else the machine does falls on both."""

import os
from collections.abc import Callable, Mapping
from statistics import median


def medians(measured: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each after so many rounds, A B A B ...; a round before them warms up and does not count."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for turn in range(rounds + 1):
        for name, measure in measured.items():
            value = measure()
            if turn:
                found[name].append(value)
    return {name: median(values) for name, values in found.items()}


def percentile(values: list[float], part: float) -> float:
    """The value that the part (0..1) of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def pin(core: int, process: int = 0) -> None:
    """Keeps a process (0: this one) on one core, where there are several and the system allows it."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(process, {cores[core % len(cores)]})
