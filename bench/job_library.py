"""One durable task for each record on a job library, DBOS, which a batch is compared with.

A task is a row that is queued, claimed, run with nothing to do, and kept with its result. The library looks for queued
tasks ten times a second, where its own pace is once: its pace is not what is compared.
"""

import sys
import time

from bench.databases import SQLITE, database
from bench.processes import talker

QUEUE = "records"
LOOK_EVERY = 0.1


def seconds(kind: str, count: int) -> float:
    """From the first task that is queued to the last that is done."""
    with database(kind) as url:
        own = f"{url}.tasks" if kind == SQLITE else url
        with talker(0, "bench.job_library", own, str(count)) as process:
            return float(process.told()[0])


def main(url: str, count: int) -> None:
    """The process: prints the seconds."""
    from dbos import DBOS  # noqa: PLC0415  only here: it begins to log when it is imported

    DBOS(config={"name": "bench", "system_database_url": url, "console_log_level": "ERROR"})

    @DBOS.step()
    def record(line: int) -> int:
        return line

    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=LOOK_EVERY)
    began = time.perf_counter()
    queued = [DBOS.enqueue_workflow(QUEUE, record, line) for line in range(count)]
    for each in queued:
        each.get_result()
    took = time.perf_counter() - began
    DBOS.destroy()
    print(took, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
