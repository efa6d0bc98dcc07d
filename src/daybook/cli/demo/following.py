"""A report is polled to its end, as a program without a client library would."""

import time

from daybook.cli.demo.stage import Step
from daybook.client import ReportsClient
from daybook.kernel.errors import DaybookError

POLL_EVERY = 0.5
"""Seconds: getReport may be called twice a second."""
PATIENCE = 60.0
_ENDED = ("DONE", "CANCELLED", "FATAL")


class StoryFailed(DaybookError):
    """The story went another way than it should."""

    code = "StoryFailed"


def until_ended(client: ReportsClient, report_id: str, step: Step) -> tuple[list[str], str | None]:
    """The statuses that were seen, the last of which is an end, and the document where it is DONE."""
    statuses: list[str] = []
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        report = client.get_report(report_id)
        step.say(report.processingStatus)
        if report.processingStatus not in statuses:
            statuses.append(report.processingStatus)
        if report.processingStatus in _ENDED:
            done = report.processingStatus == "DONE"
            return statuses, report.reportDocumentId if done and report.reportDocumentId else None
        time.sleep(POLL_EVERY)
    raise StoryFailed(f"Report {report_id} has not ended in {PATIENCE:.0f} seconds.", f"It is {statuses[-1]}.")
