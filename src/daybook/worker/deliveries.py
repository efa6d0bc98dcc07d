"""The step of a destination's lane: a few deliveries in flight, each written down before it leaves and after it landed.

    intent, committed --> send --> outcome, committed (with the intent of the next)

A worker that dies leaves intents without an outcome. The next one sends them again, with the same id and bytes, so that
a receiver can tell. A step works on while it finds something due, and then gives its slot to another destination.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from daybook.kernel.clock import machine_clock
from daybook.lanes import Held, Step
from daybook.notifications.answers import Answer
from daybook.notifications.confidential import Confidential
from daybook.notifications.courier import Courier
from daybook.notifications.destinations import Destination, destination_of
from daybook.notifications.sending import Outcome, Sending, conclude, next_in, outgoing, recover, take
from daybook.store.store import Store
from daybook.store.transaction import Transaction

AT_ONCE = 48
"""Destinations that one worker sends to at the same time: one that hangs holds one of them for as long."""
WORKS_ON = 2.0
"""Seconds for which a step begins new calls."""
SEND_WITHIN = 10.0
"""Seconds after the intent in which a call may begin; less than what is left of a lease then."""
LONGEST = 120.0
"""Seconds that a step may take: its last call may need a token first, and then another one."""
GRACE = 1.0
"""Seconds for which a worker that is being stopped waits for calls."""
_LOOK_EVERY = 0.1
"""Seconds between two looks, while calls are in the air, for what has become due meanwhile."""
_GATHERS = 0.01
"""Seconds for which a call that has landed waits for the others in the air: a turn costs as much for all as for one."""


@dataclass(frozen=True, slots=True)
class Post:
    """What deliveries are sent with."""

    store: Store
    courier: Courier
    draw: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    send_within: float = SEND_WITHIN
    works_on: float = WORKS_ON
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when the worker is being stopped: nothing more is begun."""


def deliveries_step(post: Post) -> Step:
    """The step of lanes of kind `destinations.DELIVERIES`. Raises Unavailable where the database is away."""

    def step(held: Held) -> None:
        _Tour(post, held).run()

    return step


class _Tour:
    """One step: turns at the database, with calls in the air between them."""

    def __init__(self, post: Post, held: Held) -> None:
        self._post = post
        self._held = held
        self._key = destination_of(held.lane)
        self._ends = post.monotonic() + post.works_on
        self._flights: dict[Future[Answer | None], Sending] = {}
        self._first = True
        self._room = 0
        self._cancelled = False
        self._opened: tuple[str, Confidential] | None = None

    def run(self) -> None:
        """Until the lane is released."""
        while not self._turn():
            wait(self._flights, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED)
            wait(self._flights, timeout=_GATHERS)
            if self._post.closing.is_set():
                self._hang_up()

    def _turn(self) -> bool:
        """Writes down what has landed, and takes what is due; whether the lane was released."""
        landed = [flight for flight in self._flights if flight.done()]
        if not (landed or self._first or self._may_take()):
            return False
        outcomes = [self._outcome(flight) for flight in landed if not flight.cancelled()]
        sent_by = self._post.monotonic() + self._post.send_within
        destination, taken, released = self._post.store.do(partial(self._write, len(landed), outcomes))
        self._first = False
        for flight in landed:
            del self._flights[flight]
        for sending in taken:
            self._flights[self._launch(destination, sending, sent_by)] = sending
        self._room = 0 if destination is None else _at_once(destination) - len(self._flights)
        return released

    def _write(
        self, landed: int, outcomes: list[Outcome], tx: Transaction
    ) -> tuple[Destination | None, list[Sending], bool]:
        destination = conclude(tx, tx.now, tx.destination(*self._key), outcomes)
        in_flight = len(self._flights) - landed
        taken: list[Sending] = []
        if self._first:
            recover(tx, tx.now, *self._key)
        if destination is not None:
            taken = self._taken(tx, destination, in_flight)
        released = not (taken or in_flight)
        if released:
            again = None if destination is None else next_in(tx, tx.now, destination)
            tx.release(self._held, 0.0 if self._cancelled else again)
        else:
            tx.fence(self._held)
        return destination, taken, released

    def _taken(self, tx: Transaction, destination: Destination, in_flight: int) -> list[Sending]:
        if not self._may_begin():
            return []
        limit = _at_once(destination) - in_flight
        return take(tx, tx.now, destination, limit, timedelta(seconds=self._post.send_within))

    def _may_take(self) -> bool:
        """A look that writes nothing: whether there is room beside those in the air, and anything to begin."""
        if self._room <= 0 or not self._may_begin():
            return False
        due = self._post.store.read(lambda tx: tx.delivery_next_due(*self._key))
        return due is not None and due <= self._post.store.clock()

    def _may_begin(self) -> bool:
        return self._post.monotonic() < self._ends and not self._post.closing.is_set()

    def _outcome(self, flight: Future[Answer | None]) -> Outcome:
        return Outcome(self._flights[flight], flight.result(), self._post.draw())

    def _launch(self, destination: Destination | None, sending: Sending, sent_by: float) -> Future[Answer | None]:
        """The call, unless its time to be sent is over: the worker may have stood still since, and lost the lane."""
        if destination is None or self._post.monotonic() > sent_by:
            never: Future[Answer | None] = Future()
            never.set_result(None)
            return never
        confidential = self._confidential(destination)
        clock = self._post.store.clock
        prepared = outgoing(clock(), machine_clock(clock)(), confidential, sending)
        return self._post.courier.send(prepared, confidential.authorization)  # type: ignore[return-value]

    def _confidential(self, destination: Destination) -> Confidential:
        """Opened once, unless it changes meanwhile."""
        if self._opened is None or self._opened[0] != destination.sealed:
            self._opened = destination.sealed, self._post.courier.opened(destination)
        return self._opened[1]

    def _hang_up(self) -> None:
        """What is in the air is given a moment; the next worker sends again what has not landed then."""
        wait(self._flights, timeout=GRACE)
        for flight in self._flights:
            self._cancelled |= flight.cancel()


def _at_once(destination: Destination) -> int:
    return 1 if destination.pauses else destination.calls
