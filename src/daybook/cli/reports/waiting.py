"""Waiting for a report to end, and doing the work where nobody else does."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from daybook.cli.call import Call, worker_name
from daybook.kernel.errors import Misconfigured
from daybook.reports import reports
from daybook.reports.reports import Report
from daybook.reports.status import ENDED
from daybook.reports.waiting import explain

if TYPE_CHECKING:
    from daybook.app import App

LOOK_EVERY = 0.2


def until_ended(call: Call, app: "App", report: Report, seconds: float) -> Report:
    """The report once it has ended, or as it is when the time is over.

    On the embedded database this process does the work meanwhile, if no other does.
    """
    last_look = time.monotonic() + seconds
    with _working(app), call.screen.busy("") as say:
        while True:
            with app.store.reading() as tx:
                report = reports.find(tx, tx.now, report.seller_id, report.report_id)
                why = explain(tx, tx.now, report)
            say(f"Report {report.report_id} is {report.status}. {why.sentence if why else ''}")
            left = last_look - time.monotonic()
            if report.status in ENDED or left <= 0:
                return report
            time.sleep(min(LOOK_EVERY, left))


@contextmanager
def _working(app: "App") -> Iterator[None]:
    from daybook.app import working  # noqa: PLC0415  it is there once the app is open

    with ExitStack() as stack:
        if app.settings.embedded:
            with suppress(Misconfigured):  # another process does the work
                stack.enter_context(working(app, worker_name()))
        yield
