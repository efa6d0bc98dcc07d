"""`daybook followed`: reports that are made at a marketplace, and followed here until they have ended."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from daybook.accounts.sellers import find_seller
from daybook.activity import Event
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.inbound import content as inbound_content
from daybook.cli.options import SellerId, instant
from daybook.cli.screen import facts, iso, listing, when_here, when_short
from daybook.kernel.errors import Conflict
from daybook.notifications.inbound import followed_reports
from daybook.notifications.inbound.followed_reports import SUBJECT, Draft, FollowedReport
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.status import SENTENCES, FollowedStatus, Source

if TYPE_CHECKING:
    from daybook.app import App

group = noun("Reports at marketplaces, followed until they have ended.")

HEADS = ("REPORT", "STATUS", "WHAT, UTC")
ACTOR = "operator"
_NEWS = 100
ReportId = Annotated[str, typer.Argument(metavar="ID", help="The report, as its marketplace calls it.")]
From = Annotated[Source, typer.Option("--from", help="The marketplace that makes it.")]


@command(group)
def add(
    call: Call,
    report: ReportId,
    seller: SellerId,
    source: From,
    report_type: Annotated[str, typer.Option(metavar="TYPE", help="Its type, as the marketplace calls it.")] = "",
    asked: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="TIME", help="When it was asked for; else now."),
    ] = None,
) -> None:
    """Follow a report that was asked for at a marketplace."""
    draft = Draft(seller, source, report, report_type, asked)
    with call.open() as app:
        app.store.read(lambda tx: find_seller(tx, seller))
        made = app.store.do(lambda tx: followed_reports.follow(tx, tx.now, draft, ACTOR))
        unasked = _unasked(app, made)
    call.screen.answer(_content(made), f"Report {report} at {source} is followed: {made.status}.")
    if unasked:
        call.screen.remark(unasked, "yellow")


@command(group, "list")
def list_followed(
    call: Call,
    seller: SellerId,
    status: Annotated[FollowedStatus | None, typer.Option(help="Of this status alone.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many, the newest.")] = 20,
) -> None:
    """List followed reports, the newest first."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = tx.followed_report_page(seller, status, None, limit)
        unasked = dict.fromkeys(why for one in found if (why := _unasked(app, one)))
    rows = [followed_row(one) for one in found]
    shown = listing(HEADS, rows) if rows else "There are no such reports."
    call.screen.answer([_content(one) for one in found], shown)
    for why in unasked:
        call.screen.remark(why, "yellow")


@command(group)
def show(call: Call, report: ReportId, seller: SellerId, source: From) -> None:
    """Show a followed report, its history, and what came in about it."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = followed_reports.find(tx, seller, source, report)
        history = tx.events_of(seller, SUBJECT, f"{source}/{report}")
        news = tx.inbound_page(seller, Search(report_id=report, page_size=_NEWS), None)[:_NEWS]
        unasked = _unasked(app, found)
    told = [one for one in news if one.source is source]
    steps = [(one.at, one.to_status, _said(one), one.actor) for one in history]
    came = [(one.received_at, one.reading.status, one.reading.description, one.inbound_id) for one in reversed(told)]
    shown: list[Table | str] = [
        facts([*_facts(found), ("Not asked", unasked)]),
        "",
        listing(("WHEN, UTC", "STATUS", "WHAT", "BY"), steps),
    ]
    if came:
        shown += ["", listing(("NEWS CAME, UTC", "SAYS", "WHAT", "INBOUND"), came)]
    content = _content(found) | {
        "history": [
            {"at": iso(one.at), "to": one.to_status, "actor": one.actor, "evidence": one.evidence} for one in history
        ],
        "inbound": [inbound_content(one) for one in told],
        "notAsked": unasked,
    }
    call.screen.answer(content, *shown)


@command(group)
def link(call: Call, report: ReportId, seller: SellerId, source: From) -> None:
    """Ask the marketplace where a report can be downloaded, and print the URL."""
    with call.open() as app:
        with app.store.reading() as tx:
            find_seller(tx, seller)
            found = followed_reports.find(tx, seller, source, report)
        if found.status is not FollowedStatus.READY:
            raise Conflict(f"Report {report} is {found.status}.", SENTENCES[found.status])
        asked = app.connect.reports(seller, source)
        if asked is None:
            raise Conflict(*without_credentials(seller, source))
        where = asked.link(report, found.document_id)
    call.screen.answer({"url": where.url, "until": where.until or None}, where.url)


def without_credentials(seller: str, source: Source) -> tuple[str, str]:
    """That nothing can be asked there for the seller, and what to do."""
    mend = f"Set them in DAYBOOK_{source.upper()}, here and where the worker runs (docs/settings.md)."
    return f"No credentials of {seller} at {source} are set, so nothing is asked there.", mend


def _unasked(app: "App", one: FollowedReport) -> str | None:
    """Why a report that should be asked about is not; None where it is, or need not be."""
    if one.next_look_at is None or app.connect.reports(one.seller_id, one.source) is not None:
        return None
    return " ".join(without_credentials(one.seller_id, one.source))


def _said(event: Event) -> str:
    names = ("marketplaceStatus", "errorDescription", "fault")
    return " ".join(str(event.evidence[name]) for name in names if event.evidence.get(name))


def followed_row(one: FollowedReport) -> tuple[object, ...]:
    """A followed report in a line of eighty columns, or a few."""
    parts = [
        f"{one.report_type} at {one.source}".strip(),
        f"there {one.word}" if one.word else "",
        f"next look {when_short(one.next_look_at)}" if one.next_look_at else "",
        one.description or one.fault,
    ]
    return one.report_id, one.status, ", ".join(part for part in parts if part)


def _facts(one: FollowedReport) -> list[tuple[str, object]]:
    return [
        ("Report", one.report_id),
        ("At", one.source.value),
        ("Type", one.report_type),
        ("Status", one.status.value),
        ("", SENTENCES[one.status]),
        ("Its word", one.word),
        ("Description", one.description),
        ("Document", one.document_id),
        ("Last fault", one.fault),
        ("Asked for", when_here(one.asked_at)),
        ("Looked at", when_here(one.looked_at) if one.looked_at else None),
        ("Next look", when_here(one.next_look_at) if one.next_look_at else None),
        ("Ended", when_here(one.ended_at) if one.ended_at else None),
    ]


def _content(one: FollowedReport) -> dict[str, Any]:
    return {
        "source": one.source,
        "reportId": one.report_id,
        "sellerId": one.seller_id,
        "reportType": one.report_type,
        "status": one.status,
        "marketplaceStatus": one.word,
        "errorDescription": one.description,
        "reportDocumentId": one.document_id or None,
        "fault": one.fault or None,
        "askedAt": iso(one.asked_at),
        "createdAt": iso(one.created_at),
        "lookedAt": iso(one.looked_at),
        "nextLookAt": iso(one.next_look_at),
        "endedAt": iso(one.ended_at),
    }
