"""The trial of deliveries: reports end while workers are killed, judged by what the receivers themselves have received.

Every event must have reached every subscribed receiver. What came twice must be the same to the byte under the same id,
and no oftener than workers were struck between the call and the record of its outcome.
"""

import json
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.activity import Event
from daybook.kernel.clock import system_clock
from daybook.kernel.ids import Ids
from daybook.notifications import destinations, subscriptions
from daybook.notifications.attempts import UNCERTAIN
from daybook.notifications.confidential import Confidential, Secret
from daybook.notifications.destinations import Draft
from daybook.notifications.searching import Search
from daybook.notifications.signing import new_secret, verify
from daybook.notifications.subscriptions import Wish
from daybook.store.opening import open_store
from daybook.store.transaction import Transaction
from tests.house.tree import ROOT
from tests.worker.delivering import SEALS
from tests.worker.watching import eventually

SELLERS, RECEIVERS, AT_A_TIME = 2, 3, 12
SLOW = 0.2
"""Seconds that a receiver takes to answer, so that blows strike calls."""
PATIENCE = 150.0
"""Seconds for something to be received: a lane whose holders died in a row waits, longer each time."""


class Receipt(NamedTuple):
    """One request, as a receiver had it."""

    path: str
    id: str
    digest: str
    verified: bool


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller was killed in the middle of a call."""


class Receiver:
    """All receivers: one server, told apart by their paths. Its log is its own."""

    def __init__(self, secret: str) -> None:
        self.log: list[Receipt] = []
        self.told: dict[str, str] = {}
        log, told, pause = self.log, self.told, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                verified = verify([secret], headers, body, system_clock())
                digest = sha256(body).hexdigest()
                told[digest] = json.loads(body)["payload"]["requestId"]
                log.append(Receipt(self.path, headers["webhook-id"], digest, verified))
                pause.wait(SLOW)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Delivering:
    """A database, receivers, and the list of what has happened."""

    def __init__(self, url: str, folder: Path) -> None:
        self.store = open_store(url)
        self._url = url
        self.said = folder / "said"
        self._said = self.said.open("ab")
        self._ids = Ids()
        secret = new_secret(self._ids.bytes)
        self.receiver = Receiver(secret)
        self._sellers = [f"SELLER{number}" for number in range(SELLERS)]
        self._happened: list[str] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        for seller_id in self._sellers:
            self.store.do(partial(self._subscribe, seller_id, secret))

    def _subscribe(self, seller_id: str, secret: str, tx: Transaction) -> None:
        add_seller(tx, tx.now, seller_id, seller_id, (MARKETPLACES["US"],))
        for number in range(RECEIVERS):
            draft = Draft(seller_id, f"{self.receiver.url}/{seller_id}/{number}")
            confidential = Confidential((Secret(secret),))
            made = destinations.add(tx, tx.now, self._ids, SEALS, draft, confidential, "the trial")
            subscriptions.subscribe(tx, tx.now, self._ids, Wish(seller_id, made.destination_id), "the trial")

    def start(self, _: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.delivering", self._url]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def feed(self) -> None:
        """Some reports end; returns once a receiver has received something since."""
        received = len(self.receiver.log)
        for _ in range(AT_A_TIME):
            self._end_report(f"R{len(self._happened)}")
        eventually(lambda: len(self.receiver.log) > received, PATIENCE)

    def _end_report(self, report_id: str) -> None:
        seller_id = self._sellers[len(self._happened) % SELLERS]
        self._happened.append(f"{seller_id} {report_id}")

        def end(tx: Transaction) -> None:
            told = {"reportType": "GET_X", "outcome": "data", "createdTime": tx.now.isoformat()}
            tx.add_event(Event(seller_id, "report", report_id, "IN_PROGRESS", "DONE", "the trial", told, tx.now))

        self.store.do(end)

    def is_done(self) -> bool:
        """Whether all that happened was delivered, as the tables have it."""
        with self.store.reading() as tx:
            waiting = [tx.untold_events(seller_id, 1) for seller_id in self._sellers]
            counts = [tx.delivery_page(seller_id, EVERY, None) for seller_id in self._sellers]
        delivered = sum(one.status == "DELIVERED" for of_seller in counts for one in of_seller)
        return not any(waiting) and delivered == len(self._happened) * RECEIVERS

    def faults(self) -> list[str]:
        """What was lost, and what came twice without a reason: a sentence each."""
        log = list(self.receiver.log)
        came = {(receipt.path, self.receiver.told[receipt.digest]) for receipt in log}
        expected = {
            (f"/{seller_id}/{number}", report_id)
            for seller_id, report_id in (line.split() for line in self._happened)
            for number in range(RECEIVERS)
        }
        wrong = [f"{path} was never told of {report_id}" for path, report_id in expected - came]
        wrong += [f"{path} was told of {report_id}, which did not happen" for path, report_id in came - expected]
        wrong += [f"{receipt.id} could not be verified" for receipt in log if not receipt.verified]
        return wrong + self._repeats(log)

    def _repeats(self, log: list[Receipt]) -> list[str]:
        digests, times = defaultdict(set), Counter(receipt.id for receipt in log)
        for receipt in log:
            digests[receipt.id].add((receipt.path, receipt.digest))
        wrong = [f"{id} came with several bodies" for id, bodies in digests.items() if len(bodies) > 1]
        ids = defaultdict(set)
        for receipt in log:
            ids[receipt.path, receipt.digest].add(receipt.id)
        wrong += [f"{path}: the same news came under several ids" for (path, _), own in ids.items() if len(own) > 1]
        reasons = self._uncertain()
        return wrong + [f"{id} came {count} times" for id, count in times.items() if count > 1 + reasons[id]]

    def _uncertain(self) -> Counter[str]:
        """For each delivery, how many attempts were struck between the intent and the outcome."""
        with self.store.reading() as tx:
            found = [one for seller_id in self._sellers for one in tx.delivery_page(seller_id, EVERY, None)]
            tries = [attempt for one in found for attempt in tx.delivery_attempts(one.seller_id, one.delivery_id)]
        return Counter(attempt.delivery_id for attempt in tries if attempt.error == UNCERTAIN)

    def figures(self) -> Mapping[str, int]:
        """What happened, in numbers."""
        ids = {receipt.id for receipt in self.receiver.log}
        return {
            "delivered": len(ids),
            "uncertain": self._uncertain().total(),
            "received twice": len(self.receiver.log) - len(ids),
        }

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.receiver.close()
        self.store.close()
        self._said.close()


EVERY = Search(page_size=1_000_000)
