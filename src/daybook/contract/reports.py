"""The schemas of the Reports API v2021-06-30 (seed 004). An absent member is left out, never null."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from daybook.contract.times import WireTime

VERSION = "2021-06-30"

ProcessingStatus = Literal["CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"]
CompressionAlgorithm = Literal["GZIP"]
Period = Literal[
    "PT5M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "P1D", "P2D", "P3D", "PT84H", "P7D", "P14D",
    "P15D", "P18D", "P30D", "P1M",
]  # fmt: skip

MAX_MARKETPLACES = 25
"""The bound that the current edition of Amazon's model puts on a body's marketplaceIds; the seed names none."""

MarketplaceIds = Annotated[list[str], Meta(min_length=1, max_length=MAX_MARKETPLACES)]
ReportOptions = dict[str, str]


class CreateReportSpecification(Struct, frozen=True, omit_defaults=True):
    """What createReport takes."""

    reportType: str
    marketplaceIds: MarketplaceIds
    reportOptions: ReportOptions | UnsetType = UNSET
    dataStartTime: WireTime | UnsetType = UNSET
    dataEndTime: WireTime | UnsetType = UNSET


class CreateReportResponse(Struct, frozen=True):
    """What createReport answers."""

    reportId: str


class Report(Struct, frozen=True, omit_defaults=True):
    """A report, as getReport and getReports answer it."""

    reportId: str
    reportType: str
    createdTime: WireTime
    processingStatus: ProcessingStatus
    marketplaceIds: list[str] | UnsetType = UNSET
    dataStartTime: WireTime | UnsetType = UNSET
    dataEndTime: WireTime | UnsetType = UNSET
    reportScheduleId: str | UnsetType = UNSET
    processingStartTime: WireTime | UnsetType = UNSET
    processingEndTime: WireTime | UnsetType = UNSET
    reportDocumentId: str | UnsetType = UNSET


class GetReportsResponse(Struct, frozen=True, omit_defaults=True):
    """A page of reports; `nextToken` where there are more."""

    reports: list[Report]
    nextToken: str | UnsetType = UNSET


class CreateReportScheduleSpecification(Struct, frozen=True, omit_defaults=True):
    """What createReportSchedule takes."""

    reportType: str
    marketplaceIds: MarketplaceIds
    period: Period
    reportOptions: ReportOptions | UnsetType = UNSET
    nextReportCreationTime: WireTime | UnsetType = UNSET


class CreateReportScheduleResponse(Struct, frozen=True):
    """What createReportSchedule answers."""

    reportScheduleId: str


class ReportSchedule(Struct, frozen=True, omit_defaults=True):
    """A report schedule; on output the period is any text (seed 004)."""

    reportScheduleId: str
    reportType: str
    period: str
    marketplaceIds: list[str] | UnsetType = UNSET
    reportOptions: ReportOptions | UnsetType = UNSET
    nextReportCreationTime: WireTime | UnsetType = UNSET


class ReportScheduleList(Struct, frozen=True):
    """Every schedule that matches; this operation has no pages."""

    reportSchedules: list[ReportSchedule]


class ReportDocument(Struct, frozen=True, omit_defaults=True):
    """Where a document can be downloaded for the next five minutes."""

    reportDocumentId: str
    url: str
    compressionAlgorithm: CompressionAlgorithm | UnsetType = UNSET
