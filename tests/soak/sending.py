"""The trial of operations: one batch is sent over HTTP while workers are killed, judged by the sandbox's own record.

Every operation must have one final status, and the sandbox must have done each success once and no more: what a dead
worker left in doubt is looked at before it is sent again, always with its key. What either has of an attempt, the other
has too, or Daybook says that it is uncertain.
"""

import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.kernel.ids import Ids
from daybook.operations.batches import Batch, Progress, progress_of
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.reading import read_rows
from daybook.operations.status import ENDED, BatchStatus, Status
from daybook.operations.submitting import Submission, submit
from daybook.store.opening import open_store
from tests.house.tree import ROOT
from tests.journeys.selling import Judgement, judged, listings, made_up_products
from tests.sandbox.served import sandbox
from tests.soak.killer import Blows, Unfinished

SELLER, DE = "A1SOAK", MARKETPLACES["DE"]
A_KILL = 500
"""Operations for each kill: two hundred fall on a hundred thousand."""
LEASE = 5.0
"""Seconds: longer than in other trials, for a turn has hundreds of calls on a machine with other work."""
MISHAPS = """
[[scenario]]
seed = 20
rejections = [{share = 0.02, code = "18299"}]
answers = [
  {share = 0.001, answer = 429, operation = "putListingsItem"},
  {share = 0.001, answer = 500, operation = "putListingsItem"},
  {share = 0.001, answer = "half", operation = "putListingsItem"},
]
"""
PATIENCE = 600.0
"""Seconds in which the workers go on after a blow."""
LOOK_EVERY = 0.05


class Sending:
    """A database with a batch that runs, and a sandbox."""

    def __init__(self, url: str, folder: Path, blows: Blows, a_kill: int = A_KILL, lease: float = LEASE) -> None:
        self._closing = ExitStack()
        self._sandbox = self._closing.enter_context(sandbox(folder, MISHAPS, usage_plan_times=1000.0))
        self.store = open_store(url)
        self._arguments = [url, self._sandbox.url, SELLER, str(lease)]
        self.said = folder / "said"
        self._said = self.said.open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._brought = 0
        self._a_blow = a_kill * blows.kills // (blows.kills + blows.pauses)
        self._batch = self._submitted(a_kill * blows.kills)

    def _submitted(self, count: int) -> Batch:
        self.store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (DE,)))
        rows = read_rows(io.BytesIO(listings(made_up_products(count)).encode()))
        drafts = drafts_of(rows, (DE,), Defaults("put_listing", DE))
        made = submit(self.store.do, Ids(), Submission(SELLER, "trial", "tormentor"), drafts).batch
        assert made is not None
        return made

    def start(self, _: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.sending", *self._arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def feed(self) -> None:
        """Nothing is brought; returns once as many operations more have ended as belong to a blow."""
        _within(PATIENCE, lambda: self._ended() >= self._brought)
        self._brought += self._a_blow

    def _progress(self) -> Progress:
        return progress_of(self.store.read(lambda tx: tx.counts_of(self._batch.number)))

    def _ended(self) -> int:
        return sum(count for status, count in self._progress().statuses.items() if status in ENDED)

    def is_done(self) -> bool:
        found = self.store.read(lambda tx: tx.batch(SELLER, self._batch.batch_id))
        return found is not None and found.status is BatchStatus.ENDED

    @cached_property
    def _judgement(self) -> Judgement:
        with self.store.reading() as tx:
            found = [each for status in Status for each in tx.operations_in(self._batch.number, status, (), 0, 1 << 30)]
        operations = sorted(found, key=lambda each: each.line)
        return judged(self.store, self._batch, operations, self._sandbox.each_line(), struck=True)

    def faults(self) -> list[str]:
        """What was lost, what was done twice, and where the two books differ."""
        lines = self._batch.operations
        found = self._judgement.statuses
        wrong = [] if found.total() == lines else [f"{lines} operations were submitted, and {found.total()} are there"]
        counted = self._progress().statuses
        wrong += [] if counted == dict(found) else [f"the operations are {found}, and the counts {counted}"]
        return [*wrong, *self._judgement.differences]

    def figures(self) -> Mapping[str, int]:
        statuses, outcomes = self._judgement.statuses, self._judgement.outcomes
        again = outcomes.total() - statuses.total()
        return {"operations": statuses.total(), "in doubt": outcomes["uncertain"], "sent again": again}

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._closing.close()
        self.store.close()
        self._said.close()


def _within(seconds: float, happens: Callable[[], bool]) -> None:
    """Waits until it does. Raises Unfinished."""
    end, never = time.monotonic() + seconds, threading.Event()
    while not happens():
        if time.monotonic() > end:
            raise Unfinished(f"nothing went on for {seconds:.0f} s")
        never.wait(LOOK_EVERY)
