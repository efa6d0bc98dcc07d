"""What a batch costs beside raw statements on the same rows: its submission, its execution, and its report.

Submission reads a CSV file; the raw insert puts the rows that it made into the same table once more, as many at a time.
Execution sends to a marketplace in this process that answers at once; the raw loop marks the rows of that insert as
done. The report is written to nowhere, beside the bare query for its rows, slice by slice. Beside submission and
execution stands a job library that runs a task for each record. How many operations a second are sent over HTTP, to a
sandbox on a core of its own, is told without a bar: it is the marketplace's pace that counts.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from bench import job_library
from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.practice import TIMES
from bench.processes import log_faults_alone, talker
from bench.rounds import medians
from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.kernel.ids import Ids
from daybook.lanes import WorkClass
from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.operations import report
from daybook.operations.batches import SENDING, Batch, Operation, find_batch
from daybook.operations.calls import Absent, Call, Marketplace, Outcome, Plan, Reply, ReplyStatus, Standing
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.reading import read_rows
from daybook.operations.report import ReportFormat
from daybook.operations.submitting import CHUNK, Submission, submit
from daybook.operations.zones import zone_named
from daybook.store.store import Store
from daybook.worker.sending import Sender, sending_step

SELLER, DE = "A1BENCH", MARKETPLACES["DE"]
SUBMITTED = 1 / 3
EXECUTED = {SQLITE: 0.25, POSTGRES: 0.5}
REPORTED = 0.5
_MARK = {SQLITE: "?", POSTGRES: "%s"}
_RAW = 999_999
"""The number of the batch that nobody submitted: the raw statements' own rows."""
_MANY = 10_000
_TASKS = 2000
_LAST_ATTEMPT = (("number", "number"), ("line", "line"), ("attempt", "attempts"))
_LIVE = Reply(ReplyStatus.LIVE, request_id="request")


class Instant:
    """A marketplace that takes a thousand changes at once, and has done them already."""

    honours_keys = True

    def plan(self, kind: str) -> Plan:
        del kind
        return Plan("patchListingsItem", 1e9, 1_000_000, chunk=CHUNK)

    def look_plan(self) -> Plan:
        return Plan("getListingsItem", 1e9, 1_000_000)

    def send(self, calls: Sequence[Call], seconds: float) -> Mapping[str, Outcome]:
        del seconds
        return {call.attempt_id: _LIVE for call in calls}

    def read_back(self, call: Call) -> Standing:
        del call
        return Absent()


def run(quick: bool, rows: int = 200_000) -> list[Figure]:
    """Ratios to raw statements; `rows` operations."""
    count, sent = (2000, 100) if quick else (rows, 5000)
    found = [figure for kind in (SQLITE, POSTGRES) for figure in _measured(kind, count)]
    return found + [_over_http(kind, sent) for kind in (SQLITE, POSTGRES)]


def _over_http(kind: str, count: int) -> Figure:
    with database(kind) as url, opened(url) as store, talker(1, "bench.practice") as sandbox:
        [endpoint] = sandbox.told()
        store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (DE,)))
        _submitted(store, io.BytesIO(_listings(count)), "put_listing")
        tokens = {SELLER: f"Atzr|{SELLER}"}
        settings = AmazonSettings(
            endpoint=endpoint, client_id="bench", client_secret="s", refresh_tokens=tokens, usage_plan_times=TIMES
        )
        with closing(AmazonMarketplace(settings)) as marketplace:
            _, sending = _timed(lambda: _executed(store, marketplace))
    return Figure(f"batches on {kind}, operations sent over HTTP a second", count / sending, "/s", "", None)


def _listings(count: int) -> bytes:
    lines = (f"SKU-{n:08d},LAMP,Lamp {n},{10 + n % 500}.{n % 100:02d}\n" for n in range(count))
    return ("sku,product_type,attributes.item_name,price\n" + "".join(lines)).encode()


