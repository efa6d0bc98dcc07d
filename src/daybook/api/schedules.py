"""getReportSchedules, createReportSchedule, getReportSchedule, cancelReportSchedule."""

from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.decoding import body_of, id_of, query_of, time_of
from daybook.api.door import AnyRequest, door_of, request_id_of
from daybook.api.paths import litestar_path
from daybook.api.practice import practise, practise_on_schedule
from daybook.contract import reports as wire
from daybook.contract.operations import (
    CANCEL_REPORT_SCHEDULE,
    CREATE_REPORT_SCHEDULE,
    GET_REPORT_SCHEDULE,
    GET_REPORT_SCHEDULES,
)
from daybook.contract.times import emit_given
from daybook.reports import schedules
from daybook.reports.periods import Period
from daybook.reports.schedules import Plan, Schedule


@get(litestar_path(GET_REPORT_SCHEDULES))
async def get_report_schedules(request: AnyRequest) -> ASGIApp:
    """Every schedule of the given types."""
    call = await door_of(request).admit(request, GET_REPORT_SCHEDULES)
    report_types = query_of(request, GET_REPORT_SCHEDULES)["reportTypes"]
    for name in report_types:
        call.door.types.find(name)
    await practise(call, *report_types)
    found = await call.door.read(lambda tx: tx.schedules(call.seller_id, report_types))
    return call.answer(wire.ReportScheduleList([_wire(schedule) for schedule in found]))


@post(litestar_path(CREATE_REPORT_SCHEDULE))
async def create_report_schedule(request: AnyRequest) -> ASGIApp:
    """Makes a schedule, in place of the one of the same type and marketplaces."""
    call = await door_of(request).admit(request, CREATE_REPORT_SCHEDULE)
    body = await body_of(request, wire.CreateReportScheduleSpecification)
    plan = Plan(
        seller_id=call.seller_id,
        report_type=body.reportType,
        marketplace_ids=tuple(body.marketplaceIds),
        options=body.reportOptions or {},
        period=Period(body.period),
        next_at=time_of("nextReportCreationTime", body.nextReportCreationTime),
        client_id=call.client_id,
        request_id=request_id_of(request),
    )
    await practise(call, plan.report_type)
    schedule = await call.door.write(lambda tx: schedules.create(tx, tx.now, call.door.ids, call.door.types, plan))
    return call.answer(wire.CreateReportScheduleResponse(schedule.schedule_id))


@get(litestar_path(GET_REPORT_SCHEDULE))
async def get_report_schedule(request: AnyRequest, reportScheduleId: FromPath[str]) -> ASGIApp:
    """One schedule."""
    call = await door_of(request).admit(request, GET_REPORT_SCHEDULE)
    schedule = await call.door.read(lambda tx: schedules.find(tx, call.seller_id, id_of(reportScheduleId)))
    await practise(call, schedule.report_type)
    return call.answer(_wire(schedule))


@delete(litestar_path(CANCEL_REPORT_SCHEDULE), status_code=CANCEL_REPORT_SCHEDULE.success)
async def cancel_report_schedule(request: AnyRequest, reportScheduleId: FromPath[str]) -> ASGIApp:
    """Ends a schedule; its reports stay."""
    call = await door_of(request).admit(request, CANCEL_REPORT_SCHEDULE)
    await practise_on_schedule(call, id_of(reportScheduleId))
    whose, by = (call.seller_id, id_of(reportScheduleId)), (call.actor, request_id_of(request))
    await call.door.write(lambda tx: schedules.cancel(tx, tx.now, *whose, *by))
    return call.answer()


def _wire(schedule: Schedule) -> wire.ReportSchedule:
    return wire.ReportSchedule(
        reportScheduleId=schedule.schedule_id,
        reportType=schedule.report_type,
        period=schedule.period.value,
        marketplaceIds=list(schedule.marketplace_ids),
        reportOptions=dict(schedule.options) or UNSET,
        nextReportCreationTime=emit_given(schedule.next_at),
    )


HANDLERS = [get_report_schedules, create_report_schedule, get_report_schedule, cancel_report_schedule]
