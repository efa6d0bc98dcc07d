"""A receiver of notifications for the demo: on this machine, for its secret alone, in a few lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import msgspec

from daybook.cli.demo.following import StoryFailed
from daybook.cli.demo.stage import Stage
from daybook.kernel.clock import system_clock
from daybook.notifications import destinations, subscriptions
from daybook.notifications.confidential import Confidential, Secret
from daybook.notifications.destinations import Draft
from daybook.notifications.signing import new_secret, verify
from daybook.notifications.subscriptions import Wish
from daybook.store.transaction import Transaction

if TYPE_CHECKING:
    from daybook.app import App

NETWORKS = "127.0.0.0/8"
"""What the demo's operator lets destinations be, besides the public internet."""
NAME = "The demo's receiver"
PATIENCE = 30.0
_ACTOR = "demo"
_LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """A notification: its headers by lower-case name, its body, and whether its signature was right."""

    headers: dict[str, str]
    body: bytes
    verified: bool

    @property
    def told(self) -> dict[str, Any]:
        """What the body says."""
        told: dict[str, Any] = msgspec.json.decode(self.body)
        return told


class Receiver:
    """Answers 204 to what is signed with its secret, 401 to all else."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.arrived: SimpleQueue[Arrived] = SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/news"
        self._thread = Thread(target=self._server.serve_forever, name="daybook-demo-receiver", daemon=True)
        self._thread.start()

    def wait_for(self, report_id: str) -> Arrived:
        """The notification of that report. Raises StoryFailed where none comes."""
        try:
            while True:
                arrived = self.arrived.get(timeout=PATIENCE)
                if arrived.told["payload"]["requestId"] == report_id:
                    return arrived
        except Empty as error:
            raise StoryFailed(f"No notification of report {report_id} came in {PATIENCE:.0f} seconds.") from error

    def close(self) -> None:
        """Listens no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers["content-length"]), _LONGEST_BODY))
            headers = {name.lower(): value for name, value in self.headers.items()}
            verified = verify([receiver.secret], headers, body, system_clock())
            self.send_response(204 if verified else 401)
            self.end_headers()
            receiver.arrived.put(Arrived(headers, body, verified))

        def log_message(self, *_: object) -> None:
            """The stage says what there is to say."""

    return Handler


@contextmanager
def receiving(stage: Stage, app: "App", seller_id: str) -> Iterator[Receiver]:
    """A receiver, subscribed to the ends of the seller's reports, while the block lasts."""
    receiver = Receiver(new_secret(app.ids.bytes))
    try:
        with stage.step("Subscribed a URL to the ends of reports") as step:
            app.courier.vet(receiver.url)
            app.store.do(lambda tx: _subscribe(tx, app, seller_id, receiver))
            step.end = receiver.url
        yield receiver
    finally:
        receiver.close()


def _subscribe(tx: Transaction, app: "App", seller_id: str, receiver: Receiver) -> None:
    """In place of the receiver of an earlier demo in the same folder."""
    for one in tx.destinations(seller_id):
        if one.name == NAME:
            destinations.remove(tx, tx.now, one, _ACTOR)
    draft = Draft(seller_id, receiver.url, NAME)
    confidential = Confidential((Secret(receiver.secret),))
    made = destinations.add(tx, tx.now, app.ids, app.courier.seal, draft, confidential, _ACTOR)
    subscriptions.subscribe(tx, tx.now, app.ids, Wish(seller_id, made.destination_id), _ACTOR)


def tell(stage: Stage, receiver: Receiver, report_id: str) -> None:
    """The step in which the notification of a report arrives. Raises StoryFailed."""
    with stage.step("A notification of it arrived at that URL") as step:
        arrived = receiver.wait_for(report_id)
        if not arrived.verified:
            raise StoryFailed(f"The notification of report {report_id} is not signed as it should be.")
        payload = arrived.told["payload"]
        step.end = f"REPORT_STATUS {payload['requestStatus']}, signed and verified"
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        step.shown += [f"{name}: {arrived.headers[name]}" for name in names]
        step.shown.append(msgspec.json.format(arrived.body, indent=2).decode())