def _measured(kind: str, count: int) -> list[Figure]:
    with database(kind) as url, opened(url) as store:
        store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (DE,)))
        with talker(0, "bench.batches", url, str(count)) as submitter:
            batch_id, seconds, megabytes = submitter.told()
        submitting, grown = float(seconds), float(megabytes)
        batch = store.read(lambda tx: find_batch(tx, SELLER, batch_id))
        inserting, updating = _raw(store, kind, batch)
        _, executing = _timed(lambda: _executed(store, Instant()))
        reading = {
            "asking": lambda: _timed(lambda: _asked(store, batch))[1],
            "writing": lambda: _timed(lambda: _written(store, batch))[1],
        }
        took = medians(reading, 1 if count < _MANY else 3)
    tasks = min(count // 10, _TASKS)
    task, record = job_library.seconds(kind, tasks) / tasks, (submitting + executing) / count
    return [
        _ratio(f"batches on {kind}, submission beside a raw insert", inserting / submitting, SUBMITTED),
        _ratio(f"batches on {kind}, execution beside a raw update", updating / executing, EXECUTED[kind]),
        _ratio(f"batches on {kind}, the report beside reading its rows", took["asking"] / took["writing"], REPORTED),
        Figure(f"batches on {kind}, operations submitted a second", count / submitting, "/s", "", None),
        Figure(f"batches on {kind}, operations executed a second", count / executing, "/s", "", None),
        Figure(f"batches on {kind}, memory that a submission adds", max(grown, 0.1), "MB", "< 150", grown < 150),
        Figure(
            f"batches on {kind}, how much longer a job library's tasks take",
            task / record,
            "x",
            "",
            None,
        ),
    ]


def _ratio(name: str, value: float, bar: float) -> Figure:
    return Figure(name, value, "x", f">= {bar:.2f}", value >= bar)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def _memory() -> float:
    """The most megabytes that this process has had. (getrusage would count what its parent had when it was started.)"""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


@contextmanager
def _file(count: int) -> Iterator[BinaryIO]:
    """On disk: in memory it would hide what a submission takes."""
    with tempfile.TemporaryFile() as file:
        file.write(b"sku,price\n")
        file.writelines(f"SKU-{n:08d},{10 + n % 500}.{n % 100:02d}\n".encode() for n in range(count))
        file.seek(0)
        yield cast("BinaryIO", file)


def _submitted(store: Store, file: BinaryIO, kind: str = "set_price") -> Batch:
    drafts = drafts_of(read_rows(file), (DE,), Defaults(kind, DE))
    made = submit(store.do, Ids(), Submission(SELLER, "bench", "bench"), drafts).batch
    assert made is not None
    return made


def _raw(store: Store, kind: str, batch: Batch) -> tuple[float, float]:
    """Seconds of the raw insert and of the raw update; their rows are gone when the rest is timed."""
    rows = _rows(store, batch)
    _, inserting = _timed(lambda: _inserted(store, kind, rows))
    _, updating = _timed(lambda: _updated(store, kind, rows))
    return inserting, updating


def _rows(store: Store, batch: Batch) -> list[tuple[Any, ...]]:
    names = ", ".join(Operation._fields[1:])
    with store.reading() as tx:
        mark = _MARK[SQLITE if tx.dialect == "sqlite" else POSTGRES]
        statement = f"SELECT {names} FROM operation WHERE number = {mark} ORDER BY line"
        return [(_RAW, *row) for row in tx.driver.execute(statement, (batch.number,)).fetchall()]


def _inserted(store: Store, kind: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(Operation._fields)
    for chunk in _chunks(rows):
        with store.transaction() as tx:
            cursor = tx.driver.cursor()
            if kind == POSTGRES:
                with cursor.copy(f"COPY operation ({names}) FROM STDIN") as copy:
                    for row in chunk:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" * len(Operation._fields))
                cursor.executemany(f"INSERT INTO operation ({names}) VALUES ({marks})", chunk)


def _updated(store: Store, kind: str, rows: Sequence[tuple[Any, ...]]) -> None:
    done = (
        f"UPDATE operation SET status = 'success', attempts = 1, attempted_at = 1, completed_at = 1 "
        f"WHERE number = {_RAW} AND line = {_MARK[kind]} AND status = 'queued'"
    )
    for chunk in _chunks(rows):
        with store.transaction() as tx:
            tx.driver.cursor().executemany(done, [(row[1],) for row in chunk])


def _chunks(rows: Sequence[tuple[Any, ...]]) -> list[Sequence[tuple[Any, ...]]]:
    return [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]


def _executed(store: Store, marketplace: Marketplace) -> None:
    step = sending_step(Sender(store, lambda _: marketplace))
    while held := store.claim("bench", WorkClass.NORMAL, [SENDING], 1, 30.0):
        step(held[0])


def _asked(store: Store, batch: Batch) -> None:
    """The report's rows with all of its columns, read by the driver alone."""
    mark = _MARK[SQLITE if store.engine.dialect.name == "sqlite" else POSTGRES]
    names = [*(name for name in report.Line._fields if name in Operation._fields and name != "body"), "seller_id"]
    columns = ", ".join(f"operation.{name}" for name in names)
    joined = " AND ".join(f"attempt.{of} = operation.{name}" for of, name in _LAST_ATTEMPT)
    statement = (
        f"SELECT {columns}, '{batch.batch_id}', 0, request_id FROM operation LEFT JOIN attempt ON {joined} "
        f"WHERE operation.number = {mark} AND operation.line > {mark} ORDER BY operation.line LIMIT {report.SLICE}"
    )
    after = 0
    with store.reading() as tx:
        while rows := tx.driver.execute(statement, (batch.number, after)).fetchall():
            after = rows[-1][0]


def _written(store: Store, batch: Batch) -> None:
    def read(after: int) -> Sequence[report.Cells]:
        return store.read(lambda tx: tx.report_lines(batch, after, report.SLICE, ()))

    for _ in report.pieces(batch, read, ReportFormat.CSV, zone_named("pst")):
        pass


def main(url: str, count: int) -> None:
    """A process that submits, and nothing else: prints the batch, the seconds, and the megabytes that it grew by."""
    with opened(url) as store, _file(count) as file:
        before = _memory()
        batch, seconds = _timed(lambda: _submitted(store, file))
        print(batch.batch_id, seconds, _memory() - before, flush=True)


if __name__ == "__main__":
    log_faults_alone()
    main(sys.argv[1], int(sys.argv[2]))
