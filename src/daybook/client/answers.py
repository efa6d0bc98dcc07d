"""The contract's answers as a tolerant reader takes them.

What the contract does not know is kept in `unknown`, a status that it does not name is kept as it came, and a report
may lack its type (seed 001's sample does). Times stay the text that came; the properties beside them are the instants.
"""

from datetime import datetime
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct, UnsetType, field

from daybook.contract import daybook as own
from daybook.contract import reports as wire
from daybook.contract.times import parse
from daybook.shapes import convert

A = TypeVar("A")
Unknown = dict[str, Any]

ENDED = frozenset({"CANCELLED", "DONE", "FATAL"})
KNOWN = frozenset(get_args(wire.ProcessingStatus))


class Report(wire.Report, frozen=True, kw_only=True):
    """A report."""

    reportType: str = ""
    processingStatus: str  # type: ignore[assignment]  # on purpose wider: a word of tomorrow is no reason to fail
    unknown: Unknown = field(default_factory=dict)

    def __post_init__(self) -> None:
        """An answer with a time that is none is not read, so that the instants below are there."""
        _require_times(self, "createdTime", "dataStartTime", "dataEndTime", "processingStartTime", "processingEndTime")

    @property
    def ended(self) -> bool:
        """Whether processing is over. An unknown status is not an end."""
        return self.processingStatus in ENDED

    @property
    def document_id(self) -> str:
        """Its document; empty where there is none."""
        return self.reportDocumentId or ""

    @property
    def created_at(self) -> datetime:
        """When it was asked for."""
        return parse(self.createdTime)

    @property
    def data_start(self) -> datetime | None:
        """Where its data begin."""
        return _instant(self.dataStartTime)

    @property
    def data_end(self) -> datetime | None:
        """Where its data end."""
        return _instant(self.dataEndTime)

    @property
    def started_at(self) -> datetime | None:
        """When its processing began."""
        return _instant(self.processingStartTime)

    @property
    def ended_at(self) -> datetime | None:
        """When its processing ended."""
        return _instant(self.processingEndTime)


class ExplainedReport(own.ExplainedReport, frozen=True, kw_only=True):
    """A report with what Amazon's contract leaves open, as a Daybook tells it."""

    report: Report
    unknown: Unknown = field(default_factory=dict)

    def __post_init__(self) -> None:
        """As with a report: every time in it is one."""
        for step in self.history:
            _require_times(step, "time")
        if not isinstance(self.waiting, UnsetType):
            _require_times(self.waiting, "nextRunTime", "expectedEndTime")
        if not isinstance(self.document, UnsetType):
            _require_times(self.document, "expirationTime")


class GetReportsResponse(wire.GetReportsResponse, frozen=True, kw_only=True):
    """A page of reports."""

    reports: list[Report]  # type: ignore[assignment]
    unknown: Unknown = field(default_factory=dict)


class CreateReportResponse(wire.CreateReportResponse, frozen=True, kw_only=True):
    """A new report's id."""

    unknown: Unknown = field(default_factory=dict)


class ReportSchedule(wire.ReportSchedule, frozen=True, kw_only=True):
    """A schedule; its period is any text."""

    unknown: Unknown = field(default_factory=dict)


class ReportScheduleList(wire.ReportScheduleList, frozen=True, kw_only=True):
    """Schedules."""

    reportSchedules: list[ReportSchedule]  # type: ignore[assignment]
    unknown: Unknown = field(default_factory=dict)


class CreateReportScheduleResponse(wire.CreateReportScheduleResponse, frozen=True, kw_only=True):
    """A new schedule's id."""

    unknown: Unknown = field(default_factory=dict)


class ReportDocument(wire.ReportDocument, frozen=True, kw_only=True):
    """Where a document can be downloaded. What it says of compression is not relied on."""

    compressionAlgorithm: str | UnsetType = msgspec.UNSET  # type: ignore[assignment]
    unknown: Unknown = field(default_factory=dict)


class Nothing(Struct, frozen=True):
    """An answer of which only the success counts."""


def read(body: bytes, kind: type[A]) -> A:
    """The answer in a body. One whose only member is `payload`, as the older edition answered, is that member.

    Raises msgspec.DecodeError (also for text that is not UTF-8, or nested too deep) where it is not of the kind.
    """
    if kind is Nothing:
        return kind()
    if isinstance(body, kind):  # bytes were asked for
        return body
    try:
        raw = msgspec.json.decode(body)
        if isinstance(raw, dict) and isinstance(raw.get("payload"), dict):
            raw = raw["payload"]
        return convert(_sorted_out(raw, kind), kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def _sorted_out(raw: object, kind: Any) -> object:
    """The same with the members that the kind does not have set apart in `unknown`; a null is as good as absent."""
    if isinstance(raw, list):
        return [_sorted_out(one, _member(kind)) for one in raw]
    if not isinstance(raw, dict) or not (isinstance(kind, type) and issubclass(kind, Struct)):
        return raw
    kinds = {known.name: known.type for known in msgspec.structs.fields(kind) if known.name != "unknown"}
    present = {name: value for name, value in raw.items() if value is not None or name not in kinds}
    told = {name: _sorted_out(value, kinds[name]) for name, value in present.items() if name in kinds}
    return told | {"unknown": {name: value for name, value in present.items() if name not in kinds}}


def _member(kind: Any) -> object:
    return (get_args(kind) or (None,))[0]


def _require_times(answer: Struct, *names: str) -> None:
    """Raises ValueError naming the member that is no time: msgspec tells it as an answer that is not of its kind."""
    for name in names:
        text = getattr(answer, name)
        try:
            _instant(text)
        except ValueError as error:
            raise ValueError(f"{name} is {text[:50]!r}, which is no time") from error


def _instant(text: str | UnsetType) -> datetime | None:
    return None if isinstance(text, UnsetType) else parse(text)
