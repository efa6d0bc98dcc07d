"""`daybook reports`: report requests, and the documents that came of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.exits import ExitCode
from daybook.cli.options import (
    End,
    Marketplaces,
    Options,
    ReportType,
    SellerId,
    Start,
    marketplace_ids,
    report_options,
)
from daybook.cli.reports import downloading, views, waiting
from daybook.cli.screen import listing, when_short
from daybook.kernel.errors import NotFound
from daybook.reports import pages, reports
from daybook.reports.reports import Ask, Report
from daybook.reports.status import Status

if TYPE_CHECKING:
    from daybook.store.transaction import Transaction

group = noun("Ask for reports, follow them, and fetch their documents.")

ReportId = Annotated[str, typer.Argument(metavar="ID", help="The report's id.")]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait at most.", min=0)]
WAIT = 3600.0
_TYPES_IN_A_PAGE = 50
_PAGE = 100


@command(group)
def types(
    call: Call, text: Annotated[str, typer.Argument(metavar="TEXT", help="What their names or meanings hold.")] = ""
) -> None:
    """List the report types, and which of them are made here."""
    views.show_types(call, text)


@command(group)
def request(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    report_type: ReportType,
    *,
    seller: SellerId,
    marketplace: Marketplaces = None,
    start: Start = None,
    end: End = None,
    option: Options = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
    timeout: Timeout = WAIT,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Wait, and write its document there.")] = None,
) -> None:
    """Ask for a report: of all the seller's marketplaces, unless some are named."""
    options = report_options(option)
    with call.open() as app:
        with app.store.reading() as tx:
            sold_on = find_seller(tx, seller).marketplace_ids
        ask = Ask(seller, report_type, marketplace_ids(marketplace or ()) or sold_on, options, start, end)
        report = app.store.do(lambda tx: reports.request(tx, tx.now, app.ids, app.types, ask))
        if not wait and output is None:
            next_line = f"Next: daybook reports wait {report.report_id} --seller {seller}"
            call.screen.answer(views.content(report), f"Report {report.report_id} is {report.status}.", next_line)
            return
        ended = waiting.until_ended(call, app, report, timeout)
        if output is not None and ended.document_id is not None:
            written = downloading.download(app, ended, output, raw=False)
            call.screen.show(_in_file(written))
        _tell_end(call, ended)


@command(group, "list")
def list_reports(
    call: Call,
    seller: SellerId,
    report_type: Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="Of this type.")] = None,
    status: Annotated[list[Status] | None, typer.Option(help="In this status.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
) -> None:
    """List a seller's reports, newest first."""
    from daybook.store.overview import report_types_of  # noqa: PLC0415  help and mistakes are answered without it

    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        names = tuple(app.types.find(name).name for name in report_type or ()) or report_types_of(tx, seller)
        found = _newest(tx, seller, names, tuple(status or ()), limit)
    rows = [(one.report_id, one.report_type, views.state(one), when_short(one.created_at)) for one in found]
    shown = listing(("REPORT", "TYPE", "STATUS", "CREATED, UTC"), rows) if rows else "There are no such reports."
    call.screen.answer([views.content(one) for one in found], shown)


def _newest(
    tx: "Transaction", seller_id: str, names: tuple[str, ...], statuses: tuple[Status, ...], limit: int
) -> list[Report]:
    """The newest reports of any number of types: each page looks at a part of them."""
    since = tx.now - reports.RETENTION
    filters = pages.Filters((), statuses, (), since, tx.now + timedelta(seconds=1), limit)
    found: list[Report] = []
    for first in range(0, len(names), _TYPES_IN_A_PAGE):
        some = replace(filters, report_types=names[first : first + _TYPES_IN_A_PAGE])
        found += tx.report_page(seller_id, some, None)
    return sorted(found, key=lambda one: (one.created_at, one.report_id), reverse=True)[:limit]


@command(group)
def show(call: Call, report: ReportId, seller: SellerId) -> None:
    """Show a report: its status and why, its times, its document, and its history."""
    with call.open() as app, app.store.reading() as tx:
        views.show(call, tx, _find(tx, seller, report))


@command(group)
def wait(call: Call, report: ReportId, seller: SellerId, timeout: Timeout = WAIT) -> None:
    """Wait until a report has ended; the exit code says how."""
    with call.open() as app:
        with app.store.reading() as tx:
            found = _find(tx, seller, report)
        _tell_end(call, waiting.until_ended(call, app, found, timeout))


@command(group)
def cancel(call: Call, report: ReportId, seller: SellerId) -> None:
    """Cancel a report that is still IN_QUEUE."""
    with call.open() as app:
        cancelled = app.store.do(lambda tx: reports.cancel(tx, tx.now, seller, report, "operator"))
    call.screen.answer(views.content(cancelled), f"Report {report} is cancelled.")


@command(group)
def download(
    call: Call,
    report: ReportId,
    seller: SellerId,
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; - is standard output.")],
    raw: Annotated[bool, typer.Option("--raw", help="As it is stored: gzip, mostly.")] = False,
) -> None:
    """Write a report's document to a file, unpacked."""
    with call.open() as app:
        with app.store.reading() as tx:
            found = _find(tx, seller, report)
        if found.document_id is None:
            raise NotFound(f"Report {report} has no document.", f"It is {views.state(found)}.")
        written = downloading.download(app, found, output, raw=raw)
    if written.file != "-":
        content = {"reportId": report, "file": written.file, "size": written.size, "sha256": written.sha256}
        call.screen.answer(content, _in_file(written))


def _find(tx: "Transaction", seller_id: str, report_id: str) -> Report:
    find_seller(tx, seller_id)
    return reports.find(tx, tx.now, seller_id, report_id)


def _in_file(written: downloading.Written) -> str:
    return f"{written.size:,} bytes are in {written.file}."


def _tell_end(call: Call, report: Report) -> None:
    call.screen.answer(views.content(report), views.sentence(report))
    codes = {Status.DONE: ExitCode.OK, Status.CANCELLED: ExitCode.CANCELLED, Status.FATAL: ExitCode.FATAL}
    raise typer.Exit(codes.get(report.status, ExitCode.TIMED_OUT))
