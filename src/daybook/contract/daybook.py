"""Our own JSON API's shapes, `/daybook/v1`: what Amazon's contract has no room for. An absent member is left out."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from daybook.contract.operations import Operation, Parameter
from daybook.contract.reports import Report
from daybook.contract.times import WireTime

ROOT = "/daybook/v1"


class UsualTime(Struct, frozen=True):
    """Seconds that half, 95 and 99 of 100 of the type's last reports took."""

    p50: float
    p95: float
    p99: float
    reports: int


class Waiting(Struct, frozen=True, omit_defaults=True):
    """Why a report has not ended. `place` 1 is the next to be made, 0 the one that is being made."""

    sentence: str
    place: int
    stalled: bool
    blockedBy: str | UnsetType = UNSET
    nextRunTime: WireTime | UnsetType = UNSET
    expectedEndTime: WireTime | UnsetType = UNSET
    usualInQueue: UsualTime | UnsetType = UNSET
    usualInProgress: UsualTime | UnsetType = UNSET
    failures: int = 0


class Step(Struct, frozen=True, omit_defaults=True):
    """One line of a report's history."""

    toStatus: str
    actor: str
    time: WireTime
    fromStatus: str | UnsetType = UNSET
    evidence: dict[str, Any] | UnsetType = UNSET


class ExplainedReport(Struct, frozen=True, omit_defaults=True):
    """A report as Amazon's contract has it, and what that leaves open."""

    report: Report
    statusMeaning: str
    attempts: int
    history: list[Step]
    outcome: str | UnsetType = UNSET
    outcomeMeaning: str | UnsetType = UNSET
    evidence: str | UnsetType = UNSET
    waiting: Waiting | UnsetType = UNSET


EXPLAIN_REPORT = Operation(
    "explainReport",
    "GET",
    f"{ROOT}/reports/{{reportId}}",
    200,
    2.0,
    15,
    "Tells a report with its outcome, its history, and why it is still waiting.",
    ExplainedReport,
    (Parameter("reportId", "string", "The report.", required=True, place="path"),),
)

OWN_OPERATIONS: tuple[Operation, ...] = (EXPLAIN_REPORT,)
