"""Runs every client in every situation, and prints what each came to; `--write` puts it into docs/clients.md.

python -m tests.clients --write
"""

import argparse
import logging
import tempfile
from pathlib import Path

import structlog

from tests.clients.page import PAGE, rewritten, table
from tests.clients.practice import practising


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description="What clients make of situations.")
    parser.add_argument("--write", action="store_true", help=f"put the table into docs/{PAGE.name}")
    asked = parser.parse_args()
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="daybook-clients-") as folder, practising(Path(folder, "data")) as practice:
        found = table(practice, Path(folder))
    if asked.write:
        PAGE.write_text(rewritten(PAGE.read_text("utf-8"), found), encoding="utf-8")
    else:
        print(found, end="")


if __name__ == "__main__":
    main()
