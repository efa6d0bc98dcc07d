"""News of reports that have ended, for waits that would else find out at their next look.

News is a hint: whoever waits looks for itself. News of a report that nobody here waits for costs no call.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from daybook.client.wire.messages import Bell, Wire

REMEMBERED = 1000
"""How many of the last reports that were told of are known to a wait that begins later."""


class Hearing:
    """One wait, and what it was told that it has not heard yet."""

    def __init__(self, report_ids: Collection[str], bell: Bell) -> None:
        self._report_ids = frozenset(report_ids)
        self._bell = bell
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, report_ids: Collection[str] | None) -> None:
        """These have ended; None: any of them may have."""
        told = self._report_ids if report_ids is None else self._report_ids.intersection(report_ids)
        if told:
            with self._lock:
                self._told |= told
            self._bell.ring()

    async def until(self, seconds: float) -> Collection[str]:
        """Passes the time, or less of it where there is news; of which reports."""
        if not self._told:
            await self._bell.wait(seconds)
        with self._lock:
            told, self._told = self._told, set()
        return told


class News:
    """Who waits for which reports; threads and tasks may share it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._hearings: set[Hearing] = set()
        self._last: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def tell(self, report_id: str) -> None:
        """The report has ended; whoever waits for it, looks."""
        with self._lock:
            self._last[report_id] = None
            while len(self._last) > REMEMBERED:
                self._last.popitem(last=False)
            hearings = list(self._hearings)
        for hearing in hearings:
            hearing.tell([report_id])

    def tell_all(self) -> None:
        """Something may have been missed; whoever waits, looks once."""
        with self._lock:
            hearings = list(self._hearings)
        for hearing in hearings:
            hearing.tell(None)

    @contextmanager
    def waiting(self, report_ids: Collection[str]) -> Iterator[Hearing]:
        """A hearing for as long as the block lasts."""
        hearing = Hearing(report_ids, self._wire.bell())
        with self._lock:
            self._hearings.add(hearing)
            hearing.tell(list(self._last))
        try:
            yield hearing
        finally:
            with self._lock:
                self._hearings.remove(hearing)
