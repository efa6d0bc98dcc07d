"""`daybook batches`: many changes to a marketplace at once, and what became of each; here or at an endpoint."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from daybook.accounts.marketplaces import marketplace_id
from daybook.cli.batches import reporting, steps, views
from daybook.cli.batches.places import Reading, place_of
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import instant
from daybook.cli.reports.commands import placed
from daybook.cli.reports.places import Where, require_free
from daybook.operations import guards
from daybook.operations.files.reading import Format
from daybook.operations.kinds.registry import find_kind
from daybook.operations.report import ReportFormat
from daybook.operations.status import BatchStatus
from daybook.operations.templates import template as written
from daybook.operations.zones import Zone, zone_named

group = noun("Submit many changes to a marketplace at once, and follow each of them.")

BatchId = Annotated[str, typer.Argument(metavar="ID", help="The batch's id.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
Key = Annotated[
    str | None, typer.Option("--key", metavar="TEXT", help="Asking again with the same key makes no second batch.")
]
Marketplace = Annotated[
    str | None, typer.Option("--marketplace", metavar="COUNTRY", help="For lines that name none: US, DE ... or an id.")
]
InZone = Annotated[
    Zone | None,
    typer.Option(
        "--zone", parser=zone_named, metavar="ZONE", help="Times in this zone: pst, utc, utc-8, or a zone's name."
    ),
]
Currency = Annotated[str, typer.Option(help="Prices in this currency; all that have no guard of their own otherwise.")]


@command(group)
def template(
    call: Call,
    kind: Annotated[str, typer.Argument(metavar="OPERATION", help="set_price, put_listing ...")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to this file.")
    ] = None,
    force: Force = False,
) -> None:
    """Write a CSV file of an operation to be filled in, with one line as an example."""
    require_free(output, force=force)
    text = written(find_kind(kind))
    if output is None:
        call.screen.answer({"template": text}, text.rstrip("\n"))
        return
    reporting.write(output, [text.encode()])
    call.screen.answer({"file": str(output)}, f"{output} is a file for {find_kind(kind).name}, to be filled in.")


@placed(group)
def submit(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    where: Where,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, NDJSON or JSON; gzip is read too.")],
    *,
    kind: Annotated[str, typer.Option("--operation", help="For lines that name none: set_price, put_listing ...")] = "",
    marketplace: Marketplace = None,
    file_format: Annotated[Format | None, typer.Option("--format", help="Where the file does not show it.")] = None,
    encoding: Annotated[str, typer.Option(help="The file's text encoding.")] = "utf-8",
    decimal: Annotated[str, typer.Option(metavar="MARK", help="The decimal mark of prices: . or ,")] = "",
    key: Key = None,
    start: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="TIME", help="Send nothing before this time.")
    ] = None,
    dry_run: DryRun = False,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the batch to its end.")] = False,
) -> None:
    """Submit a file of operations as a batch.

    Every line is accepted or refused by itself; the exit code is 1 where one was refused.
    """
    where_to = marketplace_id(marketplace) if marketplace else ""
    reading = Reading(file, kind, where_to, file_format, encoding, decimal, key, start, dry_run)
    with place_of(call, where) as place:
        told = place.submit(reading)
        views.show_submitted(call, told, place.words)
        if wait and told.get("batchId"):
            steps.follow(call, place, told["batchId"], steps.FOREVER)
    if told["statuses"].get("invalid"):
        raise typer.Exit(1)


@placed(group, "list")
def list_batches(
    call: Call,
    where: Where,
    *,
    status: Annotated[list[BatchStatus] | None, typer.Option(help="Batches of this status; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")] = 20,
    zone: InZone = None,
) -> None:
    """List the newest batches of a seller, and how far each is."""
    with place_of(call, where) as place:
        views.show_batches(call, place.newest([one.value for one in status or ()], limit), zone)


@placed(group)
def show(call: Call, where: Where, batch_id: BatchId, *, zone: InZone = None) -> None:
    """Show a batch: its counts, its errors, why it waits, and when it may be expected to end."""
    with place_of(call, where) as place:
        views.show_batch(call, place.show(batch_id), place.words, zone)


@placed(group)
def wait(
    call: Call,
    where: Where,
    batch_id: BatchId,
    *,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait at most.", min=0)] = 3600.0,
) -> None:
    """Follow a batch to its end, with live progress; the exit code is 1 where an operation ended in an error.

    It ends with 5 where all that is left is held, for that waits for you. Where no server runs the work of this data
    folder, this command runs it meanwhile.
    """
    with place_of(call, where) as place:
        steps.follow(call, place, batch_id, timeout)


@placed(group)
def approve(call: Call, where: Where, batch_id: BatchId) -> None:
    """Let what the price guard held, or what failed too often, be sent."""
    with place_of(call, where) as place:
        views.show_steered(call, place.steer(batch_id, "approve"), "approved")


@placed(group)
def cancel(call: Call, where: Where, batch_id: BatchId) -> None:
    """Cancel what has not been sent yet."""
    with place_of(call, where) as place:
        views.show_steered(call, place.steer(batch_id, "cancel"), "cancelled")


@placed(group)
def retry(
    call: Call,
    where: Where,
    batch_id: BatchId,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Send the values that the catalog has now, as a new batch.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what failed three times in the same way.")] = False,
    dry_run: DryRun = False,
    key: Key = None,
) -> None:
    """Send what the marketplace rejected once more: the same bytes, or rebuilt from the catalog.

    A key is for --rebuild, which makes a batch.
    """
    with place_of(call, where) as place:
        if rebuild:
            told = place.steer(batch_id, "rebuild", dry_run=dry_run, key=key)
            views.show_submitted(call, told["batch"], place.words)
        elif dry_run:
            views.show_retry(call, place.steer(batch_id, "retry", dry_run=True))
        else:
            views.show_steered(call, place.steer(batch_id, "retry", force=force), "queued again")


@placed(group)
def undo(call: Call, where: Where, batch_id: BatchId, *, dry_run: DryRun = False, key: Key = None) -> None:
    """Make the batch that brings back what was in effect before."""
    with place_of(call, where) as place:
        views.show_submitted(call, place.steer(batch_id, "undo", dry_run=dry_run, key=key)["batch"], place.words)


@placed(group)
def pause(call: Call, where: Where, batch_id: BatchId) -> None:
    """Send nothing more of a batch until it is resumed."""
    with place_of(call, where) as place:
        views.show_turned(call, batch_id, BatchStatus.PAUSED, place.steer(batch_id, "pause")["moved"])


@placed(group)
def resume(call: Call, where: Where, batch_id: BatchId) -> None:
    """Let a paused batch go on."""
    with place_of(call, where) as place:
        views.show_turned(call, batch_id, BatchStatus.RUNNING, place.steer(batch_id, "resume")["moved"])


@placed(group)
def stop(call: Call, where: Where) -> None:
    """Stop all sending for a seller, at once."""
    with place_of(call, where) as place:
        told = "Nothing more is sent for this seller." if place.stop() else "Sending was stopped already."
        to_go_on = f"To let it go on: daybook batches go {place.words}"
    call.screen.answer({"sellerId": where.seller, "stopped": True}, told, to_go_on)


@placed(group)
def go(call: Call, where: Where) -> None:
    """Let sending for a seller go on that was stopped."""
    with place_of(call, where) as place:
        told = "Sending goes on." if place.go() else "Sending was not stopped."
    call.screen.answer({"sellerId": where.seller, "stopped": False}, told)


@placed(group)
def guard(
    call: Call,
    where: Where,
    *,
    currency: Currency = guards.EVERY_CURRENCY,
    floor: Annotated[str | None, typer.Option(metavar="PRICE", help="Hold prices below it.")] = None,
    ceiling: Annotated[str | None, typer.Option(metavar="PRICE", help="Hold prices above it.")] = None,
    change: Annotated[str | None, typer.Option(metavar="PERCENT", help="Hold larger changes, up or down.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the guard of this currency away.")] = False,
) -> None:
    """Show a seller's price guards, or set one: prices beyond it are held until somebody approves them."""
    with place_of(call, where) as place:
        if remove:
            views.show_guards(call, place.remove_guard(guards.currency_named(currency)))
        elif (floor, ceiling, change) != (None, None, None):
            views.show_guards(call, place.put_guard(guards.guard_of(currency, floor, ceiling, change)))
        else:
            views.show_guards(call, place.guards())


@placed(group)
def report(
    call: Call,
    where: Where,
    batch_id: BatchId,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to this file; - is standard output.")
    ] = None,
    kind: Annotated[
        ReportFormat | None, typer.Option("--format", help="csv unless the file's name says another.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed, with what the lines held: correct it and submit it.")
    ] = False,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="pst, utc, utc-8, marketplace, or a zone's name.")] = "pst",
    force: Force = False,
) -> None:
    """Write a batch's operation report: a line for every record, with its status, its times and its last error."""
    with place_of(call, where) as place:
        reporting.write_report(call, place, reporting.Asked(batch_id, output, kind, failed, zone, force))


@placed(group, "support-pack")
def support_pack(
    call: Call,
    where: Where,
    batch_id: BatchId,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The zip to write.")] = None,
    force: Force = False,
) -> None:
    """Write a zip of all that is known of a batch, for whoever is asked for help."""
    with place_of(call, where) as place:
        reporting.write_pack(call, place, batch_id, output, force=force)
