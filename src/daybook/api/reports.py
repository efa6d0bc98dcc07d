"""getReports, createReport, getReport, cancelReport."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.answers import encoded
from daybook.api.decoding import MISSING, body_of, id_of, query_of, time_of
from daybook.api.door import AnyRequest, Call, door_of, request_id_of
from daybook.api.paths import litestar_path
from daybook.api.practice import practise, practise_on_found, practise_on_report, require_admissible
from daybook.contract import reports as wire
from daybook.contract.operations import CANCEL_REPORT, CREATE_REPORT, GET_REPORT, GET_REPORTS
from daybook.contract.times import emit, emit_given, emit_optional
from daybook.kernel.errors import InvalidInput
from daybook.reports import pages, reports
from daybook.reports.reports import RETENTION, Ask, Polled, Report
from daybook.reports.status import Status
from daybook.store.transaction import Transaction


@get(litestar_path(GET_REPORTS))
async def get_reports(request: AnyRequest) -> ASGIApp:
    """A page of reports, by filters or by the token of the page before."""
    call = await door_of(request).admit(request, GET_REPORTS)
    query = query_of(request, GET_REPORTS)
    key = call.door.keys.of("pages")
    if "nextToken" in query:
        found, token = await call.door.read(
            lambda tx: pages.next_page(tx, tx.now, key, call.seller_id, query["nextToken"])
        )
        report_types = tuple(report.report_type for report in found)
    else:
        filters = _filters(query, call.door.clock())
        report_types = filters.report_types
        for name in report_types:
            call.door.types.find(name)
        found, token = await call.door.read(lambda tx: pages.first_page(tx, tx.now, key, call.seller_id, filters))
    await practise(call, *report_types)
    return call.answer(wire.GetReportsResponse([report_on_the_wire(report) for report in found], token or UNSET))


def _filters(query: dict[str, Any], now: datetime) -> pages.Filters:
    if "reportTypes" not in query:
        raise InvalidInput(MISSING, "reportTypes;")
    return pages.Filters(
        report_types=query["reportTypes"],
        statuses=tuple(Status(word) for word in query.get("processingStatuses", ())),
        marketplace_ids=query.get("marketplaceIds", ()),
        created_since=query.get("createdSince", now - RETENTION),
        created_until=query.get("createdUntil", now),
        page_size=query["pageSize"],
    )


@post(litestar_path(CREATE_REPORT))
async def create_report(request: AnyRequest) -> ASGIApp:
    """Queues a report."""
    call = await door_of(request).admit(request, CREATE_REPORT)
    body = await body_of(request, wire.CreateReportSpecification)
    ask = Ask(
        seller_id=call.seller_id,
        report_type=body.reportType,
        marketplace_ids=tuple(body.marketplaceIds),
        options=body.reportOptions or {},
        data_start=time_of("dataStartTime", body.dataStartTime),
        data_end=time_of("dataEndTime", body.dataEndTime),
        client_id=call.client_id,
        request_id=request_id_of(request),
    )
    await practise(call, ask.report_type)
    report = await call.door.write(lambda tx: _requested(tx, call, ask))
    return call.answer(wire.CreateReportResponse(report.report_id))


def _requested(tx: Transaction, call: Call, ask: Ask) -> Report:
    require_admissible(tx, call, ask.report_type)
    return reports.request(tx, tx.now, call.door.ids, call.door.types, ask)


@get(litestar_path(GET_REPORT))
async def get_report(request: AnyRequest, reportId: FromPath[str]) -> ASGIApp:
    """One report."""
    call, report = await door_of(request).admit_and_read(
        request, GET_REPORT, lambda tx, call: reports.poll(tx, tx.now, call.seller_id, id_of(reportId))
    )
    if call.scenarios is not None:
        await practise_on_found(call, report)
    return call.answer_with(_told(report))


@lru_cache(maxsize=8192)  # a report is polled again and again, and mostly it has not changed
def _told(report: Polled) -> bytes:
    return encoded(report_on_the_wire(report))


@delete(litestar_path(CANCEL_REPORT), status_code=CANCEL_REPORT.success)
async def cancel_report(request: AnyRequest, reportId: FromPath[str]) -> ASGIApp:
    """Cancels a report that is still in the queue."""
    call = await door_of(request).admit(request, CANCEL_REPORT)
    await practise_on_report(call, id_of(reportId))
    report_id, request_id = id_of(reportId), request_id_of(request)
    await call.door.write(lambda tx: reports.cancel(tx, tx.now, call.seller_id, report_id, call.actor, request_id))
    return call.answer()


def report_on_the_wire(report: Report | Polled) -> wire.Report:
    return wire.Report(
        reportId=report.report_id,
        reportType=report.report_type,
        createdTime=emit(report.created_at),
        processingStatus=report.status.value,
        marketplaceIds=list(report.marketplace_ids),
        dataStartTime=emit_given(report.data_start),
        dataEndTime=emit_given(report.data_end),
        reportScheduleId=report.schedule_id or UNSET,
        processingStartTime=emit_optional(report.started_at),
        processingEndTime=emit_optional(report.finished_at),
        reportDocumentId=report.document_id or UNSET,
    )


HANDLERS = [get_reports, create_report, get_report, cancel_report]
