"""What notifications that come in need of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from daybook.activity import Ledger
from daybook.lanes import LaneNotes

if TYPE_CHECKING:  # the nouns import their port
    from daybook.accounts.sellers import Seller
    from daybook.notifications.inbound.events import InboundEvent
    from daybook.notifications.inbound.followed_reports import FollowedReport
    from daybook.notifications.inbound.pages import Search
    from daybook.notifications.inbound.receivers import Receiver
    from daybook.notifications.inbound.silence import Hearing
    from daybook.notifications.inbound.status import FollowedStatus, Source


class ReceiversPort(Ledger, Protocol):
    """Receivers."""

    def add_receiver(self, receiver: Receiver, /) -> None: ...
    def receiver(self, seller_id: str, receiver_id: str) -> Receiver | None: ...
    def receivers(self, seller_id: str | None) -> list[Receiver]:
        """The seller's, or everybody's, the oldest first."""

    def receiver_of(self, token_hash: str) -> Receiver | None: ...
    def remove_receiver(self, seller_id: str, receiver_id: str) -> None: ...


class FollowedReportsPort(Ledger, LaneNotes, Protocol):
    """Reports that are followed, what came in about them, and how it is with the news."""

    def add_followed_report(self, report: FollowedReport, /) -> bool:
        """Add it unless it is followed already; whether it was added."""

    def followed_report(self, seller_id: str, source: Source, report_id: str) -> FollowedReport | None: ...
    def followed_report_page(
        self, seller_id: str, status: FollowedStatus | None, before: tuple[datetime, str] | None, limit: int
    ) -> list[FollowedReport]:
        """The newest first."""

    def followed_reports_due(
        self, seller_id: str, source: Source, now: datetime, limit: int
    ) -> list[FollowedReport]: ...
    def followed_reports_next_due(self, seller_id: str, source: Source) -> datetime | None: ...
    def change_followed_report(self, report: FollowedReport, /, **changes: Any) -> bool:
        """Change it only if nobody has changed it since it was read; whether this transaction was the one."""

    def match_inbound_events(self, seller_id: str, source: Source, report_id: str) -> int:
        """What is UNMATCHED about the report becomes MATCHED. How many."""

    def inbound_description(self, seller_id: str, source: Source, report_id: str) -> str:
        """In which words the newest notification that has any told of an error; empty where none has."""

    def is_told_of(self, seller_id: str, source: Source, report_id: str) -> bool:
        """Whether any notification about the report came in."""

    def hearing(self, seller_id: str, source: Source) -> Hearing | None: ...
    def put_hearing(self, hearing: Hearing, /) -> None: ...
    def has_receiver(self, seller_id: str, source: Source) -> bool: ...


class InboundPort(FollowedReportsPort, Protocol):
    """What came in."""

    def add_inbound_event(self, event: InboundEvent, body: str, /) -> bool:
        """Add it unless one of its event id came from there before; whether it was added."""

    def inbound_event(self, seller_id: str, inbound_id: str) -> InboundEvent | None: ...
    def inbound_body(self, seller_id: str, inbound_id: str) -> str: ...
    def inbound_page(self, seller_id: str, search: Search, before: str | None) -> list[InboundEvent]:
        """One more than a page holds, the newest first, from behind the one with the id `before`."""


class QueuePort(InboundPort, Protocol):
    """What comes in by a queue, for whichever seller."""

    def seller(self, seller_id: str) -> Seller | None: ...
