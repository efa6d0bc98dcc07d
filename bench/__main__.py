"""Runs measurements and prints what they found: `python -m bench [names] [--quick] [--rows N] [--record]`."""

import argparse
import importlib
import inspect
import pkgutil
import sys
import time

import bench
from bench import telling
from bench.figures import Figure
from bench.machine import machine
from bench.processes import log_faults_alone


def names() -> list[str]:
    """The modules here that measure something: those with a function `run`."""
    modules = [found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("__")]
    return [name for name in modules if hasattr(importlib.import_module(f"bench.{name}"), "run")]


def measure(name: str, *, quick: bool, rows: int | None) -> list[Figure]:
    """The figures of one measurement; `rows` where it takes a number of rows."""
    run = importlib.import_module(f"bench.{name}").run
    takes_rows = rows is not None and "rows" in inspect.signature(run).parameters
    figures: list[Figure] = run(quick, rows=rows) if takes_rows else run(quick)
    return figures


def main(words: list[str]) -> int:
    """0 where every bar that was looked at holds, 1 where one does not."""
    chosen = _chosen(words)
    log_faults_alone()
    here = machine()
    print(here)
    found = []
    for name in chosen.names or names():
        began = time.monotonic()
        figures = measure(name, quick=chosen.quick, rows=chosen.rows)
        found += figures
        print(f"\n{telling.table(figures)}\n({name}: {time.monotonic() - began:.0f} s)", flush=True)
        if chosen.record:
            telling.record(name, telling.figures_in_markdown(figures))
    if chosen.record:
        telling.record("machine", [here])
    return int(not chosen.quick and any(figure.holds is False for figure in found))


def _chosen(words: list[str]) -> argparse.Namespace:
    known = names()
    parser = argparse.ArgumentParser(prog="bench", description="Measures Daybook, as ratios within one run.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(known)}; all where none is given")
    parser.add_argument("--quick", action="store_true", help="just show that it runs; its figures say nothing")
    parser.add_argument("--rows", type=int, help="rows of the measurements that have rows")
    parser.add_argument("--record", action="store_true", help="write the figures down in docs/speed.md")
    chosen = parser.parse_args(words)
    unknown = sorted(set(chosen.names) - set(known))
    if unknown:
        parser.error(f"there is no measurement {unknown[0]}; there are {', '.join(known)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
