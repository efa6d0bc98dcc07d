"""What comes in: how soon it is acknowledged, and how soon it has ended the wait of the report that it is about.

A server and its worker run in this process, over SQLite; the sender is a process of its own, on another core. It posts
two hundred notifications a second, each a new event, whatever the answers do, and takes the time from when each was to
be sent. Beside it stand bare commits of one row, of the driver's own, between the rounds and on the same disk.

All of them are about reports that nobody follows, so that they may cost no call to the marketplace.

Then a marketplace on loopback says that reports go on, until one after the other is ready and a notification says so.
Time is counted from its answer to the commit that makes the report READY; beside it stands half the time between two
looks at a report of that age, which is what would have passed without.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import uvloop

from bench.figures import Figure
from bench.lanes import connected
from bench.processes import log_faults_alone, talker
from bench.rounds import percentile
from daybook.accounts.sellers import add_seller
from daybook.app import App, open_app, serving, working
from daybook.config import read_settings
from daybook.notifications.inbound import followed_reports, receivers
from daybook.notifications.inbound.followed_reports import LEAST_APART, PLANS, Draft, follow
from daybook.notifications.inbound.status import FollowedStatus, Source
from tests.api.receiving import sample
from tests.marketplaces.walmart.server import CLIENT, Walmart, served

SELLER, US = "A1SHOP", "ATVPDKIKX0DER"
RATE = 200
"""Notifications a second."""
AGE = timedelta(minutes=20)
"""Of the reports that are waited for; Walmart's take 15 to 45 minutes."""
ACKNOWLEDGED_BAR, RESUMED_BAR = 250.0, 1000.0


def run(quick: bool) -> list[Figure]:
    """Acknowledgement and resumption, in milliseconds and as ratios."""
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder, served() as walmart:
        reports = [f"report-{number}" for number in range(3 if quick else 60)]
        with _running(Path(folder) / "data", walmart, reports) as (app, port, path):
            return [
                *_acknowledged(Path(folder), port, path, 1 if quick else 5, 50 if quick else 5 * RATE),
                _calls(walmart, reports),
                *_resumed(app, walmart, port, path, reports),
            ]


@contextmanager
def _running(data: Path, walmart: Walmart, reports: list[str]) -> Iterator[tuple[App, int, str]]:
    """A server with a worker, its port, and where its receiver is; the reports are followed."""
    told = json.dumps({"endpoint": walmart.url, "credentials": {SELLER: CLIENT}})
    settings = read_settings({"DAYBOOK_WALMART": told}, data=data, port=0)
    with open_app(settings, schema="migrate") as app:
        parts = app.ids, app.courier.seal, SELLER, "", None, "the bench"
        app.store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (US,)))
        _, token = app.store.do(lambda tx: receivers.add(tx, tx.now, *parts))
        for report_id in reports:
            walmart.put(report_id, "INPROGRESS")
            draft = Draft(SELLER, Source.WALMART, report_id, "ITEM", app.store.clock() - AGE)
            app.store.do(lambda tx, draft=draft: follow(tx, tx.now, draft, "the bench"))  # type: ignore[misc]
        with working(app, "bench"), serving(app) as server:
            yield app, server.port, f"/inbound/walmart/{token}"


def _acknowledged(folder: Path, port: int, path: str, rounds: int, count: int) -> list[Figure]:
    """Rounds of notifications, and of bare commits between them."""
    answers: list[float] = []
    commits: list[float] = []
    refused, cores = 0, []
    with (
        talker(1, "bench.inbound", str(port), path) as sender,
        connected(f"sqlite:///{folder / 'commits.sqlite'}") as driver,
    ):
        sender.told()
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA synchronous = FULL")
        driver.execute("CREATE TABLE bench_commit (number INTEGER)")
        for number in range(rounds + 1):
            used = time.process_time()
            told = sender.ask(f"{number} {count if number else 50}")
            cores.append((time.process_time() - used) * RATE / (len(told) - 1))
            timed = [_commit(driver) for _ in range(count if number else 50)]
            if number:  # the round before warms up
                refused += int(told[0])
                answers += [float(word) for word in told[1:]]
                commits += timed
    p99, used_cores = percentile(answers, 0.99) * 1000, median(cores[1:])
    return [
        Figure(f"notification to its 200 at {RATE} a second, p99", p99, "ms", f"< {ACKNOWLEDGED_BAR:g}",
               p99 < ACKNOWLEDGED_BAR),
        Figure("the same beside a bare commit's p99", p99 / (percentile(commits, 0.99) * 1000), "x", "", None),
        Figure("median beside a bare commit's", median(answers) / median(commits), "x", "", None),
        Figure(f"processor time of server and worker for {RATE} a second", used_cores, "cores", "< 1", used_cores < 1),
        Figure("notifications that were not answered 200", float(refused), "", "= 0", refused == 0),
    ]  # fmt: skip


