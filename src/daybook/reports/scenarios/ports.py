"""What scenarios need of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from daybook.activity import Ledger
from daybook.lanes import LaneNotes

if TYPE_CHECKING:  # the nouns import their port
    from daybook.documents.documents import Document
    from daybook.reports.reports import Report
    from daybook.reports.scenarios.putting import PutScenario


class ScenariosPort(Ledger, LaneNotes, Protocol):
    """Scenarios that were put, what was counted for scenarios, and the reports that they are applied to."""

    def scenarios_edition(self) -> int:
        """The largest edition; another one means that something has changed."""

    def scenarios(self) -> list[PutScenario]: ...
    def put_scenario(self, put: PutScenario, /) -> PutScenario:
        """Add or replace it, with the next edition."""

    def remove_scenario(self, seller_id: str, report_type: str, now: datetime, actor: str) -> bool: ...
    def count_scenario(self, edition: str, seller_id: str, subject: str) -> int:
        """Count one more, and answer the count."""

    def lock_seller(self, seller_id: str) -> None:
        """Until this transaction ends, no other that asks the same goes on: what is counted here stays true."""

    def reports_made(self, seller_id: str, report_type: str, since: datetime, before: Report | None = None) -> int:
        """How many reports of the type were asked for at or after `since`, and before another one of them."""

    def reports_ended(self, seller_id: str, report_type: str, limit: int) -> list[Report]:
        """The seller's last reports of the type that are DONE, newest first."""

    def document(self, seller_id: str, document_id: str) -> Document | None: ...
