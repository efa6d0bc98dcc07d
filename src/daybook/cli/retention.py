"""`daybook retention`: what is kept for how long, and what is past that."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.screen import iso, listing, when
from daybook.kernel.keeping import Keep

if TYPE_CHECKING:
    from daybook.store.retention import Gone
    from daybook.store.transaction import Transaction


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(retention)


def retention(
    call: Call,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; ask no worker to remove it.")] = False,
) -> None:
    """Tell what is past its keep, by kind, and have a worker remove it now instead of within the hour.

    DAYBOOK_KEEP_... say how long each kind is kept. Nothing is removed here: the worker's sweep does it in slices.
    """
    from daybook.worker.sweep import wake_sweep  # noqa: PLC0415  help and mistakes are answered without it

    with call.open() as app:
        keep = app.settings.keep
        found = app.store.read(lambda tx: _found(tx, keep))
        if not dry_run:
            app.store.do(wake_sweep)
    rows = [
        (why, gone.count, "" if gone.bytes is None else gone.bytes, _when(gone.oldest), _when(gone.newest))
        for why, gone in found
    ]
    heads = ("KIND", "WOULD GO" if dry_run else "GOES", "BYTES", "OLDEST", "NEWEST")
    shown = listing(heads, [tuple(_figure(cell) for cell in row) for row in rows], right=heads[1:3])
    call.screen.answer({"dryRun": dry_run, "kinds": [_content(why, gone) for why, gone in found]}, shown)
    if not dry_run and any(gone.count for _, gone in found):
        call.screen.remark("The next worker that is free removes it; without one, `daybook serve` does.")


def _found(tx: "Transaction", keep: Keep) -> "list[tuple[str, Gone]]":
    """What is past its keep, each with a name that says how long that is."""
    from daybook.documents.sweep import FRESH  # noqa: PLC0415  help and mistakes are answered without it
    from daybook.store.retention import Kind, count_excess, count_gone, ends  # noqa: PLC0415  so is this

    said = {
        Kind.REPORTS: _days(keep.reports, "after their end"),
        Kind.BATCHES: _days(keep.reports, "after their end"),
        Kind.SCHEDULES: _days(keep.schedules, "after they were cancelled"),
        Kind.LEDGER: _days(keep.ledger, "after it was written"),
        Kind.DELIVERIES: _days(keep.deliveries, "after they were made"),
        Kind.INBOUND: _days(keep.inbound, "after it came in"),
        Kind.FOLLOWED: _days(keep.reports, "after their end"),
    }
    found = [
        (f"{kind}, {said.get(kind, 'expired')}", count_gone(tx, kind, before))
        for kind, before in ends(keep, tx.now).items()
    ]
    if keep.documents_bytes is not None:
        name = f"documents, beyond {keep.documents_bytes / 1024**2:,.0f} MB"
        found.append((name, count_excess(tx, tx.now, tx.now - FRESH, keep.documents_bytes)))
    return found


def _days(span: timedelta | None, since: str) -> str:
    return f"{span.days} days {since}" if span else ""


def _figure(cell: object) -> object:
    return f"{cell:,}" if isinstance(cell, int) else cell


def _when(at: datetime | None) -> str:
    return when(at) if at else ""


def _content(why: str, gone: "Gone") -> dict[str, object]:
    return {
        "kind": gone.kind,
        "why": why,
        "count": gone.count,
        "bytes": gone.bytes,
        "oldest": iso(gone.oldest),
        "newest": iso(gone.newest),
    }
