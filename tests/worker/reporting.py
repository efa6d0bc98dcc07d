"""A worker that makes reports, in a process of its own, for a soak to kill.

    python -m tests.worker.reporting DATABASE_URL DOCUMENTS_URL LOG SECONDS

It runs productions and schedules as every Daybook does. Its producers take up to SECONDS, and say `begin` and `made` in
a log that is not the store's.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daybook.documents.objects import Objects
from daybook.kernel.clock import system_clock
from daybook.kernel.ids import Ids
from daybook.lanes import LaneKind
from daybook.reports.report_types import report_types
from daybook.reports.reports import PRODUCTION, Report
from daybook.reports.schedules import SCHEDULES
from daybook.store.opening import open_store
from daybook.worker.production import Production, production_step
from daybook.worker.schedules import schedules_step
from daybook.worker.worker import Worker
from tests.worker.counting import PACE

ASKED = "GET_MERCHANT_LISTINGS_ALL_DATA"
SCHEDULED = "GET_MERCHANTS_LISTINGS_FYP_REPORT"


def content_of(report_id: str) -> bytes:
    """What the document of a report holds."""
    return f"report\n{report_id}\n".encode()


class Telling:
    """A producer that tells what it does, and takes its time."""

    def __init__(self, report_type: str, log: Path, seconds: float) -> None:
        self.report_type = report_type
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._seconds = seconds

    def rows_up_to(self, source: Any, report: Report, limit: int) -> int:
        return 1

    def produce(self, source: Any, report: Report) -> Iterator[bytes]:
        self._say("begin", report)
        whole = content_of(report.report_id)
        for cut in (whole[:7], whole[7:]):
            threading.Event().wait(random.uniform(0.2, 0.5) * self._seconds)  # noqa: S311
            yield cut
        self._say("made", report)

    def _say(self, event: str, report: Report) -> None:
        os.write(self._log, f"{event} {report.report_id} {report.attempts} {os.getpid()}\n".encode())
        os.fsync(self._log)


def main(url: str, documents: str, log: str, seconds: str) -> None:
    store, ids, name = open_store(url, system_clock), Ids(), str(os.getpid())
    made = {one: Telling(one, Path(log), float(seconds)) for one in (ASKED, SCHEDULED)}
    production = Production(store, Objects.open(documents), made, report_types(), ids, name)
    kinds = [
        LaneKind(PRODUCTION, production_step(production), 60.0, 2),
        LaneKind(SCHEDULES, schedules_step(store, ids), 60.0),
    ]
    worker = Worker(store, kinds, name, slots=4, reserved=1, pace=PACE)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
