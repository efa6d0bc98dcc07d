"""Measures Daybook, as ratios beside a baseline that runs in the same minutes on the same machine.

Each module has `run(quick) -> list[Figure]`; `python -m bench` runs them and prints a table.
"""
