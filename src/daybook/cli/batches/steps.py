"""Following a batch to its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from daybook.cli.batches import views
from daybook.cli.batches.places import Place, Told
from daybook.cli.call import Call
from daybook.cli.exits import ExitCode
from daybook.operations.status import MOVING, BatchStatus, Status

LOOK_EVERY = 0.2
FOREVER = 10 * 365 * 86400.0


def follow(call: Call, place: Place, batch_id: str, timeout: float) -> None:
    """Waits until the batch ends, or waits for a person itself, and tells how it stands.

    Exits with FAILED, or TIMED_OUT where it did not end.
    """
    until = time.monotonic() + timeout
    try:
        with place.working(), _bar(call) as bar:
            told = place.show(batch_id)
            while goes_on(told) and time.monotonic() < until:
                _tell(bar, told)
                time.sleep(LOOK_EVERY)
                told = place.show(batch_id)
    except KeyboardInterrupt:
        call.screen.remark(f"The wait has ended, and batch {batch_id} goes on.", "")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    views.show_batch(call, told, place.words)
    raise typer.Exit(_code(told))


def goes_on(told: Told) -> bool:
    """What the price guard holds waits for a person: where nothing else is left, no wait would see its end."""
    statuses = told["statuses"]
    is_held = statuses.get(Status.HELD, 0) > 0 and not any(statuses.get(status, 0) for status in MOVING)
    return told["status"] != BatchStatus.ENDED and not is_held


def _code(told: Told) -> ExitCode:
    if told["status"] != BatchStatus.ENDED:
        return ExitCode.TIMED_OUT
    return ExitCode.FAILED if told["counts"].get("Error") else ExitCode.OK


@contextmanager
def _bar(call: Call) -> Iterator[Progress | None]:
    if call.screen.json or not call.screen.err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=call.screen.err, transient=True) as progress:
        progress.add_task("", total=None)
        yield progress


def _tell(bar: Progress | None, told: Told) -> None:
    if bar is None:
        return
    counts = told["counts"]
    done = counts.get("Success", 0) + counts.get("Error", 0)
    words = f"{counts.get('Success', 0):,} Success, {counts.get('Error', 0):,} Error. {told['outlook']['sentence']}"
    bar.update(bar.tasks[0].id, description=words, total=told["operations"], completed=done)
