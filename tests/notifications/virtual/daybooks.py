"""Receivers that a test makes answer as it likes, and a Daybook in virtual time that sends to them."""

import base64
import random
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

from daybook.accounts.sellers import add_seller
from daybook.activity import Event
from daybook.kernel.errors import Unavailable
from daybook.kernel.ids import Ids
from daybook.lanes import LEASE, Held, LaneKind, LaneLost, Step, WorkClass
from daybook.notifications import destinations, subscriptions
from daybook.notifications.answers import Answer, ErrorClass, error_of
from daybook.notifications.authorizations import Authorization
from daybook.notifications.confidential import Confidential, Secret
from daybook.notifications.courier import Courier
from daybook.notifications.deliveries import Delivery
from daybook.notifications.destinations import Destination, Draft
from daybook.notifications.fan_out import FAN_OUT
from daybook.notifications.guard import Guard
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.searching import Search
from daybook.notifications.subscriptions import Subscription, Wish
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.deliveries import Post
from daybook.worker.fan_out import fan_out_step
from daybook.worker.kinds import sending_kind
from tests.databases import let_pass
from tests.worker.watching import PROMPT, eventually

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SELLER = "A1NEWS"
US = "ATVPDKIKX0DER"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
PUBLIC = "93.184.216.34:443"


class Clock:
    """Stands where it is put."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Plain:
    """A seal that anybody opens, but for the one that it was not made for."""

    def seal(self, identity: str, plain: bytes) -> str:
        return f"{identity} {base64.b64encode(plain).decode()}"

    def open(self, identity: str, sealed: str) -> bytes:
        whose, text = sealed.split()
        assert whose == identity
        return base64.b64decode(text)


@dataclass(frozen=True, slots=True)
class Received:
    """One request, as the receiver had it."""

    at: datetime
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Reply = int | ErrorClass | Callable[[Received], "int | ErrorClass"]


@dataclass
class Receivers:
    """Every URL there is. One that nothing is said of answers 200; None in `replies` never answers."""

    clock: Clock
    replies: dict[str, Reply | None] = field(default_factory=dict)
    log: list[Received] = field(default_factory=list)
    hanging: list[Future[Answer]] = field(default_factory=list)
    retry_after: int | None = None
    address: str = PUBLIC

    def __call__(self, outgoing: Outgoing, authorization: Authorization | None) -> Future[Answer]:
        del authorization
        received = Received(self.clock(), outgoing.url, dict(outgoing.headers), outgoing.body)
        self.log.append(received)
        future: Future[Answer] = Future()
        reply = self.replies.get(outgoing.url, 200)
        if reply is None:
            self.hanging.append(future)
        else:
            future.set_result(self.answer(reply(received) if callable(reply) else reply))
        return future

    def answer(self, reply: int | ErrorClass) -> Answer:
        if isinstance(reply, ErrorClass):
            return Answer(self.clock(), 3, self.address, None, reply, "as the test wished")
        start = f"answer {reply}".encode()
        return Answer(self.clock(), 3, self.address, reply, error_of(reply), "", start, self.retry_after)

    def by_id(self) -> dict[str, list[Received]]:
        found = defaultdict(list)
        for one in self.log:
            found[one.id].append(one)
        return found


@dataclass
class Daybook:
    """A seller's notifications, in virtual time."""

    store: Store
    clock: Clock
    receivers: Receivers
    ids: Ids = field(default_factory=lambda: Ids(random.Random(7).randbytes))  # noqa: S311  the same in every run
    seal: Plain = field(default_factory=Plain)
    draw: float = 0.0
    reports: int = 0

    def begin(self, seller_id: str = SELLER) -> "Daybook":
        self.store.do(lambda tx: add_seller(tx, tx.now, seller_id, seller_id, (US,)))
        return self

    def restart(self, url: str) -> None:
        """Another process over the same database: nothing is known but what was written down."""
        self.store.close()
        self.store = open_store(url, self.clock)

    def destination(
        self, url: str = "https://one.example/hook", seller_id: str = SELLER, calls: int = 2
    ) -> Destination:
        confidential = Confidential((Secret(SECRET),))
        draft = Draft(seller_id, url, calls=calls)
        return self.store.do(
            lambda tx: destinations.add(tx, tx.now, self.ids, self.seal, draft, confidential, "the test")
        )

    def subscribe(self, destination: Destination, **wish: object) -> Subscription:
        asked = Wish(destination.seller_id, destination.destination_id, **wish)  # type: ignore[arg-type]
        return self.store.do(lambda tx: subscriptions.subscribe(tx, tx.now, self.ids, asked, "the test"))

    def end_report(self, status: str = "DONE", outcome: str = "data", seller_id: str = SELLER, **evidence: str) -> str:
        """As the reports room tells the ledger that a report ended."""
        self.reports += 1
        report_id = f"R{self.reports}"
        told = {"reportType": LISTINGS, "outcome": outcome, "createdTime": self.clock.now.isoformat()} | evidence
        event = Event(seller_id, "report", report_id, "IN_PROGRESS", status, "worker", told, self.clock.now)
        self.store.do(lambda tx: tx.add_event(event))
        return report_id

    def kinds(self, store: Store | None = None, **more: Any) -> list[LaneKind]:
        """The fan-out, and the sending; over another store, perhaps."""
        store = store or self.store
        courier = Courier(Guard(), self.seal, self.receivers)
        sending = sending_kind(Post(store, courier, draw=lambda: self.draw, **more))
        return [LaneKind(FAN_OUT, fan_out_step(store, self.ids), 60.0), sending]

    def claim(self, kind: str) -> list[Held]:
        """Its lanes that anybody has asked for; what is due in them the step finds by the store's own clock."""
        let_pass(self.store, 400 * 86400)
        return self.store.claim("a worker", WorkClass.INTERACTIVE, [kind], 1000, LEASE)

    def work(self) -> None:
        """Runs every lane that was asked for, until nothing more is received."""
        before = -1
        while before != len(self.receivers.log):
            before = len(self.receivers.log)
            for kind in self.kinds():
                for held in self.claim(kind.name):
                    kind.step(held)

    def wait(self, **time: float) -> None:
        """Lets time pass, and whatever is due on the way be sent when it is due."""
        end = self.clock.now + timedelta(**time)
        self.work()
        while (at := self.next_due()) is not None and at <= end:
            self.clock.now = max(self.clock.now, at)
            self.work()
        self.clock.now = end
        self.work()

    def next_due(self) -> datetime | None:
        """When the next delivery of any active destination is to be sent."""
        with self.store.reading() as tx:
            due = [_next_due(tx, one) for one in tx.destinations(None) if one.status == "ACTIVE"]
        return min((at for at in due if at is not None), default=None)

    def deliveries(self, seller_id: str = SELLER) -> list[Delivery]:
        """The newest first."""
        with self.store.reading() as tx:
            return tx.delivery_page(seller_id, Search(page_size=100_000), None)

    def statuses(self) -> list[str]:
        return [one.status.value for one in self.deliveries()]

    def fresh(self, destination: Destination) -> Destination:
        with self.store.reading() as tx:
            return destinations.find(tx, destination.seller_id, destination.destination_id)

    def alerts(self, destination: Destination) -> list[str]:
        """What the ledger tells of a destination, after it was added."""
        with self.store.reading() as tx:
            history = tx.events_of(destination.seller_id, destinations.SUBJECT, destination.destination_id)
        return [event.to_status for event in history[1:]]


