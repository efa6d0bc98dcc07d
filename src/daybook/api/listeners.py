"""Who listens to the ledger in this process, and the one task that looks for them whether there is news.

However many listen, a look is one question to the database: which of their sellers have a line that they have not seen.
It is asked when something was committed, and once a second where no ring came.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import NamedTuple

from daybook.api.door import Door
from daybook.kernel.errors import QuotaExceeded, Unavailable
from daybook.store.transaction import Transaction

MOST_OF_ONE = 100
"""Streams that one application may have open for one seller."""
HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is still there."""
LOOK_EVERY = 1.0
LEAST_APART = 0.02
"""Seconds between two looks: many commits of a moment are one look."""
_AT_ONCE = 400
"""Sellers in one question."""


class Who(NamedTuple):
    """Who listens: an application, for a seller."""

    seller_id: str
    client_id: str


class Listeners:
    """Those of one process. All but `close` is called in the event loop that serves."""

    def __init__(self, heartbeat: float = HEARTBEAT) -> None:
        self.heartbeat = heartbeat
        self.closed = False
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._open: Counter[Who] = Counter()
        self._last: dict[str, int] = {}
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def joined(self, door: Door, who: Who) -> Iterator[asyncio.Event]:
        """While the block lasts, the event is set whenever the seller may have news. Raises QuotaExceeded."""
        if self._open[who] >= MOST_OF_ONE:
            raise QuotaExceeded
        self._begin(door)
        news = asyncio.Event()
        self._open[who] += 1
        self._waiting.setdefault(who.seller_id, set()).add(news)
        try:
            yield news
        finally:
            self._leave(who, news)

    async def wait(self, seller_id: str, cursor: int, news: asyncio.Event, seconds: float) -> bool:
        """Until the seller has a line behind the cursor, or is to be looked at anyhow; whether that came in time."""
        if self._last.get(seller_id, 0) > cursor or self.closed:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await news.wait()
                news.clear()
                return True
        return False

    def close(self) -> None:
        """Ends every stream, from any thread."""
        self.closed = True
        self._from_anywhere(self._wake_all)

    def _leave(self, who: Who, news: asyncio.Event) -> None:
        self._open[who] -= 1
        self._waiting[who.seller_id].remove(news)
        if not self._open[who]:
            del self._open[who]
        if not self._waiting[who.seller_id]:
            del self._waiting[who.seller_id]
            self._last.pop(who.seller_id, None)
        if not self._waiting and self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self, door: Door) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            door.store.on_ring(lambda: self._from_anywhere(self._rung.set))
        if self._task is None:
            self._task = self._loop.create_task(self._look_on(door))

    def _from_anywhere(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended, and nobody listens
                self._loop.call_soon_threadsafe(call)

    async def _look_on(self, door: Door) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._rung.wait()
            self._rung.clear()
            with suppress(Unavailable):  # it is asked again; the streams find out for themselves
                await self._look(door)
            await asyncio.sleep(LEAST_APART)

    async def _look(self, door: Door) -> None:
        sellers = list(self._waiting)
        for begin in range(0, len(sellers), _AT_ONCE):
            some = sellers[begin : begin + _AT_ONCE]
            found = await door.read(partial(_last, some))
            for seller_id in self._waiting.keys() & set(some):
                before, self._last[seller_id] = self._last.get(seller_id, 0), found.get(seller_id, 0)
                if self._last[seller_id] > before:
                    self._wake(seller_id)

    def _wake(self, seller_id: str) -> None:
        for news in self._waiting[seller_id]:
            news.set()

    def _wake_all(self) -> None:
        for seller_id in self._waiting:
            self._wake(seller_id)


def _last(seller_ids: Sequence[str], tx: Transaction) -> Mapping[str, int]:
    return tx.last_events(seller_ids)
