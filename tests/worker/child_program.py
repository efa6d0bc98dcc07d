"""A child process of the tests: makes reports from the database and in the store that its arguments name.

What its producer does is said by the third argument; the fourth is a file in which it tells that it has begun.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from daybook.documents.objects import Objects
from daybook.kernel.errors import InvalidInput, Unavailable
from daybook.report_types.producers import producers
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.child import answer_job
from daybook.worker.making import Producers
from tests.worker.producing import Pieces


@dataclass
class Parts:
    store: Store
    objects: Objects
    producers: Producers


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill_the_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))


def refuse() -> None:
    sys.stdout.write("a line that is no answer\n")
    raise InvalidInput("The option reportPeriod is missing.", "Write WEEK or MONTH.")


def hang() -> None:
    Path(sys.argv[4]).write_text(str(os.getpid()))
    Event().wait()


def be_away() -> None:
    raise Unavailable("The service is temporarily unavailable.", "SQLite: disk I/O error.")


DEEDS: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "be killed": be_killed,
    "fill the disk": fill_the_disk,
    "refuse": refuse,
    "hang": hang,
    "be away": be_away,
    "exit": lambda: sys.exit(3),
}
NOISE = os.urandom(20_000_000)  # so much that the store writes some of it at once


@contextmanager
def opened() -> Iterator[Parts]:
    database_url, objects_url, deed = sys.argv[1:4]
    store = open_store(database_url)
    made = Pieces((b"sku\n", NOISE, b"A\n"), then=DEEDS[deed]) if deed != "nothing" else None
    yield Parts(store, Objects.open(objects_url), {made.report_type: made} if made else producers())
    store.close()


if __name__ == "__main__":
    answer_job(opened)
