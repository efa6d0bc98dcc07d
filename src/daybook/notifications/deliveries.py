"""Deliveries: one event on its way to one destination, as bytes that are made once and never again."""

from datetime import datetime
from typing import Any, NamedTuple

from daybook.kernel.errors import TOLD, Conflict, NotFound
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.status import MOVES, DeliveryStatus

TEST = "TEST"
"""The event type of what is sent to try a destination out."""


class Delivery(NamedTuple):
    """One event for one subscription. `delivery_id` is the webhook-id of every attempt.

    `number` counts the lines of the ledger about the subject up to the event. `failures` counts the attempts that
    failed since a person last asked for it, or at all; `attempts` counts all.
    """

    seller_id: str
    delivery_id: str
    destination_id: str
    subscription_id: str
    event_sequence: int | None
    event_type: str
    subject_id: str
    subject_status: str
    report_type: str | None
    number: int
    format: str
    status: DeliveryStatus
    created_at: datetime
    next_at: datetime | None = None
    failures: int = 0
    attempts: int = 0
    finished_at: datetime | None = None


def move(tx: DeliveriesPort, delivery: Delivery, to: DeliveryStatus, **changes: Any) -> bool:
    """Moves the delivery, unless another has moved it since it was read; whether it did. Raises Conflict for no move.

    One that stays WAITING is given another time.
    """
    if to is not delivery.status and to not in MOVES[delivery.status]:
        raise Conflict(
            f"A delivery that is {delivery.status} never becomes {to}.", f"deliveryId: {delivery.delivery_id}"
        )
    return tx.move_delivery(delivery, delivery.status, status=to, **changes)


def find(tx: DeliveriesPort, seller_id: str, delivery_id: str) -> Delivery:
    """The seller's delivery. Raises NotFound, for one that is older than 30 days too."""
    delivery = tx.delivery(seller_id, delivery_id)
    if delivery is None:
        raise NotFound("The delivery could not be found.", f"deliveryId: {delivery_id[:TOLD]}")
    return delivery
