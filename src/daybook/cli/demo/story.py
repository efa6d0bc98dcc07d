"""The story: what a program that is written for Amazon's Reports API does, played over HTTP."""

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.table import Table

from daybook.accounts.marketplaces import MARKETPLACES, country
from daybook.cli.demo import outcomes
from daybook.cli.demo.following import POLL_EVERY, StoryFailed, until_ended
from daybook.cli.demo.receiver import Receiver, tell
from daybook.cli.demo.stage import Stage, Step
from daybook.cli.screen import listing
from daybook.client import Refused, ReportsClient

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
FAULTS = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
SELLS, SELLS_NOTHING = MARKETPLACES["US"], MARKETPLACES["CA"]
FIRES_IN = timedelta(seconds=3)
_FORBIDDEN = 403
_ROWS = 5
_WIDE = 34


@dataclass(frozen=True, slots=True)
class Ending:
    """What the story leaves behind."""

    report_id: str
    document_id: str
    cancelled_id: str
    schedule_id: str


def play(stage: Stage, client: ReportsClient, revoked: Callable[[], ReportsClient], receiver: Receiver) -> Ending:
    """Plays it; `revoked` makes a client whose application was ended. Raises StoryFailed, or what the client raises."""
    with stage.step("Got a token, good for an hour"):
        client.token()
    report_id = _request(stage, client)
    document_id = _follow(stage, client, report_id)
    tell(stage, receiver, report_id)
    _download(stage, client, document_id)
    cancelled_id = _find_nothing(stage, client)
    outcomes.play(stage, client, SELLS, (report_id, cancelled_id))
    schedule_id = _schedule(stage, client)
    _be_refused(stage, revoked)
    return Ending(report_id, document_id, cancelled_id, schedule_id)


def _request(stage: Stage, client: ReportsClient) -> str:
    with stage.step("Asked for a report of all listings") as step:
        report_id = client.create_report(LISTINGS, [SELLS])
        step.shown.append(f"{LISTINGS} is report {report_id}")
    return report_id


def _follow(stage: Stage, client: ReportsClient, report_id: str) -> str:
    with stage.step("Polled it") as step:
        statuses, document_id = until_ended(client, report_id, step)
        step.end = ", then ".join(statuses)
        if document_id is None:
            raise StoryFailed(f"Report {report_id} is {statuses[-1]}; it should be DONE.")
    return document_id


def _download(stage: Stage, client: ReportsClient, document_id: str) -> None:
    with stage.step("Downloaded its document") as step:
        rows = _rows(client, document_id)
        step.end = f"{len(rows)} listings, of which the first {_ROWS}"
        columns = {"seller-sku": "SKU", "item-name": "ITEM", "price": "PRICE", "quantity": "STOCK", "status": "STATUS"}
        step.shown.append(_table(rows[:_ROWS], columns))


def _rows(client: ReportsClient, document_id: str) -> list[dict[str, str]]:
    content = b"".join(client.download(client.get_report_document(document_id)))
    return list(csv.DictReader(io.StringIO(content.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))


def _table(rows: list[dict[str, str]], columns: dict[str, str]) -> Table:
    cells = [[_short(row[name]) for name in columns] for row in rows]
    return listing(list(columns.values()), cells, right=("PRICE", "STOCK"))


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1].rstrip() + "…"


def _find_nothing(stage: Stage, client: ReportsClient) -> str:
    with stage.step(f"Asked for the same in {country(SELLS_NOTHING)}, where nothing is sold") as step:
        report_id = client.create_report(LISTINGS, [SELLS_NOTHING])
        status = until_ended(client, report_id, step)[0][-1]
        if status != "CANCELLED":
            raise StoryFailed(f"Report {report_id} is {status}; without data it should be CANCELLED.")
        step.end = status
        step.shown.append("As at Amazon, whose answer does not tell why; Daybook keeps it, as shown next.")
    return report_id


def _schedule(stage: Stage, client: ReportsClient) -> str:
    due = (datetime.now(UTC) + FIRES_IN).replace(microsecond=0)
    with stage.step("Scheduled a daily report of listings that lack something") as step:
        schedule_id = client.create_report_schedule(FAULTS, [SELLS], "P1D", next_at=due)
        step.shown.append(f"{FAULTS}, first due at {due:%H:%M:%S} UTC")
    with stage.step("The schedule fired, by itself") as step:
        while (left := (due - datetime.now(UTC)).total_seconds()) > 0:
            step.say(f"in {left:.0f} s")
            time.sleep(min(left, 0.2))
        report_id, document_id = _fired(client, schedule_id, step)
        rows = _rows(client, document_id)
        step.end = f"{len(rows)} listings lack something"
        step.shown.append(_table(rows[:_ROWS], {"SKU": "SKU", "Product name": "ITEM", "Reason": "WHAT IT LACKS"}))
        step.shown.append(f"(the first {_ROWS} of report {report_id})")
    return schedule_id


def _fired(client: ReportsClient, schedule_id: str, step: Step) -> tuple[str, str]:
    """The report that the schedule made, once it is DONE. getReports may be called ten times at once, not more."""
    for _ in range(8):
        for report in client.get_reports([FAULTS]).reports:
            document_id = report.reportDocumentId
            if report.reportScheduleId == schedule_id and isinstance(document_id, str):
                return report.reportId, document_id
        step.say("its report is being made")
        time.sleep(2 * POLL_EVERY)
    raise StoryFailed(f"Schedule {schedule_id} has made no report.", "It should have fired some seconds ago.")


def _be_refused(stage: Stage, revoked: Callable[[], ReportsClient]) -> None:
    with stage.step("Revoked an application: its token is refused from then on") as step, revoked() as client:
        try:
            client.get_reports([LISTINGS])
        except Refused as refused:
            if refused.status != _FORBIDDEN:
                raise
            step.shown.append(f"{refused.error}: {refused.message}")
            step.shown.append(refused.details)
            return
        raise StoryFailed("A revoked application was let in.")
