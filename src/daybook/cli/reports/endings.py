"""A wait, from the bar to the exit code."""

from pathlib import Path
from typing import ClassVar, NoReturn

import typer

from daybook.cli.call import Call
from daybook.cli.exits import ExitCode
from daybook.cli.reports import views
from daybook.cli.reports.following import following
from daybook.cli.reports.places import STANDARD_OUTPUT, Asked, Place, Told, require_free
from daybook.kernel.errors import DaybookError
from daybook.reports.status import Outcome, Status

_CODES = {Status.DONE: ExitCode.OK, Status.CANCELLED: ExitCode.CANCELLED, Status.FATAL: ExitCode.FATAL}


class Interrupted(DaybookError):
    """Ctrl-C ended the wait, and not the report."""

    code: ClassVar[str] = "Interrupted"


def ask(call: Call, place: Place, asked: Asked) -> Told:
    """Asks for the report; where Ctrl-C comes between, nobody knows whether it is there, and it says so."""
    try:
        return place.request(asked)
    except KeyboardInterrupt:
        told = "Whether the report was asked for is not known."
        look = f"daybook reports list --type {asked.report_type} {place.words}"
        call.screen.fault(Interrupted(told, f"To see: {look}"))
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def follow(call: Call, place: Place, report_id: str, seconds: float, output: Path | None, *, force: bool) -> NoReturn:
    """Waits, writes the document, tells how the report has ended, and ends the command with the code of that."""
    try:
        with following(call.screen) as tell:
            ended = place.wait(report_id, seconds, tell)
        if output is not None and ended["status"] == Status.DONE:
            _write(call, place, report_id, output, force=force)
    except KeyboardInterrupt:
        call.screen.fault(
            Interrupted(f"The wait has ended, and report {report_id} goes on.", _resume(place, report_id))
        )
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    code = _code(ended)
    if str(output) == STANDARD_OUTPUT:  # that is the document's alone
        call.screen.remark(views.sentence(ended).plain, "")
    else:
        call.screen.answer(ended, views.sentence(ended))
    if code is ExitCode.TIMED_OUT:
        call.screen.remark(f"It had not ended within {seconds:g} seconds. {_resume(place, report_id)}", "yellow")
    raise typer.Exit(code)


def _write(call: Call, place: Place, report_id: str, output: Path, *, force: bool) -> None:
    require_free(output, force=force)  # an hour may have passed
    written = place.download(report_id, output, raw=False)
    if written.file != STANDARD_OUTPUT:
        call.screen.show(views.in_file(written))


def _resume(place: Place, report_id: str) -> str:
    return f"To wait on: daybook reports wait {report_id} {place.words}"


def _code(ended: Told) -> ExitCode:
    if ended["outcome"] == Outcome.NO_DATA:
        return ExitCode.NO_DATA
    return _CODES.get(ended["status"], ExitCode.TIMED_OUT)
