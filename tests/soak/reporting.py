"""The trial of reports: asked for and scheduled while workers are killed, judged by what was asked and what is read.

The tormentor keeps its own list of what it asked for. In the end every report on it must be there once, with the one
document that it should have; every schedule must have fired each of its slots once; and no object may be left that is
no report's.
"""

import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.documents.documents import Document
from daybook.documents.objects import Objects
from daybook.documents.reading import content
from daybook.documents.sweep import sweep_orphans
from daybook.documents.writing import Written
from daybook.kernel.ids import Ids
from daybook.reports import reports, schedules
from daybook.reports.pages import Filters
from daybook.reports.periods import Period
from daybook.reports.report_types import report_types
from daybook.reports.reports import Ask, Report
from daybook.reports.schedules import Plan
from daybook.reports.status import ENDED, Status
from daybook.store.opening import open_store
from daybook.store.transaction import Transaction
from tests.house.tree import ROOT
from tests.worker.reporting import ASKED, SCHEDULED, content_of
from tests.worker.watching import eventually

US = MARKETPLACES["US"]
PERIOD = timedelta(hours=1)  # longer than a soak: when all has ended, nothing begins
SOON = timedelta(seconds=0.3)
AT_A_TIME = 2


class Reporting:
    """A database, a folder of documents, and the list of what was asked for."""

    def __init__(self, url: str, folder: Path) -> None:
        self.store = open_store(url)
        self._url = url
        self._documents = f"file://{folder / 'documents'}"
        (folder / "documents").mkdir()
        self.objects = Objects.open(self._documents)
        self.log = folder / "log"
        self.log.touch()
        self.said = folder / "said"
        self._said = self.said.open("ab")
        self._ids, self._types = Ids(), report_types()
        self._asked: dict[str, str] = {}
        self._scheduled: dict[str, tuple[str, datetime]] = {}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, _: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.reporting", self._url, self._documents, str(self.log), "0.2"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def feed(self) -> None:
        """A seller with some reports and a schedule; returns once a producer has said something since."""
        said = self.log.stat().st_size
        seller_id = f"SELLER{len(self._scheduled)}"
        self.store.do(lambda tx: add_seller(tx, tx.now, seller_id, seller_id, (US,)))
        for _ in range(AT_A_TIME):
            report = self.store.do(lambda tx: self._ask(tx, seller_id))
            self._asked[report.report_id] = seller_id
        schedule = self.store.do(lambda tx: self._plan(tx, seller_id))
        self._scheduled[schedule.schedule_id] = (seller_id, schedule.anchor_at)
        eventually(lambda: self.log.stat().st_size > said)

    def _ask(self, tx: Transaction, seller_id: str) -> Report:
        return reports.request(tx, tx.now, self._ids, self._types, Ask(seller_id, ASKED, (US,), {}))

    def _plan(self, tx: Transaction, seller_id: str) -> schedules.Schedule:
        plan = Plan(seller_id, SCHEDULED, (US,), {}, Period.PT1H, tx.now + SOON)
        return schedules.create(tx, tx.now, self._ids, self._types, plan)

    def is_done(self) -> bool:
        """Whether nothing is waiting or in progress, and every schedule has fired."""
        found = [self._reports_of(seller_id) for seller_id, _ in self._scheduled.values()]
        fired = all(any(report.schedule_id for report in of_seller) for of_seller in found)
        return fired and all(report.status in ENDED for of_seller in found for report in of_seller)

    def _reports_of(self, seller_id: str) -> list[Report]:
        with self.store.reading() as tx:
            since = tx.now - timedelta(days=1)
            filters = Filters((ASKED, SCHEDULED), (), (), since, tx.now, 100)
            return tx.report_page(seller_id, filters, None)

    def faults(self) -> list[str]:
        """What was lost, and what was done twice: a sentence each."""
        found = [report for seller_id, _ in self._scheduled.values() for report in self._reports_of(seller_id)]
        asked = [report.report_id for report in found if report.schedule_id is None]
        wrong = [f"report {lost} was lost" for lost in self._asked.keys() - set(asked)]
        wrong += [f"report {more} was never asked for" for more in set(asked) - self._asked.keys()]
        wrong += [fault for report in found for fault in self._faults_of(report)]
        wrong += [fault for schedule_id in self._scheduled for fault in self._slots(schedule_id, found)]
        return wrong + self._objects(len(found))

    def _faults_of(self, report: Report) -> list[str]:
        if report.status is not Status.DONE or report.document_id is None:
            return [f"report {report.report_id} is {report.status}: {report.evidence}"]
        with self.store.reading() as tx:
            document = tx.document(report.seller_id, report.document_id)
        if document is None or self._content(document) != content_of(report.report_id):
            return [f"report {report.report_id} has another document than its own"]
        if f"made {report.report_id} " not in self.log.read_text():
            return [f"report {report.report_id} is DONE and was never made"]
        return []

    def _content(self, document: Document) -> bytes:
        size, content_size = document.size, document.content_size
        written = Written(document.object_name, size, content_size, document.sha256, document.compression)
        return b"".join(content(self.objects, written))

    def _slots(self, schedule_id: str, found: list[Report]) -> list[str]:
        """Its reports cover the time from one period before its first slot on, each slot once, without a gap."""
        _, anchor = self._scheduled[schedule_id]
        ranges = sorted((one.data_start, one.data_end) for one in found if one.schedule_id == schedule_id)
        starts = [anchor - PERIOD, *(end for _, end in ranges)]
        in_order = all(start == expected for (start, _), expected in zip(ranges, starts, strict=False))
        return [] if ranges and in_order else [f"schedule {schedule_id} fired {ranges} from {anchor}"]

    def _objects(self, documents: int) -> list[str]:
        """After a sweep there is one object for each document, and none besides."""
        now = self.store.clock() + timedelta(hours=1)
        sweep_orphans(self.store.do, self.objects, now, timedelta(0))
        left = sum(len(names) for names in self.objects.older_than(now))
        return [] if left == documents else [f"{left} objects are left for {documents} documents"]

    def figures(self) -> Mapping[str, int]:
        """How much was done."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        begun = [line[1] for line in lines if line[0] == "begin"]
        fired = sum(
            report.schedule_id is not None for s, _ in self._scheduled.values() for report in self._reports_of(s)
        )
        return {"asked for": len(self._asked), "fired": fired, "begun again": len(begun) - len(set(begun))}

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.store.close()
        self._said.close()
