"""One report of each outcome, and why it ended so: Amazon's statuses alone do not tell."""

from datetime import datetime

from daybook.cli.demo.following import StoryFailed, until_ended
from daybook.cli.demo.stage import Stage, Step
from daybook.cli.screen import listing
from daybook.client import ReportsClient
from daybook.client.answers import ExplainedReport
from daybook.reports.scenarios.ports import ScenariosPort
from daybook.reports.scenarios.putting import put
from daybook.reports.scenarios.scenario import Ending, Scenario, TooSoon
from daybook.reports.status import Outcome

CANCELLED_BY_US = "GET_MERCHANT_LISTINGS_INACTIVE_DATA"
CANCELLED_BY_THEM = "GET_FBA_MYI_ALL_INVENTORY_DATA"
ASKED_TWICE = "GET_MERCHANT_LISTINGS_DATA"
FAILING = "GET_REFERRAL_FEE_PREVIEW_REPORT"
_SCENARIOS = (
    Scenario(report_type=CANCELLED_BY_US, in_queue=600),
    Scenario(report_type=CANCELLED_BY_THEM, endings=(Ending(status="CANCELLED", outcome="cancelled_upstream"),)),
    Scenario(report_type=ASKED_TWICE, too_soon=TooSoon(minutes=0.1)),
    Scenario(
        report_type=FAILING,
        endings=(Ending(status="FATAL", error_details="The fee schedule of this marketplace could not be read."),),
    ),
)


def practise(tx: ScenariosPort, now: datetime) -> None:
    """Lets the scenarios hold that produce what a sample catalog alone does not."""
    for scenario in _SCENARIOS:
        put(tx, now, scenario, "demo")


def play(stage: Stage, client: ReportsClient, marketplace_id: str, ended: tuple[str, ...]) -> None:
    """Asks for what is missing beside the reports that have `ended`; shows how each ended, and why.

    Raises StoryFailed.
    """
    with stage.step("Asked for reports that end in all other ways") as step:
        asked = _ask(client, marketplace_id)
        _follow(client, asked, step)
    with stage.step("Every outcome is told apart") as step:
        found = [client.explain_report(report_id) for report_id in (*ended, *asked)]
        _require_all(found)
        step.shown.append(listing(("STATUS", "OUTCOME", "WHY"), [_row(report) for report in found]))


def _ask(client: ReportsClient, marketplace_id: str) -> list[str]:
    """One of them is cancelled while it waits; the first of two of a type is not of interest."""
    cancelled = client.create_report(CANCELLED_BY_US, [marketplace_id])
    client.cancel_report(cancelled)
    client.create_report(ASKED_TWICE, [marketplace_id])
    others = [client.create_report(kind, [marketplace_id]) for kind in (CANCELLED_BY_THEM, ASKED_TWICE, FAILING)]
    return [cancelled, *others]


def _follow(client: ReportsClient, report_ids: list[str], step: Step) -> None:
    statuses = [until_ended(client, report_id, step)[0][-1] for report_id in report_ids]
    step.end = ", ".join(statuses)


def _require_all(found: list[ExplainedReport]) -> None:
    missing = {outcome.value for outcome in Outcome} - {report.outcome for report in found}
    if missing:
        raise StoryFailed(f"No report has the outcome {', '.join(sorted(missing))}.", "Each outcome should be shown.")


def _row(found: ExplainedReport) -> tuple[str, ...]:
    why = found.evidence or found.outcomeMeaning
    return found.report.processingStatus, str(found.outcome), str(why)
