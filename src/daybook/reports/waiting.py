"""Why a report is still waiting: its place, what is before it, when it may run, when it is likely to end.

Everything is read from the reports themselves: what is usual for a type is what its last reports took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from daybook.lanes import LaneState
from daybook.reports.ports import WaitingPort
from daybook.reports.reports import Report, production_lane
from daybook.reports.scenarios.rules import Rules
from daybook.reports.status import Status
from daybook.stalled import Silence

HISTORY = 200
"""How many ended reports of a type tell what is usual."""
ENOUGH = 20
"""Fewer say too little to call a report stalled."""
LEAST_STALL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Usual:
    """How long the last reports of a type took, in seconds: half of them, 95 of 100, 99 of 100.

    And how many there were.
    """

    p50: float
    p95: float
    p99: float
    reports: int


class Times(NamedTuple):
    """How long a type's reports usually take."""

    in_queue: Usual | None
    in_progress: Usual | None
    in_all: Usual | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a report that has not ended. `place` 1 is the next to be begun, 0 the one in progress.

    `waited` is in seconds, from its asking to now.
    """

    place: int
    blocked_by: str | None
    next_run_at: datetime | None
    failures: int
    in_queue: Usual | None
    in_progress: Usual | None
    in_all: Usual | None
    expected_at: datetime | None
    stalled: bool
    waited: float
    sentence: str


def explain(tx: WaitingPort, now: datetime, report: Report, practice: Rules | None) -> Waiting | None:
    """Why the report is waiting; None where it has ended. `practice` is the scenario for it, where there is one."""
    if report.finished_at is not None:
        return None
    times = usual_times(tx, report.seller_id, report.report_type)
    in_progress = times.in_progress
    blocking = tx.report_in_progress(report.seller_id, report.report_type)
    begun = blocking is not None and blocking.report_id == report.report_id  # since it was read, perhaps
    place = 0 if begun or report.status is Status.IN_PROGRESS else tx.reports_before(report) + 1
    lane = tx.lane_state(production_lane(report.seller_id, report.report_type))
    silence = silence_of(report, times)
    stalled = silence is not None and silence.too_long(now)
    until = _practised_until(practice, now, report) if place == 0 or (place == 1 and blocking is None) else None
    return Waiting(
        place=place,
        blocked_by=blocking.report_id if blocking and not begun else None,
        next_run_at=now + timedelta(seconds=max(0.0, lane.due_in)) if lane and lane.due_in is not None else None,
        failures=lane.failures if lane else 0,
        in_queue=times.in_queue,
        in_progress=in_progress,
        in_all=times.in_all,
        expected_at=_expected(now, place, blocking, in_progress),
        stalled=stalled,
        waited=(now - report.created_at).total_seconds(),
        sentence=_sentence(place, blocking, lane, until, stalled=stalled),
    )


def usual_times(tx: WaitingPort, seller_id: str, report_type: str) -> Times:
    """What is usual for a seller's reports of a type."""
    history = tx.reports_ended(seller_id, report_type, HISTORY)
    return Times(
        usual([(ended.created_at, ended.started_at) for ended in history]),
        usual([(ended.started_at, ended.finished_at) for ended in history]),
        usual([(ended.created_at, ended.finished_at) for ended in history]),
    )


def usual(spans: Sequence[tuple[datetime | None, datetime | None]]) -> Usual | None:
    """What is usual of these spans; those without both ends do not count. None where none is left."""
    seconds = sorted((end - start).total_seconds() for start, end in spans if start and end)
    if not seconds:
        return None
    p50, p95, p99 = (seconds[ceil(len(seconds) * share / 100) - 1] for share in (50, 95, 99))
    return Usual(p50, p95, p99, len(seconds))


def _expected(now: datetime, place: int, blocking: Report | None, in_progress: Usual | None) -> datetime | None:
    """When it is likely to end: the rest of the one in progress, and the usual time of each up to this one."""
    if in_progress is None:
        return None
    rest = timedelta(0)
    if blocking is not None and blocking.started_at is not None:
        passed = (now - blocking.started_at).total_seconds()
        longer = next((each for each in (in_progress.p50, in_progress.p95, in_progress.p99) if each > passed), passed)
        rest = timedelta(seconds=longer - passed)
    return now + rest + place * timedelta(seconds=in_progress.p50)


def silence_of(report: Report, times: Times) -> Silence | None:
    """It may wait as long as 99 of 100 did, and a minute at least; None where too few are known to tell."""
    begun = report.started_at is not None
    normal, since = (times.in_progress, report.started_at) if begun else (times.in_queue, report.created_at)
    if normal is None or normal.reports < ENOUGH or since is None:
        return None
    return Silence(since, max(LEAST_STALL, timedelta(seconds=normal.p99)))


def _practised_until(practice: Rules | None, now: datetime, report: Report) -> datetime | None:
    """Until when a practice scenario holds it up: its beginning, or its end. None where none does."""
    if practice is None:
        return None
    until = practice.ends_at(report) if report.started_at else practice.begins_at(report)
    return until if until > now else None


def _sentence(
    place: int, blocking: Report | None, lane: LaneState | None, until: datetime | None, *, stalled: bool
) -> str:
    late = " It takes longer than 99 of 100 reports of its type did." if stalled else ""
    if lane is not None and lane.failures:
        return f"Its last {lane.failures} steps failed, so it waits before the next; the worker's log says why.{late}"
    if until is not None:
        where = "in progress" if place == 0 else "in the queue"
        return f"A practice scenario keeps it {where} until {until:%Y-%m-%d %H:%M:%S} UTC.{late}"
    if place == 0:
        return f"It is being made.{late}"
    ahead = f" {place - 1} of its type are before it." if place > 1 else ""
    if blocking is not None:
        return f"It waits for report {blocking.report_id} of its type, which is being made.{ahead}{late}"
    return f"It waits for a worker.{ahead} If none takes it, see whether one runs: `daybook doctor`.{late}"
