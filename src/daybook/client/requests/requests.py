"""What was asked for: a request of one report, or of several where its range is longer than one report may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from daybook.client.answers import Report
from daybook.client.errors import NoData
from daybook.contract.reports import CreateReportSpecification
from daybook.contract.times import emit_given


@dataclass(frozen=True, slots=True)
class Part:
    """One report: what was asked for, when, and its id; none yet where createReport's answer is not known."""

    report_type: str
    marketplace_ids: tuple[str, ...]
    asked_at: datetime
    options: Mapping[str, str] = field(default_factory=dict)
    data_start: datetime | None = None
    data_end: datetime | None = None
    key: str = ""
    request: str = ""
    report_id: str = ""

    def specification(self) -> CreateReportSpecification:
        """What createReport is sent."""
        return CreateReportSpecification(
            reportType=self.report_type,
            marketplaceIds=list(self.marketplace_ids),
            reportOptions=dict(self.options) or msgspec.UNSET,
            dataStartTime=emit_given(self.data_start) if self.data_start else msgspec.UNSET,
            dataEndTime=emit_given(self.data_end) if self.data_end else msgspec.UNSET,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request and its parts, oldest data first; most have one."""

    parts: tuple[Part, ...]

    @property
    def report_type(self) -> str:
        """The type that was asked for."""
        return self.parts[0].report_type

    @property
    def report_ids(self) -> tuple[str, ...]:
        """The reports' ids, as far as they are known."""
        return tuple(part.report_id for part in self.parts if part.report_id)


@dataclass(frozen=True, slots=True)
class Result:
    """What a request came to: the reports that are DONE, oldest data first, and the parts that found no data."""

    request: Request
    reports: tuple[Report, ...]
    without_data: tuple[NoData, ...] = ()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Their documents, in the same order."""
        return tuple(report.document_id for report in self.reports)
