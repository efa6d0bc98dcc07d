"""A seller's followed reports in virtual time, and a marketplace that answers what a test says."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from daybook.accounts.sellers import add_seller
from daybook.activity import Event
from daybook.kernel.ids import Ids
from daybook.lanes import LEASE, WorkClass
from daybook.notifications.inbound import followed_reports, receivers
from daybook.notifications.inbound.asking import Answer, Away, Link, NotKnown, Told
from daybook.notifications.inbound.events import Arrival, InboundEvent, receive
from daybook.notifications.inbound.followed_reports import FOLLOWED, SUBJECT, Draft, FollowedReport
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.reading import read
from daybook.notifications.inbound.silence import PATIENCE, Patience
from daybook.notifications.inbound.status import FollowedStatus, Source, claimed
from daybook.store.store import Store
from daybook.worker.followed_reports import Follower, followed_step
from tests.api.receiving import REQUEST, sample
from tests.databases import let_pass
from tests.notifications.virtual.daybooks import Clock, Plain

SELLER = "A1NEWS"
US = "ATVPDKIKX0DER"


@dataclass
class Marketplace:
    """Answers by report; what nothing is said of it does not know."""

    words: dict[str, str | Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    """What happens while it is asked."""

    def ask(self, report_id: str) -> Answer:
        self.asked.append(report_id)
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        word = self.words.get(report_id)
        if isinstance(word, str):
            return Told(claimed(word), word, "ITEM")
        return NotKnown("It knows no such report.") if word is None else word

    def link(self, report_id: str, document_id: str) -> Link:
        return Link(f"https://download.example/{report_id}")


@dataclass
class Following:
    """A seller, by a clock that stands until it is moved."""

    store: Store
    clock: Clock
    marketplace: Marketplace = field(default_factory=Marketplace)
    ids: Ids = field(default_factory=lambda: Ids(random.Random(7).randbytes))  # noqa: S311  the same in every run
    patience: Patience = PATIENCE
    connected: bool = True
    sent: int = 0

    def begin(self) -> "Following":
        self.store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (US,)))
        return self

    def receiver(self) -> None:
        """Walmart may call."""
        self.store.do(lambda tx: receivers.add(tx, tx.now, self.ids, Plain(), SELLER, "", None, "the test"))

    def follow(self, report_id: str = REQUEST, **draft: Any) -> FollowedReport:
        given = Draft(SELLER, Source.WALMART, report_id, **draft)
        return self.store.do(lambda tx: followed_reports.follow(tx, tx.now, given, "the test"))

    def news(self, status: str = "READY", report_id: str = REQUEST, event_id: str = "") -> InboundEvent | None:
        """A notification comes in."""
        self.sent += 1
        body = sample(status, event_id or f"event-{self.sent}", requestId=report_id)
        arrival = Arrival(SELLER, Source.WALMART, "a receiver")
        return self.store.do(lambda tx: receive(tx, tx.now, self.ids, arrival, read(body, {}), body))

    def work(self) -> int:
        """Runs the lane for as long as anything is due in it; how often the marketplace was asked."""
        before = -1
        first = len(self.marketplace.asked)
        parts = Follower(
            self.store,
            lambda *_: self.marketplace if self.connected else None,
            self.patience,
            random.Random(3).randbytes,  # noqa: S311  the same in every run
            lambda: 0.0,
        )
        while before != len(self.marketplace.asked):
            before = len(self.marketplace.asked)
            let_pass(self.store, 400 * 86400)
            for work_class in WorkClass:
                for held in self.store.claim("a worker", work_class, [FOLLOWED], 100, LEASE):
                    followed_step(parts)(held)
        return len(self.marketplace.asked) - first

    def wait(self, **time: float) -> int:
        """Lets time pass, and looks made when they are due; how many."""
        end, looks = self.clock.now + timedelta(**time), self.work()
        while (at := self.next_due()) is not None and at <= end:
            self.clock.now = max(self.clock.now, at)
            looks += self.work()
        self.clock.now = end
        return looks + self.work()

    def next_due(self) -> datetime | None:
        return self.store.read(lambda tx: tx.followed_reports_next_due(SELLER, Source.WALMART))

    def report(self, report_id: str = REQUEST) -> FollowedReport:
        return self.store.read(lambda tx: followed_reports.find(tx, SELLER, Source.WALMART, report_id))

    def status(self, report_id: str = REQUEST) -> FollowedStatus:
        return self.report(report_id).status

    def history(self, report_id: str = REQUEST) -> list[Event]:
        return self.store.read(lambda tx: tx.events_of(SELLER, SUBJECT, f"walmart/{report_id}"))

    def inbound(self) -> list[InboundEvent]:
        """What came in, the newest first."""
        return self.store.read(lambda tx: tx.inbound_page(SELLER, Search(page_size=100_000), None))

    def alerts(self) -> list[str]:
        """What the ledger tells of silence."""
        told = self.store.read(lambda tx: tx.events_of(SELLER, "inbound", "walmart"))
        return [event.to_status for event in told]


AWAY = Away("It does not answer.")
