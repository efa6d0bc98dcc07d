"""Deliveries from the ledger to a receiver: how many a second, how soon, and whether one that hangs delays the others.

One worker process fans out and delivers, as `daybook worker` does, and the reports end in it, as they do in `daybook
serve`. The receivers are paths of one sink, in a process of its own, whose log is what counts. Baselines of the same
minutes: a bare httpx2 loop that signs and posts the same bodies, and the same worker without the receiver that hangs.
"""

import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from statistics import median
from typing import NamedTuple

import httpx2

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.processes import Talker, log_faults_alone, talker
from bench.rounds import medians, percentile, pin
from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sealing import Seals
from daybook.accounts.sellers import add_seller
from daybook.activity import Event
from daybook.kernel.ids import Ids
from daybook.kernel.keys import Keys
from daybook.lanes import LEASE, LaneKind, WorkClass
from daybook.notifications import destinations, subscriptions
from daybook.notifications.confidential import Confidential, Secret
from daybook.notifications.courier import Courier
from daybook.notifications.destinations import Destination, Draft
from daybook.notifications.fan_out import FAN_OUT
from daybook.notifications.guard import Guard, Policy
from daybook.notifications.searching import Search
from daybook.notifications.sender.sender import Sender
from daybook.notifications.signing import new_secret, sign
from daybook.notifications.subscriptions import Wish
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.deliveries import Post
from daybook.worker.fan_out import fan_out_step
from daybook.worker.kinds import sending_kind
from daybook.worker.worker import Worker

RATE_BAR, DELAY_BAR, SOON_BAR = 0.4, 1.2, 250.0
SELLER, HANGING = "A1BENCH", "A1HANGING"
RECEIVERS = 10
PACE = 0.1
"""Seconds between two reports that end, while it is measured how soon they are told."""
QUEUED = 5000
SETTLED = 1.0
"""Seconds that a worker runs before it is measured."""
PATIENCE = 120.0
STOP = "stop"
_GUARD = Guard(Policy((ip_network("127.0.0.0/8"),)))
_SEALS = Seals(Keys(bytes(range(32))))
_IDS = Ids()


class Came(NamedTuple):
    """One request, as the sink had it."""

    path: str
    report_id: str
    at: float


class Sink:
    """The receivers, and what they know."""

    def __init__(self, process: Talker) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{process.told()[0]}"

    def came(self) -> list[Came]:
        """What came since this was asked last."""
        words = self._process.ask("told")
        return [Came(words[n], words[n + 1], float(words[n + 2])) for n in range(0, len(words) - 2, 3)]

    def wait(self, count: int) -> list[Came]:
        """The next so many. Raises RuntimeError where they do not come."""
        came, until = self.came(), time.monotonic() + PATIENCE
        while len(came) < count and time.monotonic() < until:
            time.sleep(0.05)
            came += self.came()
        if len(came) < count:
            raise RuntimeError(f"{len(came)} of {count} deliveries came within {PATIENCE:.0f} s.")
        return came


def run(quick: bool) -> list[Figure]:
    """Deliveries beside the bare loop's, on both databases; the time to the first byte, and beside one that hangs."""
    events, rounds = (4, 1) if quick else (100, 5)
    kinds = (SQLITE,) if quick else (SQLITE, POSTGRES)
    with talker(1, "bench.sink") as process, ExitStack() as databases:
        urls = {kind: databases.enter_context(database(kind)) for kind in kinds}
        pin(0)  # the databases' own processes stay where the system puts them
        sink = Sink(process)
        found = [figure for kind, url in urls.items() for figure in _rates(kind, url, sink, events, rounds)]
        return found + _delays(sink, 10 if quick else 100, rounds, 50 if quick else QUEUED)


# How many a second


def _rates(kind: str, url: str, sink: Sink, events: int, rounds: int) -> list[Figure]:
    body: list[bytes] = []
    posts = events * RECEIVERS
    seconds: dict[str, list[float]] = {"deliveries": [], "bare": []}
    with opened(url) as store:
        _subscribe(store, SELLER, [f"{sink.url}/logged/{number}" for number in range(RECEIVERS)])

    def delivered() -> float:
        with opened(url) as store:
            _queue(store, SELLER, events)
            body[:] = [_some_body(store)]
        with _worker(url, seconds["deliveries"].append):
            times = [one.at for one in sink.wait(posts)]
        return (len(times) - 1) / (max(times) - min(times))

    def bare() -> float:
        began = time.process_time()
        rate = _bare(f"{sink.url}/bare", body[0], posts)
        seconds["bare"].append(time.process_time() - began)
        return rate

    found = medians({"deliveries": delivered, "bare": bare}, rounds)
    ratio = found["deliveries"] / found["bare"]
    by_processor = median(seconds["bare"]) / median(seconds["deliveries"])
    return [
        Figure(f"deliveries on {kind}, beside a bare httpx2 loop", ratio, "x", f">= {RATE_BAR}", ratio >= RATE_BAR),
        Figure(f"deliveries on {kind}, the same by the processes' processor time", by_processor, "x", "", None),
        Figure(f"deliveries on {kind}, a second", found["deliveries"], "/s", "", None),
    ]


def _bare(url: str, body: bytes, posts: int) -> float:
    secret = new_secret(secrets.token_bytes)
    with httpx2.Client(trust_env=False) as client:
        began = time.perf_counter()
        for number in range(posts):
            headers = {"content-type": "application/json", **sign([secret], f"msg_{number}", datetime.now(UTC), body)}
            client.post(url, content=body, headers=headers).raise_for_status()
        return posts / (time.perf_counter() - began)


