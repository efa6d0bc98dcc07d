"""The fan-out: each line of the ledger that is news becomes one delivery for each subscription that it matches.

A line that is news to anybody stands on a list of its own from the transaction that wrote it on, and leaves the list in
the transaction that makes its deliveries: nothing is found by its place in the ledger, so no line can be passed by.
"""

from collections.abc import Sequence
from datetime import datetime

from daybook.activity import Event
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, WorkClass
from daybook.notifications.deliveries import Delivery
from daybook.notifications.destinations import deliveries_lane
from daybook.notifications.formats import find_format
from daybook.notifications.kinds import Kind, kind_of, news_of
from daybook.notifications.ports import FanOutPort
from daybook.notifications.status import DeliveryStatus, Status
from daybook.notifications.subscriptions import Subscription, matches

FAN_OUT = "fan-out"
AT_ONCE = 100
"""Lines of the ledger that one step takes."""


def fan_out_lane(seller_id: str) -> Lane:
    """A seller's news is fanned out in one lane, in the ledger's order."""
    return Lane(FAN_OUT, seller_id)


def fan_out(tx: FanOutPort, now: datetime, ids: Ids, seller_id: str) -> bool:
    """Makes the deliveries of the oldest news; whether there may be more of it."""
    events = tx.untold_events(seller_id, AT_ONCE)
    subscriptions = tx.subscriptions(seller_id) if events else []
    for event in events:
        tell(tx, now, ids, event, [one for one in subscriptions if one.created_at <= event.at])
    tx.forget_untold(seller_id, [event.sequence for event in events])
    return len(events) == AT_ONCE


def tell(tx: FanOutPort, now: datetime, ids: Ids, event: Event, subscriptions: Sequence[Subscription]) -> int:
    """Makes the deliveries of one event that are not there yet, and wakes their destinations. How many it made."""
    kind = kind_of(event)
    if kind is None:
        return 0
    wanted = [one for one in subscriptions if one.status is Status.ACTIVE and matches(one, event, kind)]
    return sum([_deliver(tx, now, ids, event, kind, one) for one in wanted])


def _deliver(tx: FanOutPort, now: datetime, ids: Ids, event: Event, kind: Kind, subscription: Subscription) -> bool:
    news = news_of(event, kind, tx.number_of(event))
    body = find_format(subscription.format).encode(news, subscription.subscription_id)
    if body is None:
        return False
    delivery = Delivery(
        seller_id=event.seller_id,
        delivery_id=ids.message(now),
        destination_id=subscription.destination_id,
        subscription_id=subscription.subscription_id,
        event_sequence=event.sequence,
        event_type=kind.name,
        subject_id=event.subject_id,
        subject_status=event.to_status,
        report_type=event.evidence.get("reportType"),
        number=news.sequence,
        format=subscription.format,
        status=DeliveryStatus.WAITING,
        created_at=now,
        next_at=now,
    )
    added = tx.add_delivery(delivery, body)
    if added:
        tx.wake(deliveries_lane(event.seller_id, subscription.destination_id), WorkClass.INTERACTIVE)
    return added
