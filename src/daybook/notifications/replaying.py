"""Replays: what has ended goes out again, with the same id and the same bytes, so that a receiver knows it."""

from dataclasses import dataclass, replace
from datetime import datetime

from daybook.kernel.errors import Conflict, InvalidInput
from daybook.kernel.ids import Ids
from daybook.lanes import WorkClass
from daybook.notifications.deliveries import Delivery, move
from daybook.notifications.destinations import deliveries_lane
from daybook.notifications.fan_out import tell
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.searching import Search
from daybook.notifications.status import DeliveryStatus, Status
from daybook.notifications.subscriptions import Subscription

AT_ONCE = 500
"""Deliveries that one call sends again, and lines of the ledger that it looks at."""

_REPLAYED = (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries go out, anew or again, and from where the next call goes on, if there is more."""

    deliveries: int
    cursor: str | None


def replay(tx: DeliveriesPort, now: datetime, delivery: Delivery) -> Delivery:
    """The delivery, due now, with a new ladder before it.

    Raises Conflict for one that was dropped, or is being sent, or whose destination was removed.
    """
    if tx.destination(delivery.seller_id, delivery.destination_id) is None:
        raise Conflict("The delivery's destination was removed.", f"deliveryId: {delivery.delivery_id}")
    again = _again(tx, now, delivery)
    if again is None:
        raise Conflict(
            f"A delivery that is {delivery.status} cannot be replayed, or was moved at the same moment.",
            f"deliveryId: {delivery.delivery_id}",
        )
    return again


def _again(tx: DeliveriesPort, now: datetime, delivery: Delivery) -> Delivery | None:
    """The delivery, due now; None where it may not be, or somebody moved it since it was read."""
    replayable = delivery.status in (*_REPLAYED, DeliveryStatus.WAITING)
    again = {"next_at": now, "failures": 0, "finished_at": None}
    if not replayable or not move(tx, delivery, DeliveryStatus.WAITING, **again):
        return None
    tx.wake(deliveries_lane(delivery.seller_id, delivery.destination_id), WorkClass.INTERACTIVE)
    return delivery._replace(status=DeliveryStatus.WAITING, next_at=now, failures=0, finished_at=None)


def replay_found(tx: DeliveriesPort, now: datetime, seller_id: str, search: Search, before: str | None) -> Replayed:
    """Replays what a search finds of those that were DELIVERED or FAILED, the newest first.

    What went to a destination that was removed since is passed over, and what somebody else replays meanwhile.
    """
    strange = [word for word in search.statuses if word not in _REPLAYED]
    if strange:
        raise InvalidInput(f"Deliveries that are {strange[0]} are not replayed.", f"Statuses: {', '.join(_REPLAYED)}.")
    wanted = replace(search, statuses=search.statuses or _REPLAYED, page_size=AT_ONCE)
    there = {one.destination_id for one in tx.destinations(seller_id)}
    found = tx.delivery_page(seller_id, wanted, before)
    wanted_ones = [delivery for delivery in found[:AT_ONCE] if delivery.destination_id in there]
    again = [delivery for delivery in wanted_ones if _again(tx, now, delivery) is not None]
    return Replayed(len(again), found[AT_ONCE - 1].delivery_id if len(found) > AT_ONCE else None)


def replay_since(tx: DeliveriesPort, now: datetime, ids: Ids, subscription: Subscription, cursor: int) -> Replayed:
    """Every event behind a line of the ledger, for one subscription: again where it was made before, else anew.

    Raises Conflict where the subscription is INACTIVE.
    """
    if subscription.status is Status.INACTIVE:
        raise Conflict("The subscription is INACTIVE.", "Make it ACTIVE first.")
    events = tx.events_since(subscription.seller_id, cursor, AT_ONCE)
    count = 0
    for event in events:
        delivery = tx.delivery_of(subscription.subscription_id, event.sequence)
        if delivery is None:
            count += tell(tx, now, ids, event, [subscription])
        elif _again(tx, now, delivery) is not None:
            count += 1
    return Replayed(count, str(events[-1].sequence) if len(events) == AT_ONCE else None)