# How soon


def _delays(sink: Sink, reports: int, rounds: int, queued: int) -> list[Figure]:
    """On SQLite: with 5,000 deliveries for a receiver that hangs, and without, in turns."""
    with database(SQLITE) as alone, database(SQLITE) as beside:
        for url in (alone, beside):
            with opened(url) as store:
                _subscribe(store, SELLER, [f"{sink.url}/logged/{number}" for number in range(RECEIVERS)])
        with opened(beside) as store:
            _subscribe(store, HANGING, [f"{sink.url}/hanging"])
            _queue(store, HANGING, queued)
        soon: dict[str, list[float]] = {alone: [], beside: []}

        def p99(url: str) -> float:
            delays = _delays_of_a_turn(url, sink, reports)
            soon[url] += delays
            return percentile(delays, 0.99) * 1000

        found = medians({"alone": partial(p99, alone), "beside": partial(p99, beside)}, rounds)
    ratio = found["beside"] / found["alone"]
    p95 = percentile(soon[alone], 0.95) * 1000
    return [
        Figure("report end to first byte, p95", p95, "ms", f"< {SOON_BAR:g}", p95 < SOON_BAR),
        Figure("the same, p99 of a turn", found["alone"], "ms", "", None),
        Figure(
            f"the same p99 with {queued:,} deliveries queued for a receiver that hangs, beside it",
            ratio,
            "x",
            f"<= {DELAY_BAR}",
            ratio <= DELAY_BAR,
        ),
    ]


def _delays_of_a_turn(url: str, sink: Sink, reports: int) -> list[float]:
    """Seconds from just before the COMMIT of a report's end to the first bytes at each receiver."""
    sink.came()
    with _worker(url) as worker:
        time.sleep(SETTLED)
        words = worker.ask(str(reports))
        ended = {report_id: float(at) for report_id, at in zip(words[::2], words[1::2], strict=True)}
        return [one.at - ended[one.report_id] for one in sink.wait(reports * RECEIVERS)]


@contextmanager
def _worker(url: str, used: Callable[[float], object] = float) -> Iterator[Talker]:
    """A worker process on the core of this one; with the block it stops in good order.

    `used` is told the seconds of processor time that it took since it was ready.
    """
    with talker(0, "bench.deliveries", url) as worker:
        worker.told()
        yield worker
        used(float(worker.ask(STOP)[0]))


# What is in the database


def _subscribe(store: Store, seller_id: str, urls: Sequence[str]) -> list[Destination]:
    def subscribed(tx: Transaction) -> list[Destination]:
        add_seller(tx, tx.now, seller_id, seller_id, (MARKETPLACES["US"],))
        return [_destination(tx, seller_id, url) for url in urls]

    return store.do(subscribed)


def _destination(tx: Transaction, seller_id: str, url: str) -> Destination:
    confidential = Confidential((Secret(new_secret(_IDS.bytes)),))
    made = destinations.add(tx, tx.now, _IDS, _SEALS, Draft(seller_id, url), confidential, "bench")
    subscriptions.subscribe(tx, tx.now, _IDS, Wish(seller_id, made.destination_id), "bench")
    return made


def _queue(store: Store, seller_id: str, events: int) -> None:
    """So many reports have ended, and what has to be told of them waits for a worker."""
    for _ in range(events):
        _end_report(store, seller_id)
    step = fan_out_step(store, _IDS)
    for work_class in WorkClass:
        while due := store.claim("bench", work_class, [FAN_OUT], 1, LEASE):
            step(due[0])


def _end_report(store: Store, seller_id: str) -> str:
    """A report ends; its id, and when it did, just before the COMMIT."""

    def end(tx: Transaction) -> str:
        told = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "outcome": "data", "createdTime": tx.now.isoformat()}
        report_id = _IDS.unique()
        tx.add_event(Event(seller_id, "report", report_id, "IN_PROGRESS", "DONE", "bench", told, tx.now))
        return f"{report_id} {time.monotonic()}"

    return store.do(end)


def _some_body(store: Store) -> bytes:
    with store.reading() as tx:
        [delivery] = tx.delivery_page(SELLER, Search(page_size=1), None)[:1]
        return tx.delivery_body(SELLER, delivery.delivery_id)


# The worker


def main(url: str) -> None:
    """The worker's process: for each line with a number so many reports end in it, and it says when; `stop` ends it."""
    with opened(url) as store, _working(store):
        print("ready", flush=True)
        began = time.process_time()
        for line in iter(sys.stdin.readline, f"{STOP}\n"):
            ended = []
            for _ in range(int(line)):
                ended.append(_end_report(store, SELLER))
                time.sleep(PACE)
            print(*ended, flush=True)
        used = time.process_time() - began
    print(used, flush=True)


@contextmanager
def _working(store: Store) -> Iterator[None]:
    sender = Sender(_GUARD)
    post = Post(store, Courier(_GUARD, _SEALS, sender.submit))
    kinds = [LaneKind(FAN_OUT, fan_out_step(store, _IDS), 60.0), sending_kind(post)]
    worker = Worker(store, kinds, "bench", only_worker=True)
    worker.start()
    try:
        yield
    finally:
        post.closing.set()
        worker.stop()
        sender.close()


if __name__ == "__main__":
    log_faults_alone()
    main(sys.argv[1])
