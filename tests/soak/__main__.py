"""Kills and pauses workers for a while, on each database, and says what was lost and what was done twice.

    python -m tests.soak [--kills 200] [--pauses 100] [--seed N] [--trial NAME] [--page docs/soak.md]

Exits with 1 where anything was. The page is written only where it is named.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import structlog

from daybook.store.opening import migrate, open_store
from tests.databases import running_postgres
from tests.soak import listing
from tests.soak.killer import Blows, DiedByItself, Unfinished, torment
from tests.soak.page import Result, page
from tests.soak.trials import TRIALS

WORKERS = 3
PATIENCE = 900.0
"""Seconds after the last blow: a lane whose holders died again and again waits for about as long as they did."""
MOST_TOLD = 20


def main() -> int:
    asked = arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = [
        listed(database, url, folder) if trial == listing.NAME else soak(trial, database, url, folder, asked)
        for trial in asked.trial or (*TRIALS, listing.NAME)
        for database, url, folder in databases()
    ]
    results = [result for result in found if result is not None]
    if asked.page:
        asked.page.write_text(page(results, asked.seed, Blows(0, 0).paused[1]), encoding="utf-8")
    return 1 if any(result.faults for result in results) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Kill and pause workers, and judge.")
    parser.add_argument("--kills", type=int, default=200, help="kill -9, on each database")
    parser.add_argument("--pauses", type=int, default=100, help="SIGSTOP, and SIGCONT a while later")
    parser.add_argument("--seed", type=int, default=1, help="the same number gives the same blows")
    parser.add_argument(
        "--trial", action="append", choices=[*TRIALS, listing.NAME], help="one of the trials; all unless named"
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the result there, in Markdown")
    return parser.parse_args()


def databases() -> Iterator[tuple[str, str, Path]]:
    """The name and URL of an empty, migrated database of each kind, and a folder; gone when the next is asked for."""
    with tempfile.TemporaryDirectory(prefix="daybook-soak-") as folder:
        yield "SQLite", migrated(f"sqlite:///{folder}/daybook.sqlite"), Path(folder)
    with tempfile.TemporaryDirectory(prefix="daybook-soak-") as folder, running_postgres() as url:
        yield "PostgreSQL", migrated(url), Path(folder)


def migrated(url: str) -> str:
    store = open_store(url)
    migrate(store)
    store.close()
    return url


def listed(database: str, url: str, folder: Path) -> Result | None:
    """The listings; on SQLite, whose clock can be the soak's own."""
    result = listing.listed(database, url, folder) if database == "SQLite" else None
    if result:
        tell(result)
    return result


def soak(name: str, database: str, url: str, folder: Path, asked: argparse.Namespace) -> Result:
    """One trial on one database."""
    began = time.monotonic()
    blows = Blows(asked.kills, asked.pauses)
    with closing(TRIALS[name](url, folder, blows)) as trial:
        try:
            started = torment(
                trial.start,
                blows,
                random.Random(asked.seed),  # noqa: S311  the same blows each time
                workers=WORKERS,
                meanwhile=trial.feed,
                finished=trial.is_done,
                patience=PATIENCE,
            )
        except (DiedByItself, Unfinished):
            print(f"{name} on {database}; the last that was said:\n{trial.said.read_text()[-10_000:]}", file=sys.stderr)
            raise
        seconds = time.monotonic() - began
        result = Result(name, database, asked.kills, asked.pauses, started, seconds, trial.figures(), trial.faults())
    tell(result)
    return result


def tell(result: Result) -> None:
    """What came of it, and what is wrong."""
    print(result, flush=True)
    for fault in result.faults[:MOST_TOLD]:
        print(f"  {fault}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
