"""What notifications need of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from daybook.activity import Event, Ledger
from daybook.lanes import LaneNotes

if TYPE_CHECKING:  # the nouns import their port
    from daybook.notifications.attempts import Attempt
    from daybook.notifications.deliveries import Delivery
    from daybook.notifications.destinations import Destination
    from daybook.notifications.searching import Search
    from daybook.notifications.status import DeliveryStatus
    from daybook.notifications.subscriptions import Subscription


class DestinationsPort(Ledger, LaneNotes, Protocol):
    """Destinations, and what becomes of their deliveries when they change."""

    def add_destination(self, destination: Destination, /) -> None: ...
    def destination(self, seller_id: str, destination_id: str) -> Destination | None: ...
    def destinations(self, seller_id: str | None) -> list[Destination]:
        """The seller's, or everybody's, the oldest first."""

    def change_destination(self, destination: Destination, /, **changes: Any) -> bool:
        """Change it only if nobody has changed it since it was read; whether this transaction was the one."""

    def remove_destination(self, seller_id: str, destination_id: str) -> None:
        """The destination and its subscriptions."""

    def revive_deliveries(self, destination: Destination, now: datetime, failed_since: datetime | None) -> int:
        """What waits is due now, and what FAILED since then waits again. How many."""

    def drop_deliveries(self, destination: Destination, now: datetime) -> int:
        """What is neither delivered nor FAILED becomes DROPPED. How many."""


class SubscriptionsPort(DestinationsPort, Protocol):
    """Subscriptions."""

    def add_subscription(self, subscription: Subscription, /) -> None: ...
    def subscription(self, seller_id: str, subscription_id: str) -> Subscription | None: ...
    def subscriptions(self, seller_id: str | None) -> list[Subscription]:
        """The seller's, or everybody's, the oldest first."""

    def change_subscription(self, subscription: Subscription, /) -> None: ...
    def remove_subscription(self, seller_id: str, subscription_id: str) -> None: ...


class FanOutPort(SubscriptionsPort, Protocol):
    """What is made of the ledger's lines."""

    def untold_events(self, seller_id: str, limit: int) -> list[Event]:
        """The oldest lines of the ledger that may be news to somebody and were not fanned out yet."""

    def forget_untold(self, seller_id: str, sequences: Sequence[int]) -> None: ...
    def events_since(self, seller_id: str, sequence: int, limit: int) -> list[Event]:
        """The lines behind that one, in their order."""

    def number_of(self, event: Event) -> int:
        """How many lines of the ledger there are about its subject, up to it."""

    def add_delivery(self, delivery: Delivery, body: bytes, /) -> bool:
        """Add it unless there is one of its event and subscription; whether it was added."""

    def delivery_of(self, subscription_id: str, event_sequence: int) -> Delivery | None: ...
    def move_delivery(self, delivery: Delivery, from_status: DeliveryStatus, /, **changes: Any) -> bool:
        """Change it only if its status is still `from_status`; whether this transaction was the one."""


class DeliveriesPort(FanOutPort, Protocol):
    """Deliveries and their attempts."""

    def delivery(self, seller_id: str, delivery_id: str) -> Delivery | None: ...
    def delivery_body(self, seller_id: str, delivery_id: str) -> bytes: ...
    def delivery_page(self, seller_id: str, search: Search, before: str | None) -> list[Delivery]:
        """One delivery more than a page holds, the newest first, from behind the one with the id `before`."""

    def deliveries_due(
        self, seller_id: str, destination_id: str, now: datetime, limit: int
    ) -> list[tuple[Delivery, bytes]]:
        """With their bytes, the longest due first."""

    def delivery_next_due(self, seller_id: str, destination_id: str) -> datetime | None: ...
    def add_delivery_attempt(self, attempt: Attempt, /) -> None: ...
    def end_delivery_attempt(self, attempt: Attempt, /) -> bool:
        """Write down what came of it, if nobody has yet; whether this transaction was the one."""

    def delivery_attempts(self, seller_id: str, delivery_id: str) -> list[Attempt]: ...
    def delivery_attempts_open(self, seller_id: str, destination_id: str) -> list[Attempt]:
        """Those of which nobody knows what came."""

    def note_health(self, seller_id: str, destination_id: str, **changes: Any) -> None:
        """How it goes with a destination: what only its lane writes."""

    def deliveries_waiting(self, seller_id: str, destination_id: str) -> int: ...
