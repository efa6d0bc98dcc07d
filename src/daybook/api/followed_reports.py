"""/daybook/v1/followed-reports: reports that are made at a marketplace, and followed here."""

from litestar import get, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.activity import Event
from daybook.api.decoding import body_of, id_of, query_of, time_of
from daybook.api.door import AnyRequest, Call
from daybook.api.inbound import on_the_wire as inbound_on_the_wire
from daybook.api.operators import admit_anyone
from daybook.api.paths import litestar_path
from daybook.contract import inbound as wire
from daybook.contract.times import emit, emit_optional
from daybook.kernel.errors import InvalidInput
from daybook.notifications.inbound import followed_reports, pages
from daybook.notifications.inbound.followed_reports import SUBJECT, Draft, FollowedReport
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.status import SENTENCES, FollowedStatus, Source
from daybook.store.transaction import Transaction

_NEWS = 100


@get(litestar_path(wire.LIST_FOLLOWED_REPORTS))
async def list_followed_reports(request: AnyRequest) -> ASGIApp:
    """A page, by a status or by the token of the page before."""
    call = await admit_anyone(request, wire.LIST_FOLLOWED_REPORTS)
    query = query_of(request, wire.LIST_FOLLOWED_REPORTS)
    key, whose = call.door.keys.of("pages"), call.seller_id
    if "nextToken" in query:
        page = await call.door.read(lambda tx: pages.next_followed(tx, key, whose, query["nextToken"]))
    else:
        status, size = _status(query.get("status")), query["pageSize"]
        page = await call.door.read(lambda tx: pages.first_followed(tx, key, whose, status, size))
    found, token = page
    return call.answer(wire.FollowedReportList([_on_the_wire(one) for one in found], token or UNSET))


@post(litestar_path(wire.FOLLOW_REPORT))
async def follow_report(request: AnyRequest) -> ASGIApp:
    """Follows one; it is looked at at once."""
    call = await admit_anyone(request, wire.FOLLOW_REPORT)
    body = await body_of(request, wire.FollowReport)
    asked_at = time_of("requestedTime", body.requestedTime)
    draft = Draft(call.seller_id, _source(body.source), body.reportId, body.reportType, asked_at)
    made = await call.door.write(lambda tx: followed_reports.follow(tx, tx.now, draft, call.actor))
    return call.answer(_on_the_wire(made))


@get(litestar_path(wire.GET_FOLLOWED_REPORT))
async def get_followed_report(request: AnyRequest, source: FromPath[str], reportId: FromPath[str]) -> ASGIApp:
    """One, with its history."""
    call = await admit_anyone(request, wire.GET_FOLLOWED_REPORT)
    return call.answer(await call.door.read(lambda tx: _whole(tx, call, _source(source), id_of(reportId))))


def _whole(tx: Transaction, call: Call, source: Source, report_id: str) -> wire.WholeFollowedReport:
    report = followed_reports.find(tx, call.seller_id, source, report_id)
    history = tx.events_of(call.seller_id, SUBJECT, f"{source}/{report_id}")
    news = tx.inbound_page(call.seller_id, Search(report_id=report_id, page_size=_NEWS), None)[:_NEWS]
    told = [inbound_on_the_wire(one) for one in news if one.source is source]
    return wire.WholeFollowedReport(_on_the_wire(report), [_step(event) for event in history], told)


def _step(event: Event) -> wire.Step:
    told = event.evidence
    return wire.Step(
        time=emit(event.at),
        toStatus=event.to_status,
        actor=event.actor,
        fromStatus=event.from_status or UNSET,
        marketplaceStatus=told.get("marketplaceStatus", ""),
        errorDescription=told.get("errorDescription", ""),
        fault=told.get("fault", ""),
    )


def _source(word: str) -> Source:
    if word not in wire.SOURCES:
        raise InvalidInput("Invalid Input", f"source: {word[:40]!r} is none of {', '.join(wire.SOURCES)}.")
    return Source(word)


def _status(word: str | None) -> FollowedStatus | None:
    if word is None:
        return None
    if word not in FollowedStatus.__members__:
        raise InvalidInput("Invalid Input", f"status: {word[:40]!r} is none of {', '.join(FollowedStatus)}.")
    return FollowedStatus(word)


def _on_the_wire(one: FollowedReport) -> wire.FollowedReport:
    return wire.FollowedReport(
        source=one.source.value,
        reportId=one.report_id,
        sellerId=one.seller_id,
        status=one.status.value,
        statusMeaning=SENTENCES[one.status],
        requestedTime=emit(one.asked_at),
        createdTime=emit(one.created_at),
        reportType=one.report_type,
        marketplaceStatus=one.word,
        errorDescription=one.description,
        reportDocumentId=one.document_id,
        fault=one.fault,
        lookedTime=emit_optional(one.looked_at),
        nextLookTime=emit_optional(one.next_look_at),
        endedTime=emit_optional(one.ended_at),
    )


HANDLERS = [list_followed_reports, follow_report, get_followed_report]
