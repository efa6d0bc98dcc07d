"""Following a batch to its end."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from daybook.cli.batches import views
from daybook.cli.call import Call, worker_name
from daybook.cli.exits import ExitCode
from daybook.kernel.errors import Misconfigured
from daybook.operations.answers import SAME_ERROR
from daybook.operations.batches import Batch, Counts, find_batch, progress_of
from daybook.operations.status import BatchStatus, Shown, Status
from daybook.operations.watching import default_plans, explain

if TYPE_CHECKING:
    from daybook.app import App

LOOK_EVERY = 0.2


def follow(call: Call, app: "App", seller_id: str, batch_id: str, timeout: float) -> None:
    """Waits for the batch's end, and tells how it ended. Exits with FAILED, or TIMED_OUT where it did not end."""
    until = time.monotonic() + timeout
    try:
        with _working(app), _bar(call) as bar:
            batch, counts = _look(app, seller_id, batch_id)
            while batch.status is not BatchStatus.ENDED and time.monotonic() < until:
                _tell(bar, app, batch, counts)
                time.sleep(LOOK_EVERY)
                batch, counts = _look(app, seller_id, batch_id)
    except KeyboardInterrupt:
        call.screen.remark(f"The wait has ended, and batch {batch_id} goes on.", "")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    with app.store.reading() as tx:
        outlook = explain(tx, tx.now, batch, default_plans())
    views.show_batch(call, batch, counts, outlook)
    raise typer.Exit(_code(batch, counts))


def _code(batch: Batch, counts: Counts) -> ExitCode:
    if batch.status is not BatchStatus.ENDED:
        return ExitCode.TIMED_OUT
    return ExitCode.FAILED if progress_of(counts).shown[Shown.ERROR] else ExitCode.OK


def _look(app: "App", seller_id: str, batch_id: str) -> tuple[Batch, Counts]:
    with app.store.reading() as tx:
        batch = find_batch(tx, seller_id, batch_id)
        return batch, tx.counts_of(batch.number)


def retryable(app: "App", seller_id: str, batch_id: str) -> tuple[int, int]:
    """How many operations a retry would send, and how many it would leave."""
    batch, counts = _look(app, seller_id, batch_id)
    rejected = progress_of(counts).statuses.get(Status.REJECTED, 0)
    left = after = 0
    while found := app.store.read(lambda tx: tx.operations_in(batch.number, Status.REJECTED, (), after, 1000)):  # noqa: B023
        left += sum(each.repeats >= SAME_ERROR for each in found)
        after = found[-1].line
    return rejected - left, left


@contextmanager
def _working(app: "App") -> Iterator[None]:
    """On the embedded database this process does the work meanwhile, if no other does."""
    from daybook.app import working  # noqa: PLC0415  it is there once the app is open

    with ExitStack() as stack:
        if app.settings.embedded:
            with suppress(Misconfigured):  # another process does the work
                stack.enter_context(working(app, worker_name()))
        yield


@contextmanager
def _bar(call: Call) -> Iterator[Progress | None]:
    if call.screen.json or not call.screen.err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=call.screen.err, transient=True) as progress:
        progress.add_task("", total=None)
        yield progress


def _tell(bar: Progress | None, app: "App", batch: Batch, counts: Counts) -> None:
    if bar is None:
        return
    found = progress_of(counts)
    with app.store.reading() as tx:
        sentence = explain(tx, tx.now, batch, default_plans()).sentence
    done = batch.operations - found.unfinished
    words = f"{found.shown[Shown.SUCCESS]:,} Success, {found.shown[Shown.ERROR]:,} Error. {sentence}"
    bar.update(bar.tasks[0].id, description=words, total=batch.operations, completed=done)
