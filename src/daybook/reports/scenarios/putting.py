"""Scenarios that operators put and remove while Daybook runs. The ledger tells who did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daybook.activity import Event
from daybook.kernel.errors import NotFound
from daybook.lanes import Lane, WorkClass
from daybook.reports.scenarios.ports import ScenariosPort
from daybook.reports.scenarios.scenario import Scenario
from daybook.reports.scenarios.snapshot import Key

SCENARIOS = "scenarios"
SUBJECT = "scenario"


@dataclass(frozen=True, slots=True)
class PutScenario:
    """A scenario as the store keeps it; each putting and removing has an edition of its own, the largest the last."""

    seller_id: str
    report_type: str
    content: Mapping[str, Any]
    put_at: datetime
    put_by: str
    edition: int = 0


def scenarios_lane() -> Lane:
    """The lane that lets other applications ask, and tells waiting reports of a change: one for all sellers."""
    return Lane(SCENARIOS, "all")


def put(tx: ScenariosPort, now: datetime, scenario: Scenario, actor: str) -> PutScenario:
    """Lets the scenario hold from now on, in place of an earlier one of its seller and type; what was counted ends."""
    kept = tx.put_scenario(PutScenario(*scenario.key, scenario.content, now, actor))
    _tell(tx, now, scenario.key, "LIVE", actor, scenario.content)
    return kept


def remove(tx: ScenariosPort, now: datetime, key: Key, actor: str) -> None:
    """Ends the scenario that was put. Raises NotFound."""
    if not tx.remove_scenario(*key, now, actor):
        missing = f"No scenario was put for seller {key[0]} and report type {key[1]}."
        raise NotFound(missing, "GET /daybook/v1/scenarios lists those there are.")
    _tell(tx, now, key, "REMOVED", actor, {})


def _tell(tx: ScenariosPort, now: datetime, key: Key, status: str, actor: str, evidence: Mapping[str, Any]) -> None:
    seller_id, report_type = key
    tx.add_event(Event(seller_id, SUBJECT, report_type, None, status, actor, evidence, now))
    tx.wake(scenarios_lane(), WorkClass.INTERACTIVE)
