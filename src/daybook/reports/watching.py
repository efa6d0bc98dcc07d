"""Noticing reports that are stuck: one lane looks at all that wait, the oldest first."""

from datetime import datetime

from daybook import stalled
from daybook.lanes import Lane, LaneNotes, WorkClass
from daybook.reports.ports import WatchingPort
from daybook.reports.reports import SUBJECT, Report
from daybook.reports.waiting import LEAST_STALL, Times, silence_of, usual_times
from daybook.stalled import Silence, Stuck

REPORT_WATCH = "report-watch"
EVERY = 60.0
"""Seconds between two looks."""
MOST = 500
"""Reports of one look; where more wait, the younger ones are not the first that are stuck."""


def watch_lane() -> Lane:
    """There is one for all sellers."""
    return Lane(REPORT_WATCH, "all")


def wake_watch(tx: LaneNotes) -> None:
    """Look now, and then every minute: what a worker does when it starts."""
    tx.wake(watch_lane(), WorkClass.BULK)


def watch(tx: WatchingPort, now: datetime) -> list[str]:
    """Tells the ledger of the reports that take much longer than is usual, once for each status; their ids."""
    waiting = tx.reports_unended(now - LEAST_STALL, MOST)
    kinds = {(one.seller_id, one.report_type) for one in waiting}
    usual: dict[tuple[str, str], Times] = {kind: usual_times(tx, *kind) for kind in kinds}
    told = []
    for report in waiting:
        silence = silence_of(report, usual[report.seller_id, report.report_type])
        if silence is not None and silence.too_long(now) and _told(tx, now, report, silence):
            told.append(report.report_id)
    return told


def _told(tx: WatchingPort, now: datetime, report: Report, silence: Silence) -> bool:
    stuck = Stuck(report.seller_id, SUBJECT, report.report_id, report.status)
    if stalled.is_told(tx, stuck):
        return False
    stalled.tell(tx, now, stuck, silence, reportType=report.report_type)
    return True
