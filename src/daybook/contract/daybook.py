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
    usualInAll: UsualTime | UnsetType = UNSET
    waitedSeconds: float = 0.0
    failures: int = 0


class Step(Struct, frozen=True, omit_defaults=True):
    """One line of a report's history."""

    toStatus: str
    actor: str
    time: WireTime
    fromStatus: str | UnsetType = UNSET
    evidence: dict[str, Any] | UnsetType = UNSET


class KeptDocument(Struct, frozen=True, omit_defaults=True):
    """What is known of a document besides its bytes; `size` and `sha256` are those of the bytes that are kept."""

    reportDocumentId: str
    contentType: str
    size: int
    contentSize: int
    sha256: str
    expirationTime: WireTime
    compression: str | UnsetType = UNSET


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
    document: KeptDocument | UnsetType = UNSET
    reportOptions: dict[str, str] | UnsetType = UNSET
    clientId: str | UnsetType = UNSET


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

SUPPORT_PACK = Operation(
    "getSupportPack",
    "GET",
    f"{ROOT}/reports/{{reportId}}/support-pack",
    200,
    0.5,
    5,
    "Gives all that is known of a report, for whoever is asked for help: a zip without secrets.",
    None,
    (Parameter("reportId", "string", "The report.", required=True, place="path"),),
    media_type="application/zip",
)

OWN_OPERATIONS: tuple[Operation, ...] = (EXPLAIN_REPORT, SUPPORT_PACK)
