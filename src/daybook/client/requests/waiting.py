"""Waiting for reports to end: one loop for any number of them, which always looks at the one that is due first."""

import heapq
import warnings
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daybook.client.answers import KNOWN, Report
from daybook.client.errors import NoSuchThing, ServerFailed, StillWaiting, Throttled
from daybook.client.operations import Operations
from daybook.client.requests.news import Hearing, News
from daybook.client.requests.polling import History, Plans, Usual
from daybook.client.requests.requests import Part
from daybook.client.surroundings import Surroundings
from daybook.kernel.errors import InvalidInput, Unavailable

GRACE = 60.0
"""Seconds for which a new report may be unknown to getReport: what createReport made is not seen everywhere at once."""
OUTAGE = 900.0
"""Seconds for which a wait bears a server that fails or does not answer."""
RETENTION = timedelta(days=90)
"""For how long getReport knows a report (seed 001)."""


class UnknownStatus(UserWarning):
    """The server tells a processing status that the contract does not name. The wait goes on."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a wait found at one look, for whoever shows its progress.

    `status` is empty where the server did not know the report yet, or did not answer. `age` and `next_in` are seconds.
    """

    report_id: str
    report_type: str
    status: str
    age: float
    next_in: float
    usual: Usual | None


@dataclass(order=True, slots=True)
class _Watch:
    """A report that is waited for; `asked` and `due` are times that pass."""

    due: float
    order: int
    part: Part = field(compare=False)
    asked: float = field(compare=False)
    known_as: object = field(compare=False)
    report: Report | None = field(default=None, compare=False)
    began: bool = field(default=False, compare=False)
    failing_since: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A report that has ended, and what is known of how."""

    part: Part
    report: Report
    seconds: float
    began: bool
    """Whether it was seen in progress."""


class Waiting:
    """Waits for one seller's reports."""

    def __init__(
        self, operations: Operations, plans: Plans, history: History, news: News, around: Surroundings
    ) -> None:
        self._operations = operations
        self._plans = plans
        self._history = history
        self._news = news
        self._around = around
        self._warned: set[str] = set()

    async def each(
        self, parts: Sequence[Part], within: float | None = None, heard: Callable[[Look], None] | None = None
    ) -> AsyncGenerator[Ended, None]:
        """The reports, each as it ends.

        Raises StillWaiting for those that have not ended after `within` seconds, NoSuchThing, AccessDenied, and what
        the server's failing raises once it has lasted.
        """
        deadline = None if within is None else self._around.passed() + within
        watches = [self._watch(order, part, deadline) for order, part in enumerate(parts)]
        heapq.heapify(watches)
        hearings = ExitStack()
        hearing = hearings.enter_context(self._news.waiting([part.report_id for part in parts]))
        try:
            while watches:
                await self._until_due(watches, hearing)
                await self._look(watches[0])
                report = watches[0].report
                if report is not None and report.ended:
                    yield self._ended(heapq.heappop(watches), report)
                    continue
                if deadline is not None and self._around.passed() >= deadline:
                    raise _not_ended(watches)
                self._look_again(watches, deadline, heard)
        finally:
            hearings.close()
            for watch in watches:
                self._history.end(watch.part.report_type, watch.known_as, None)

    def _watch(self, order: int, part: Part, deadline: float | None) -> _Watch:
        age = (self._around.now() - part.asked_at).total_seconds()
        if age > RETENTION.total_seconds():
            days = (
                f"It was asked for at {part.asked_at.isoformat()}; servers forget reports after {RETENTION.days} days."
            )
            raise InvalidInput(f"Report {part.report_id} is too old to be asked about.", days)
        known_as = self._history.begin(part.report_type)
        now = self._around.passed()
        watch = _Watch(now, order, part, now - max(0.0, age), known_as)
        if (
            age < self._plans.of(part.report_type).first
        ):  # an older one may have ended long ago: it is looked at at once
            watch.due = self._next(watch, deadline)
        return watch

    def _next(self, watch: _Watch, deadline: float | None) -> float:
        """When to look next; the last time is at the deadline."""
        plan = self._plans.of(watch.part.report_type)
        due = watch.asked + plan.next_look(self._around.passed() - watch.asked, self._around.randomness)
        return due if deadline is None else min(due, deadline)

    async def _until_due(self, watches: list[_Watch], hearing: Hearing) -> None:
        """Until the first is to be looked at; one of which there is news is to be looked at now."""
        while (left := watches[0].due - self._around.passed()) > 0:
            told = await hearing.until(left)
            for watch in watches:
                if watch.part.report_id in told:
                    watch.due = min(watch.due, self._around.passed())
            if told:
                heapq.heapify(watches)

    async def _look(self, watch: _Watch) -> None:
        """Asks about the report. What may pass is borne for a while: then nothing is new."""
        try:
            watch.report = await self._operations.get_report(watch.part.report_id)
        except NoSuchThing:
            if watch.report is not None or self._around.passed() - watch.asked > GRACE:
                raise
        except (ServerFailed, Throttled, Unavailable):
            if watch.failing_since is None:
                watch.failing_since = self._around.passed()
            if self._around.passed() - watch.failing_since > OUTAGE:
                raise
        else:
            watch.failing_since = None
            watch.began = watch.began or watch.report.processingStatus == "IN_PROGRESS"
            self._warn(watch.report.processingStatus)

    def _warn(self, status: str) -> None:
        if status not in KNOWN and status not in self._warned:
            self._warned.add(status)
            text = f"The server tells the processing status {status!r}, which is not in the contract; the wait goes on."
            warnings.warn(text, UnknownStatus, stacklevel=2)

    def _ended(self, watch: _Watch, report: Report) -> Ended:
        seen = self._around.passed() - watch.asked
        told = _told_seconds(report)
        seconds = seen if told is None else min(seen, max(told, 0.0))
        known = seconds if report.processingStatus == "DONE" else None
        self._history.end(watch.part.report_type, watch.known_as, known)
        return Ended(watch.part, report, seconds, watch.began)

    def _look_again(self, watches: list[_Watch], deadline: float | None, heard: Callable[[Look], None] | None) -> None:
        """Says when the first of the reports is to be looked at again."""
        watch = watches[0]
        watch.due = self._next(watch, deadline)
        heapq.heapreplace(watches, watch)
        if heard is None:
            return
        now, status = self._around.passed(), watch.report.processingStatus if watch.report else ""
        usual = self._plans.usual(watch.part.report_type)
        part = watch.part
        heard(Look(part.report_id, part.report_type, status, now - watch.asked, watch.due - now, usual))


def _told_seconds(report: Report) -> float | None:
    ended_at: datetime | None = report.ended_at
    return None if ended_at is None else (ended_at - report.created_at).total_seconds()


def _not_ended(watches: Sequence[_Watch]) -> StillWaiting:
    left = sorted(watches, key=lambda watch: watch.order)
    told = (
        f"{watch.part.report_id} {watch.report.processingStatus if watch.report else 'not seen yet'}" for watch in left
    )
    return StillWaiting([watch.part.report_id for watch in left], "; ".join(told))
