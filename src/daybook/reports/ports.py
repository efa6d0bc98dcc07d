"""What reports and schedules need of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from daybook.activity import Ledger
from daybook.lanes import Lane, LaneNotes, LaneState

if TYPE_CHECKING:  # the nouns import their port
    from daybook.reports.pages import Filters, Position
    from daybook.reports.reports import Polled, Report
    from daybook.reports.schedules import Schedule
    from daybook.reports.status import Status


class ReportsPort(Ledger, LaneNotes, Protocol):
    """Report requests."""

    def seller_marketplaces(self, seller_id: str) -> tuple[str, ...]: ...
    def lenient(self, client_id: str) -> bool:
        """Whether the application is warned where others are refused."""

    def add_report(self, report: Report, /) -> None: ...
    def report(self, seller_id: str, report_id: str) -> Report | None: ...
    def report_polled(self, seller_id: str, report_id: str) -> Polled | None: ...
    def move_report(self, report: Report, from_status: Status, /, **changes: Any) -> bool:
        """Change the report only if its status is still `from_status`; whether this transaction was the one."""

    def report_in_progress(self, seller_id: str, report_type: str) -> Report | None: ...
    def report_next_in_queue(self, seller_id: str, report_type: str) -> Report | None: ...
    def report_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Report]:
        """One report more than a page holds, newest first, from behind `after`."""


class WaitingPort(Protocol):
    """What tells why a report is waiting."""

    def report_in_progress(self, seller_id: str, report_type: str) -> Report | None: ...
    def reports_before(self, report: Report, /) -> int:
        """How many reports of its type and seller are in the queue before it."""

    def reports_ended(self, seller_id: str, report_type: str, limit: int) -> list[Report]:
        """The seller's last reports of the type that are DONE, newest first."""

    def lane_state(self, lane: Lane) -> LaneState | None:
        """How it is with a lane; None where it never was woken."""


class WatchingPort(WaitingPort, Ledger, Protocol):
    """What notices reports that are stuck."""

    def reports_unended(self, before: datetime, limit: int) -> list[Report]:
        """Reports of all sellers that were asked for before a time and have not ended, the oldest first."""


class SchedulesPort(ReportsPort, Protocol):
    """Report schedules."""

    def add_schedule(self, schedule: Schedule, /) -> None: ...
    def schedule(self, seller_id: str, schedule_id: str) -> Schedule | None: ...
    def schedules(self, seller_id: str, report_types: tuple[str, ...]) -> list[Schedule]: ...
    def schedule_in_place_of(self, schedule: Schedule) -> Schedule | None:
        """The live schedule of the same group of types and set of marketplaces."""

    def cancel_schedule(self, seller_id: str, schedule_id: str, now: datetime) -> bool: ...
    def schedules_due(self, seller_id: str, now: datetime, limit: int) -> list[Schedule]: ...
    def move_schedule(self, schedule: Schedule, next_at: datetime, covered_until: datetime) -> bool:
        """Advance the schedule only if its next report is still the one it was.

        Whether this transaction was the one.
        """

    def schedule_next_due(self, seller_id: str) -> datetime | None: ...
