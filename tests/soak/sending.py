"""The trial of operations: batches are sent while workers are killed, judged by the marketplace's own file.

Every operation must have succeeded once: its key stands in the file exactly once, however often a worker died over it;
what the file has as an attempt, the book has too; and every count is right.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.kernel.ids import Ids
from daybook.operations.batches import Batch, progress_of
from daybook.operations.drafting import Draft
from daybook.operations.status import BatchStatus, Status
from daybook.operations.submitting import Submission, submit
from daybook.store.opening import open_store
from tests.house.tree import ROOT
from tests.worker.watching import eventually

US = MARKETPLACES["US"]
AT_A_TIME = 60


class Sending:
    """A database, and the marketplace's file."""

    def __init__(self, url: str, folder: Path) -> None:
        self.store = open_store(url)
        self._url = url
        self.log = folder / "log"
        self.log.touch()
        self.said = folder / "said"
        self._said = self.said.open("ab")
        self._batches: list[Batch] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, _: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.sending", self._url, str(self.log), "0.02"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def feed(self) -> None:
        """A seller with a batch; returns once a call has arrived since."""
        said = self.log.stat().st_size
        seller_id = f"SELLER{len(self._batches)}"
        self.store.do(lambda tx: add_seller(tx, tx.now, seller_id, seller_id, (US,)))
        body = '{"price":"1.00","currency":"USD"}'
        drafts = [Draft(line, "set_price", US, f"SKU-{line}", body, "1.00") for line in range(1, AT_A_TIME + 1)]
        made = submit(self.store.do, Ids(), Submission(seller_id, "trial", "tormentor"), drafts).batch
        assert made is not None
        self._batches.append(made)
        eventually(lambda: self.log.stat().st_size > said)

    def _present(self) -> list[Batch]:
        with self.store.reading() as tx:
            return [found for one in self._batches if (found := tx.batch(one.seller_id, one.batch_id)) is not None]

    def is_done(self) -> bool:
        return all(batch.status is BatchStatus.ENDED for batch in self._present())

    def faults(self) -> list[str]:
        """What was lost, and what was done twice, by the marketplace's file and by the book."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        arrived = Counter(key for key, _ in lines)
        wrong = [f"{key} arrived {times} times" for key, times in arrived.items() if times > 1]
        expected = {f"{batch.batch_id}-{line}" for batch in self._batches for line in range(1, AT_A_TIME + 1)}
        wrong += [f"{key} never arrived" for key in expected - arrived.keys()]
        booked = self._booked()
        return wrong + [f"{attempt} arrived and is not in the book" for _, attempt in lines if attempt not in booked]

    def _booked(self) -> set[str]:
        """Every attempt that the book has. Raises AssertionError where an operation or a count is not as it must be."""
        booked: set[str] = set()
        with self.store.reading() as tx:
            for batch in self._batches:
                counted = progress_of(tx.counts_of(batch.number)).statuses
                assert counted == {Status.SUCCESS: AT_A_TIME}, counted
                for line in range(1, AT_A_TIME + 1):
                    attempts = tx.attempts_of(batch.number, line)
                    booked |= {f"{batch.batch_id}-{line}-{one.attempt}" for one in attempts}
        return booked

    def figures(self) -> Mapping[str, int]:
        with self.store.reading() as tx:
            tried = [
                len(tx.attempts_of(batch.number, line)) for batch in self._batches for line in range(1, AT_A_TIME + 1)
            ]
        return {"operations": len(tried), "tried again": sum(times > 1 for times in tried)}

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.store.close()
        self._said.close()
