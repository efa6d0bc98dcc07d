"""`daybook reports`: report requests, and the documents that came of them, here or at an endpoint."""

from pathlib import Path
from typing import Annotated

import typer

from daybook.accounts.marketplaces import country
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import End, Marketplaces, Options, ReportType, Start, marketplace_ids, report_options
from daybook.cli.reports import views
from daybook.cli.reports.commands import placed
from daybook.cli.reports.endings import ask, follow
from daybook.cli.reports.places import STANDARD_OUTPUT, Asked, Where, place_of, require_free
from daybook.cli.reports.types import show_types
from daybook.kernel.errors import InvalidInput
from daybook.reports.status import Status

group = noun("Ask for reports, follow them, and fetch their documents.")

ReportId = Annotated[str, typer.Argument(metavar="ID", help="The report's id.")]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait at most.", min=0)]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
WAIT = 3600.0


@command(group)
def types(
    call: Call,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="Words of a name, a category, an option or a note.")
    ] = None,
) -> None:
    """Search the report types, and see which of them are made here; one alone is shown with its rules."""
    show_types(call, " ".join(words or ()))


@placed(group)
def request(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    where: Where,
    report_type: ReportType,
    *,
    marketplace: Marketplaces = None,
    start: Start = None,
    end: End = None,
    option: Options = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
    timeout: Timeout = WAIT,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Wait, and write its document there; - is standard output.")
    ] = None,
    force: Force = False,
) -> None:
    """Ask for a report: of all the seller's marketplaces, unless some are named.

    At an endpoint, a range that is longer than one report of the type may hold is split, and the documents are joined.
    """
    asked = Asked(report_type, marketplace_ids(marketplace or ()), report_options(option), start, end)
    require_free(output, force=force)
    with place_of(call, where) as place:
        made = ask(call, place, asked)
        for warning in made.get("warnings", ()):
            call.screen.remark(f"Warning: {warning}", "yellow")
        if wait or output is not None:
            follow(call, place, made["reportId"], timeout, output, force=force)
        next_line = f"Next: daybook reports wait {made['reportId']} {place.words}"
        of = ", ".join(country(name) for name in made["marketplaceIds"] or ())
        named = f"Report {made['reportId']}{f', of {of},' if of else ''}"
        call.screen.answer(made, f"{named} is {made['status']}.", next_line)


@placed(group, "list")
def list_reports(
    call: Call,
    where: Where,
    report_type: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Of this type; may be repeated.")
    ] = None,
    status: Annotated[list[Status] | None, typer.Option(help="In this status.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
) -> None:
    """List a seller's reports, newest first. An endpoint lists them by type alone: name one."""
    with place_of(call, where) as place:
        found = place.newest(report_type or [], [one.value for one in status or ()], limit)
    call.screen.answer(found, views.listed(found))


@placed(group)
def show(call: Call, where: Where, report: ReportId) -> None:
    """Show a report: its status and why, what it waits for, its times, its document, and its history."""
    with place_of(call, where) as place:
        told = place.show(report)
    call.screen.answer(told, *views.shown(told))


@placed(group)
def wait(
    call: Call,
    where: Where,
    report: ReportId,
    timeout: Timeout = WAIT,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write its document there.")] = None,
    force: Force = False,
) -> None:
    """Wait until a report has ended; the exit code says how."""
    require_free(output, force=force)
    with place_of(call, where) as place:
        follow(call, place, report, timeout, output, force=force)


@placed(group)
def cancel(call: Call, where: Where, report: ReportId) -> None:
    """Cancel a report that is still IN_QUEUE."""
    with place_of(call, where) as place:
        cancelled = place.cancel(report)
    call.screen.answer(cancelled, f"Report {report} is cancelled.")


@placed(group)
def download(
    call: Call,
    where: Where,
    report: ReportId,
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; - is standard output.")],
    raw: Annotated[bool, typer.Option("--raw", help="As it is stored: gzip, mostly.")] = False,
    force: Force = False,
) -> None:
    """Write a report's document to a file, unpacked. The file is there whole, or not at all."""
    require_free(output, force=force)
    with place_of(call, where) as place:
        written = place.download(report, output, raw=raw)
    if written.file != STANDARD_OUTPUT:
        content = {"reportId": report, "file": written.file, "size": written.size, "sha256": written.sha256}
        call.screen.answer(content, views.in_file(written))


@placed(group, "support-pack")
def support_pack(
    call: Call,
    where: Where,
    report: ReportId,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; support-pack-ID.zip unless it is said.")
    ] = None,
    force: Force = False,
) -> None:
    """Write all that is known of a report into a zip, for whoever is asked for help; no secret is in it.

    Ids, request ids, times in UTC and by the marketplaces' clocks, the ledger, the calls, what it waits for, settings,
    versions. Its README.txt says what is not there.
    """
    output = output or Path(f"support-pack-{report}.zip")
    if str(output) == STANDARD_OUTPUT:
        raise InvalidInput("A support pack is a zip, and goes to a file.", "Name one: --output FILE.")
    require_free(output, force=force)
    with place_of(call, where) as place:
        packed = place.support_pack(report)
    _write(output, packed)
    call.screen.answer(
        {"reportId": report, "file": str(output), "size": len(packed)},
        f"All that is known of report {report} is in {output}; tokens, secrets and signatures are not.",
    )


def _write(output: Path, content: bytes) -> None:
    from daybook.client.documents.files import drafted  # noqa: PLC0415  help and mistakes are answered without it

    with drafted(output) as file:
        file.write(content)
