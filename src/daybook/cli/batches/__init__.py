"""`daybook batches`: many changes to a marketplace at once, and what became of each."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daybook.accounts.marketplaces import marketplace_id
from daybook.accounts.sellers import find_seller
from daybook.cli.batches import reporting, steps, submitting, views
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import SellerId, instant
from daybook.operations import anew, guards, steering
from daybook.operations.batches import find_batch
from daybook.operations.files.reading import Format
from daybook.operations.kinds.registry import find_kind
from daybook.operations.report import ReportFormat
from daybook.operations.status import BatchStatus
from daybook.operations.templates import template as written
from daybook.operations.watching import default_plans, explain
from daybook.operations.zones import zone_named

if TYPE_CHECKING:
    from daybook.store.transaction import Transaction

group = noun("Submit many changes to a marketplace at once, and follow each of them.")

OPERATOR = "operator"
BatchId = Annotated[str, typer.Argument(metavar="ID", help="The batch's id.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
Marketplace = Annotated[
    str | None, typer.Option("--marketplace", metavar="COUNTRY", help="For lines that name none: US, DE ... or an id.")
]
Currency = Annotated[str, typer.Option(help="Prices in this currency; all that have no guard of their own otherwise.")]


@command(group)
def template(
    call: Call,
    kind: Annotated[str, typer.Argument(metavar="OPERATION", help="set_price, put_listing ...")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to this file.")
    ] = None,
) -> None:
    """Write a CSV file of an operation to be filled in, with one line as an example."""
    text = written(find_kind(kind))
    if output is None:
        call.screen.answer({"template": text}, text.rstrip("\n"))
        return
    reporting.write(output, [text.encode()])
    call.screen.answer({"file": str(output)}, f"{output} is a file for {find_kind(kind).name}, to be filled in.")


@command(group)
def submit(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, NDJSON or JSON; gzip is read too.")],
    *,
    seller: SellerId,
    kind: Annotated[str, typer.Option("--operation", help="For lines that name none: set_price, put_listing ...")] = "",
    marketplace: Marketplace = None,
    file_format: Annotated[Format | None, typer.Option("--format", help="Where the file does not show it.")] = None,
    encoding: Annotated[str, typer.Option(help="The file's text encoding.")] = "utf-8",
    decimal: Annotated[str, typer.Option(metavar="MARK", help="The decimal mark of prices: . or ,")] = "",
    key: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Submitting again with the same key makes no second batch.")
    ] = None,
    start: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="TIME", help="Send nothing before this time.")
    ] = None,
    dry_run: DryRun = False,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the batch to its end.")] = False,
) -> None:
    """Submit a file of operations as a batch.

    Every line is accepted or refused by itself; the exit code is 1 where one was refused.
    """
    where = marketplace_id(marketplace) if marketplace else ""
    reading = submitting.Reading(file, kind, where, file_format, encoding, decimal, key, start, dry_run)
    with call.open() as app:
        result = submitting.submit_file(call, app, reading, seller)
        views.show_submitted(call, result)
        if wait and result.batch is not None:
            steps.follow(call, app, seller, result.batch.batch_id, submitting.FOREVER)
    if any(status.value == "invalid" for _, status, _ in result.counts):
        raise typer.Exit(1)


@command(group, "list")
def list_batches(
    call: Call,
    *,
    seller: SellerId,
    status: Annotated[list[BatchStatus] | None, typer.Option(help="Batches of this status; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")] = 20,
) -> None:
    """List the newest batches of a seller, and how far each is."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = tx.batches_page(seller, status or (), "", limit)
        views.show_batches(call, [(one, tx.counts_of(one.number)) for one in found])


@command(group)
def show(call: Call, batch_id: BatchId, seller: SellerId) -> None:
    """Show a batch: its counts, its errors, why it waits, and when it may be expected to end."""
    with call.open() as app, app.store.reading() as tx:
        batch = find_batch(tx, seller, batch_id)
        counts = tx.counts_of(batch.number)
        outlook = explain(tx, tx.now, batch, default_plans())
    views.show_batch(call, batch, counts, outlook)


@command(group)
def wait(
    call: Call,
    batch_id: BatchId,
    *,
    seller: SellerId,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait at most.", min=0)] = 3600.0,
) -> None:
    """Follow a batch to its end, with live progress; the exit code is 1 where an operation ended in an error.

    Where no server runs the work of this data folder, this command runs it meanwhile.
    """
    with call.open() as app:
        steps.follow(call, app, seller, batch_id, timeout)


@command(group)
def approve(call: Call, batch_id: BatchId, seller: SellerId) -> None:
    """Let what the price guard held, or what failed too often, be sent."""
    with call.open() as app:
        done = steering.approve(app.store.do, seller, batch_id, OPERATOR)
    views.show_steered(call, done, "approved")


@command(group)
def cancel(call: Call, batch_id: BatchId, seller: SellerId) -> None:
    """Cancel what has not been sent yet."""
    with call.open() as app:
        done = steering.cancel(app.store.do, seller, batch_id, OPERATOR)
    views.show_steered(call, done, "cancelled")


