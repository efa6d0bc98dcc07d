"""One transaction: every noun's statements over one connection, and the lanes' notes that end it."""

from datetime import datetime

from daybook.activity import Event
from daybook.lanes import Held, Lane, LaneState, Woken, WorkClass
from daybook.notifications.fan_out import fan_out_lane
from daybook.notifications.kinds import kind_of
from daybook.store.accounts import Accounts
from daybook.store.activity import Activity
from daybook.store.batches import Batches
from daybook.store.deliveries import Deliveries
from daybook.store.delivery_attempts import DeliveryAttempts
from daybook.store.destinations import Destinations
from daybook.store.documents import Documents
from daybook.store.followed_reports import FollowedReports
from daybook.store.inbound_events import InboundEvents
from daybook.store.items import Items
from daybook.store.lanes import LaneTable
from daybook.store.operation_pages import OperationPages
from daybook.store.operations import Operations
from daybook.store.receivers import Receivers
from daybook.store.reports import Reports
from daybook.store.rows import Opened, Rows
from daybook.store.scenarios import Scenarios
from daybook.store.schedules import Schedules
from daybook.store.sealed_values import SealedValues
from daybook.store.sending import Sendings
from daybook.store.subscriptions import Subscriptions


class Transaction(
    Accounts,
    Reports,
    Scenarios,
    Schedules,
    Documents,
    Items,
    Destinations,
    Subscriptions,
    Deliveries,
    DeliveryAttempts,
    SealedValues,
    Receivers,
    InboundEvents,
    FollowedReports,
    Activity,
    Batches,
    Operations,
    OperationPages,
    Sendings,
):
    """Satisfies the ports of every room. `now` is fixed at its beginning: one transaction has one time."""

    def __init__(self, on: Opened, now: datetime, lanes: LaneTable) -> None:
        Rows.__init__(self, on, now)  # every request makes one; super() would look through twenty classes for it
        self._lanes = lanes
        self.events: list[Event] = []
        """The lines of the ledger that it has written."""
        self._unwritten: list[Event] = []
        self._wakes: dict[Lane, tuple[WorkClass, float]] = {}
        self._endings: dict[Lane, tuple[Held, bool, float | None]] = {}

    def add_event(self, event: Event) -> None:
        """Noted now, written before COMMIT: a seller's lines commit in the order of their numbers.

        If it is news to anybody, it will be fanned out.
        """
        self._unwritten.append(event)

    def _write_ledger(self) -> None:
        unwritten, self._unwritten = self._unwritten, []
        if unwritten:
            self._take_turn({event.seller_id for event in unwritten})
        for event in unwritten:
            sequence = self._append(event)
            self.events.append(event)
            kind = kind_of(event)
            if kind is not None and self.note_untold(event.seller_id, kind.name, sequence):
                self.wake(fan_out_lane(event.seller_id), WorkClass.INTERACTIVE)

    def events_of(self, seller_id: str, subject: str, subject_id: str) -> list[Event]:
        """The lines of this transaction among them: it takes its turn at the ledger for that, and keeps it."""
        self._write_ledger()
        return super().events_of(seller_id, subject, subject_id)

    def wake(self, lane: Lane, work_class: WorkClass, delay: float = 0.0) -> None:
        """Noted now, written as the last thing before COMMIT; the most urgent of several wakes of a lane counts."""
        noted_class, noted_delay = self._wakes.get(lane, (work_class, delay))
        self._wakes[lane] = (min(noted_class, work_class), min(noted_delay, delay))

    def fence(self, held: Held) -> None:
        """Commit only while the lane is still held with this token."""
        self._endings.setdefault(held.lane, (held, False, None))

    def release(self, held: Held, next_in: float | None) -> None:
        """Commit only while the lane is still held with this token, and give it back."""
        self._endings[held.lane] = (held, True, next_in)

    def lane_state(self, lane: Lane) -> LaneState | None:
        """How it is with a lane; None where it never was woken."""
        return self._lanes.state(self.driver, lane)

    @property
    def rings(self) -> bool:
        """Whether a lane may be due, or somebody who listens has news, once this is committed."""
        return bool(self._wakes or self.events) or any(released for _, released, _ in self._endings.values())

    @property
    def woken(self) -> set[Woken]:
        """What is due once this is committed, for it was woken without a delay."""
        return {(work_class, lane.kind) for lane, (work_class, delay) in self._wakes.items() if delay <= 0}

    @property
    def released(self) -> list[Held]:
        """The lanes that are given back once this is committed."""
        return [held for held, released, _ in self._endings.values() if released]

    def flush(self) -> None:
        """Writes the ledger and then the notes, sorted by lane so that two transactions cannot wait for each other.

        LaneLost where one is stale.
        """
        self._write_ledger()
        for lane in sorted(self._wakes.keys() | self._endings.keys()):
            if lane in self._wakes:
                self._lanes.wake(self.driver, lane, *self._wakes[lane])
            if lane in self._endings:
                held, released, next_in = self._endings[lane]
                self._end(held, released=released, next_in=next_in)

    def _end(self, held: Held, *, released: bool, next_in: float | None) -> None:
        if released:
            self._lanes.release(self.driver, held, next_in)
        else:
            self._lanes.fence(self.driver, held)
