"""News: one event of the ledger with all that a notification about it can say, so that no encoder reads back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """What happened, in the dotted words of Standard Webhooks."""

    REPORT_ENDED = "report.ended"
    REPORT_STALLED = "report.stalled"
    BATCH_FINISHED = "batch.finished"
    BATCH_STALLED = "batch.stalled"
    SCHEDULE_FIRED = "schedule.fired"
    DESTINATION_FAILING = "destination.failing"
    DESTINATION_DISABLED = "destination.disabled"
    INBOUND_SILENT = "inbound.silent"


SENTENCES: dict[EventType, str] = {
    EventType.REPORT_ENDED: "A report is DONE, CANCELLED or FATAL.",
    EventType.REPORT_STALLED: "A report takes much longer than is usual for its type, and has not ended.",
    EventType.BATCH_FINISHED: "Every operation of a batch has its final answer.",
    EventType.BATCH_STALLED: "A batch has made no progress for as long as a setting says.",
    EventType.SCHEDULE_FIRED: "A report schedule has asked for its next report.",
    EventType.DESTINATION_FAILING: "A destination has refused every delivery for a day.",
    EventType.DESTINATION_DISABLED: "A destination is not sent to any more, and why.",
    EventType.INBOUND_SILENT: "Reports end at a marketplace, and it sends no notification of them.",
}


@dataclass(frozen=True, slots=True)
class EndedReport:
    """A report that has ended: `status` and `outcome` are the report's own words."""

    report_type: str
    version: str
    status: str
    outcome: str
    created_at: datetime
    ended_at: datetime
    error_description: str = ""
    document_id: str | None = None
    application_id: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is told.

    `event_id` is unique per event and the same on every try; `resource` and `resource_id` name the thing that it is
    about, of which this is news number `sequence` (1, 2, ...), so that a receiver can drop what is stale. `report` is
    there for a report that ended; other events have their particulars in `facts`, ready to be written as JSON.
    """

    event_id: str
    type: EventType
    at: datetime
    seller_id: str
    resource: str
    resource_id: str
    sequence: int
    report: EndedReport | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