def _calls(walmart: Walmart, reports: list[str]) -> Figure:
    """How often the marketplace was asked about what nobody follows."""
    vain = sum(call.rpartition("/")[2] not in reports for call in walmart.asked())
    return Figure("calls for reports that nobody follows", float(vain), "", "= 0", vain == 0)


def _commit(driver: object) -> float:
    began = time.monotonic()
    driver.execute("INSERT INTO bench_commit VALUES (1)")  # type: ignore[attr-defined]
    return time.monotonic() - began


def _resumed(app: App, walmart: Walmart, port: int, path: str, reports: list[str]) -> list[Figure]:
    """Each report in its turn, once all were looked at and may be looked at again."""
    while app.store.read(lambda tx: tx.followed_reports_next_due(SELLER, Source.WALMART)) <= app.store.clock():  # type: ignore[operator]
        time.sleep(0.05)
    time.sleep(LEAST_APART.total_seconds())
    seconds = []
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for report_id in reports:
            walmart.put(report_id, "READY")
            connection.request("POST", path, sample(event_id=report_id, requestId=report_id))
            connection.getresponse().read()
            began = time.monotonic()
            while not _is_ready(app, report_id):
                time.sleep(0.001)
            seconds.append(time.monotonic() - began)
    age = AGE.total_seconds()
    half = (PLANS[Source.WALMART].next_look(age, lambda count: b"\x80" + bytes(count - 1)) - age) / 2
    p95 = percentile(seconds, 0.95)
    return [
        Figure("notification to the report's end on record, p95", p95 * 1000, "ms", f"< {RESUMED_BAR:g}",
               p95 * 1000 < RESUMED_BAR),
        Figure("half the time between two looks, beside that", half / p95, "x", "", None),
    ]  # fmt: skip


def _is_ready(app: App, report_id: str) -> bool:
    report = app.store.read(lambda tx: followed_reports.find(tx, SELLER, Source.WALMART, report_id))
    return report.status is FollowedStatus.READY


async def _post(port: int, path: str, number: int, count: int) -> tuple[int, list[float]]:
    """How many were not answered 200, and the seconds of each."""
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(64):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    began = asyncio.get_running_loop().time() + 0.1

    async def one(which: int) -> tuple[bool, float]:
        at = began + which / RATE
        await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
        reader, writer = await free.get()
        body = sample(event_id=f"{number}-{which}", requestId=f"{number}-{which}")
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n{}")
        free.put_nowait((reader, writer))
        return answer.startswith(b"HTTP/1.1 200"), asyncio.get_running_loop().time() - at

    found = await asyncio.gather(*(one(which) for which in range(count)))
    while not free.empty():
        free.get_nowait()[1].close()
    return sum(not good for good, _ in found), [seconds for _, seconds in found]


def main(port: int, path: str) -> None:
    """The sender: for each line, `ROUND COUNT`, a round of notifications; answers the refused, and the seconds."""
    print("ready", flush=True)
    for line in sys.stdin:
        number, count = line.split()
        refused, seconds = uvloop.run(_post(port, path, int(number), int(count)))
        print(refused, *(f"{one:.6f}" for one in seconds), flush=True)


if __name__ == "__main__":
    log_faults_alone()
    main(int(sys.argv[1]), sys.argv[2])