class Away:
    """A store that is away whenever `when` says so."""

    def __init__(self, store: Store, when: Callable[[], bool]) -> None:
        self._store, self._when = store, when
        self.clock = store.clock

    def _there(self) -> Store:
        if self._when():
            raise Unavailable("The service is temporarily unavailable.", "the test took it away")
        return self._store

    def do(self, work: Callable[[Transaction], object]) -> object:
        return self._there().do(work)

    def read(self, work: Callable[[Transaction], object]) -> object:
        return self._there().read(work)


class Running:
    """A step in a thread of its own, which has ended after the block; `lost` says that it should find its lane lost."""

    def __init__(self, step: Step, held: Held, *, lost: bool = False) -> None:
        self._step, self._held, self._lost = step, held, lost
        self._thread = Thread(target=self._run)
        self._fault: BaseException | None = None

    def _run(self) -> None:
        try:
            self._step(self._held)
        except BaseException as error:  # noqa: BLE001  whatever it is, the test is told
            self._fault = error

    def until(self, happens: Callable[[], bool]) -> None:
        """Waits for it, as long as the step runs."""
        eventually(lambda: happens() or not self._thread.is_alive())
        assert happens(), self._fault

    def __enter__(self) -> "Running":
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._thread.join(PROMPT)
        assert not self._thread.is_alive()
        if error is None:
            assert isinstance(self._fault, LaneLost) if self._lost else self._fault is None, self._fault


def _next_due(tx: Transaction, destination: Destination) -> datetime | None:
    at = tx.delivery_next_due(destination.seller_id, destination.destination_id)
    return at and max(at, destination.paused_until or at)