@command(group)
def retry(
    call: Call,
    batch_id: BatchId,
    *,
    seller: SellerId,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Send the values that the catalog has now, as a new batch.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what failed three times in the same way.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Send what the marketplace rejected once more: the same bytes, or rebuilt from the catalog."""
    with call.open() as app:
        if rebuild:
            result = anew.rebuild(app.store.do, app.ids, seller, batch_id, OPERATOR, dry_run=dry_run)
            views.show_submitted(call, result)
        elif dry_run:
            views.show_retry(call, steps.retryable(app, seller, batch_id))
        else:
            views.show_steered(
                call, steering.retry(app.store.do, seller, batch_id, OPERATOR, force=force), "queued again"
            )


@command(group)
def undo(call: Call, batch_id: BatchId, *, seller: SellerId, dry_run: DryRun = False) -> None:
    """Make the batch that brings back what was in effect before."""
    with call.open() as app:
        views.show_submitted(call, anew.undo(app.store.do, app.ids, seller, batch_id, OPERATOR, dry_run=dry_run))


@command(group)
def pause(call: Call, batch_id: BatchId, seller: SellerId) -> None:
    """Send nothing more of a batch until it is resumed."""
    with call.open() as app:
        batch = app.store.do(lambda tx: steering.pause(tx, tx.now, seller, batch_id, OPERATOR))
    call.screen.answer({"batchId": batch.batch_id, "status": batch.status}, f"Batch {batch.batch_id} is paused.")


@command(group)
def resume(call: Call, batch_id: BatchId, seller: SellerId) -> None:
    """Let a paused batch go on."""
    with call.open() as app:
        batch = app.store.do(lambda tx: steering.resume(tx, tx.now, seller, batch_id, OPERATOR))
    call.screen.answer({"batchId": batch.batch_id, "status": batch.status}, f"Batch {batch.batch_id} goes on.")


@command(group)
def stop(call: Call, seller: SellerId) -> None:
    """Stop all sending for a seller, at once."""
    with call.open() as app:
        app.store.do(lambda tx: _known(tx, seller))
        first = app.store.do(lambda tx: guards.stop(tx, tx.now, seller, OPERATOR))
    told = "Nothing more is sent for this seller." if first else "Sending was stopped already."
    to_go_on = f"To let it go on: daybook batches go --seller {seller}"
    call.screen.answer({"sellerId": seller, "stopped": True}, told, to_go_on)


@command(group)
def go(call: Call, seller: SellerId) -> None:
    """Let sending for a seller go on that was stopped."""
    with call.open() as app:
        stopped = app.store.do(lambda tx: guards.resume(tx, tx.now, seller, OPERATOR))
    told = "Sending goes on." if stopped else "Sending was not stopped."
    call.screen.answer({"sellerId": seller, "stopped": False}, told)


@command(group)
def guard(
    call: Call,
    *,
    seller: SellerId,
    currency: Currency = guards.EVERY_CURRENCY,
    floor: Annotated[str | None, typer.Option(metavar="PRICE", help="Hold prices below it.")] = None,
    ceiling: Annotated[str | None, typer.Option(metavar="PRICE", help="Hold prices above it.")] = None,
    change: Annotated[str | None, typer.Option(metavar="PERCENT", help="Hold larger changes, up or down.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the guard of this currency away.")] = False,
) -> None:
    """Show a seller's price guards, or set one: prices beyond it are held until somebody approves them."""
    named = currency.upper()
    with call.open() as app:
        app.store.do(lambda tx: _known(tx, seller))
        if remove:
            app.store.do(lambda tx: guards.remove_guard(tx, tx.now, seller, named, OPERATOR))
        elif (floor, ceiling, change) != (None, None, None):
            bounds = (
                guards.amount(text, name) for text, name in ((floor, "floor"), (ceiling, "ceiling"), (change, "change"))
            )
            put = guards.Guard(named, *bounds)
            app.store.do(lambda tx: guards.set_guard(tx, tx.now, seller, put, OPERATOR))
        views.show_guards(call, app.store.read(lambda tx: tx.guards_of(seller)))


@command(group)
def report(
    call: Call,
    batch_id: BatchId,
    *,
    seller: SellerId,
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
) -> None:
    """Write a batch's operation report: a line for every record, with its status, its times and its last error."""
    with call.open() as app:
        reporting.write_report(call, app, reporting.Asked(seller, batch_id, output, kind, failed, zone_named(zone)))


@command(group, "support-pack")
def support_pack(
    call: Call,
    batch_id: BatchId,
    *,
    seller: SellerId,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The zip to write.")] = None,
) -> None:
    """Write a zip of all that is known of a batch, for whoever is asked for help."""
    with call.open() as app:
        reporting.write_pack(call, app, seller, batch_id, output)


def _known(tx: "Transaction", seller: str) -> None:
    find_seller(tx, seller)
