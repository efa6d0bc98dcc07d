"""A worker in a process of its own, for tests to kill: it sends operations to a marketplace that is a file.

    python -m tests.worker.sending DATABASE_URL LOG SECONDS

The marketplace writes `KEY ATTEMPT` for each call that arrives, and takes up to SECONDS over it; that line is all that
it keeps. It honours no keys: what is sent twice is done twice, and the file tells.
"""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from daybook.operations.calls import Absent, Call, Outcome, Plan, Reply, ReplyStatus, Standing, Unsent
from daybook.store.opening import open_store
from daybook.worker.pace import Pace
from daybook.worker.sending import Sender, operation_lanes
from daybook.worker.worker import Worker

PACE = Pace(lease=1.0, renew_every=0.3, reap_every=0.25, margin=0.2)
AT_ONCE = 20


class FileMarketplace:
    """Done is what stands in the file."""

    honours_keys = False

    def __init__(self, log: Path, seconds: float) -> None:
        self._log = log
        self._file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._seconds = seconds

    def plan(self, kind: str) -> Plan:
        return Plan("patchListingsItem", 1e6, AT_ONCE)

    def look_plan(self) -> Plan:
        return Plan("getListingsItem", 1e6, 1000)

    def send(self, calls: Sequence[Call], seconds: float) -> Mapping[str, Outcome]:
        until = time.monotonic() + seconds
        return {call.attempt_id: self._sent(call, until) for call in calls}

    def _sent(self, call: Call, until: float) -> Outcome:
        if time.monotonic() > until:
            return Unsent()
        os.write(self._file, f"{call.key} {call.attempt_id}\n".encode())
        threading.Event().wait(random.uniform(0, self._seconds))  # noqa: S311  no secret
        return Reply(ReplyStatus.LIVE, request_id=call.attempt_id)

    def read_back(self, call: Call) -> Standing:
        done = {line.split()[0] for line in self._log.read_text().splitlines()}
        return Reply(ReplyStatus.LIVE) if call.key in done else Absent()


def main(url: str, log: str, seconds: str) -> None:
    store = open_store(url)
    marketplace = FileMarketplace(Path(log), float(seconds))
    sender = Sender(store, lambda seller_id: marketplace, works_on=0.2, send_within=1.0, answered_within=1.5)
    worker = Worker(store, operation_lanes(sender), f"worker-{os.getpid()}", slots=4, reserved=1, pace=PACE)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop(0))
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
