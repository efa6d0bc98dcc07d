"""Schedules: a report of a type, every period, each slot exactly once.

After downtime one report for all that was missed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daybook.activity import Event, known
from daybook.kernel.errors import TOLD, InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, WorkClass
from daybook.reports.admitting import admitted, own_marketplaces
from daybook.reports.periods import Period, latest_slot, slot
from daybook.reports.ports import SchedulesPort
from daybook.reports.report_types import ReportTypes
from daybook.reports.reports import Report, enqueue
from daybook.reports.rules.checking import in_schedule
from daybook.reports.status import Status

SCHEDULES = "schedules"
SUBJECT = "schedule"
FIRED_IN_ONE_STEP = 50
_YEARS = range(2000, 9000)  # beyond them a slot could lie outside what a date can say


@dataclass(frozen=True, slots=True)
class Schedule:
    """A standing request.

    `anchor_at` is the slot that all others are counted from; `covered_until` is where its next report's data begins.
    """

    seller_id: str
    schedule_id: str
    report_type: str
    schedule_group: str
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    period: Period
    anchor_at: datetime
    next_at: datetime
    covered_until: datetime
    created_at: datetime
    client_id: str | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks a schedule to be."""

    seller_id: str
    report_type: str
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    period: Period
    next_at: datetime | None = None
    client_id: str | None = None
    request_id: str = ""


def schedules_lane(seller_id: str) -> Lane:
    """A seller's schedules fire in one lane."""
    return Lane(SCHEDULES, seller_id)


def create(tx: SchedulesPort, now: datetime, ids: Ids, types: ReportTypes, plan: Plan) -> Schedule:
    """A new schedule, which cancels and replaces the one of the same type and set of marketplaces.

    Its first report is due at `next_at`, or one period from now; a time in the past is due at once. Raises
    InvalidInput.
    """
    report_type = types.find(plan.report_type)
    marketplace_ids, wrong = own_marketplaces(tx, plan.seller_id, plan.marketplace_ids)
    broken = in_schedule(report_type, marketplace_ids, plan.options, plan.period)
    anchor = plan.next_at or now.replace(microsecond=0)
    warnings = admitted(tx, plan.client_id, [*wrong, *_too_far(anchor)], broken)
    # Counted from the anchor, or what was made on 31 January would fire on the 28th for ever.
    next_at = plan.next_at or slot(anchor, plan.period, 1)
    schedule = Schedule(
        seller_id=plan.seller_id,
        schedule_id=ids.timed(now),
        report_type=plan.report_type,
        schedule_group=report_type.group,
        marketplace_ids=marketplace_ids,
        options=plan.options,
        period=plan.period,
        anchor_at=anchor,
        next_at=next_at,
        covered_until=slot(next_at, plan.period, -1) if plan.next_at else anchor,
        created_at=now,
        client_id=plan.client_id,
    )
    told = known(period=plan.period.value, requestId=plan.request_id, warnings=warnings)
    _replace(tx, now, schedule, told, plan.request_id)
    return schedule


def _too_far(at: datetime) -> list[InvalidInput]:
    if at.year in _YEARS:
        return []
    return [InvalidInput("nextReportCreationTime is too far away", f"nextReportCreationTime: {at.isoformat()}")]


def _replace(
    tx: SchedulesPort, now: datetime, schedule: Schedule, evidence: dict[str, object], request_id: str
) -> None:
    actor = f"application {schedule.client_id}" if schedule.client_id else "operator"
    earlier = tx.schedule_in_place_of(schedule)
    if earlier is not None and tx.cancel_schedule(earlier.seller_id, earlier.schedule_id, now):
        told = known(replacedBy=schedule.schedule_id, requestId=request_id)
        _tell(tx, now, earlier, "LIVE", "CANCELLED", actor, told)
    tx.add_schedule(schedule)
    _tell(tx, now, schedule, None, "LIVE", actor, evidence)
    tx.wake(schedules_lane(schedule.seller_id), WorkClass.NORMAL, _seconds_until(schedule.next_at, now))


def find(tx: SchedulesPort, seller_id: str, schedule_id: str) -> Schedule:
    """The seller's live schedule. Raises NotFound, for a cancelled one too: it no longer lists."""
    schedule = tx.schedule(seller_id, schedule_id)
    if schedule is None or schedule.cancelled_at is not None:
        raise NotFound("The report schedule could not be found.", f"reportScheduleId: {schedule_id[:TOLD]}")
    return schedule


def cancel(
    tx: SchedulesPort, now: datetime, seller_id: str, schedule_id: str, actor: str, request_id: str = ""
) -> None:
    """Ends the schedule; the reports it made stay. Raises NotFound."""
    schedule = find(tx, seller_id, schedule_id)
    if not tx.cancel_schedule(seller_id, schedule_id, now):
        raise NotFound("The report schedule could not be found.", f"reportScheduleId: {schedule_id[:TOLD]}")
    _tell(tx, now, schedule, "LIVE", "CANCELLED", actor, known(requestId=request_id))


def fire_due(tx: SchedulesPort, now: datetime, ids: Ids, seller_id: str) -> float | None:
    """Asks for the reports of the seller's schedules that are due.

    Seconds until the next is, None where none is left.
    """
    for schedule in tx.schedules_due(seller_id, now, FIRED_IN_ONE_STEP):
        _fire(tx, now, ids, schedule)
    next_at = tx.schedule_next_due(seller_id)
    return None if next_at is None else _seconds_until(next_at, now)


def _fire(tx: SchedulesPort, now: datetime, ids: Ids, schedule: Schedule) -> None:
    """One report up to the latest slot that has passed; the guard on `next_at` makes each firing happen once."""
    number = latest_slot(schedule.anchor_at, schedule.period, now)
    due_at = slot(schedule.anchor_at, schedule.period, number)
    if not tx.move_schedule(schedule, slot(schedule.anchor_at, schedule.period, number + 1), due_at):
        return
    report = Report(
        seller_id=schedule.seller_id,
        report_id=ids.timed(now),
        report_type=schedule.report_type,
        status=Status.IN_QUEUE,
        marketplace_ids=schedule.marketplace_ids,
        options=schedule.options,
        data_start=schedule.covered_until,
        data_end=due_at,
        created_at=now,
        client_id=schedule.client_id,
        schedule_id=schedule.schedule_id,
    )
    enqueue(tx, report, WorkClass.NORMAL)
    _tell(tx, now, schedule, "LIVE", "LIVE", "schedules lane", {"reportId": report.report_id, "slot": number})


def _seconds_until(at: datetime, now: datetime) -> float:
    return max(0.0, (at - now).total_seconds())


def _tell(
    tx: SchedulesPort,
    now: datetime,
    schedule: Schedule,
    from_status: str | None,
    to_status: str,
    actor: str,
    evidence: dict[str, object],
) -> None:
    tx.add_event(Event(schedule.seller_id, SUBJECT, schedule.schedule_id, from_status, to_status, actor, evidence, now))
