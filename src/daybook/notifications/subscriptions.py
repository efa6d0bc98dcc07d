"""Subscriptions: which events a destination receives, and in which format."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daybook.activity import Event
from daybook.kernel.errors import TOLD, InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.notifications import destinations
from daybook.notifications.formats import find_format
from daybook.notifications.kinds import VERSION, Kind, find_kind
from daybook.notifications.ports import SubscriptionsPort
from daybook.notifications.status import Status

SUBJECT = "subscription"
MOST = 100
"""Subscriptions of one seller."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a destination receives. Empty filters let everything through."""

    seller_id: str
    subscription_id: str
    destination_id: str
    event_type: str
    format: str
    report_types: tuple[str, ...]
    statuses: tuple[str, ...]
    status: Status
    created_at: datetime
    changed_at: datetime

    @property
    def kind(self) -> Kind:
        """What it is subscribed to."""
        return find_kind(self.event_type)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks a subscription to be."""

    seller_id: str
    destination_id: str
    event_type: str = "REPORT_STATUS"
    format: str = "walmart"
    report_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    status: Status = Status.ACTIVE
    resource: str | None = None
    version: str | None = None


def subscribe(tx: SubscriptionsPort, now: datetime, ids: Ids, wish: Wish, actor: str) -> Subscription:
    """A new subscription. Raises NotFound where there is no such destination, InvalidInput for a wrong wish."""
    destinations.find(tx, wish.seller_id, wish.destination_id)
    if len(tx.subscriptions(wish.seller_id)) >= MOST:
        raise InvalidInput(f"A seller has at most {MOST} subscriptions.", "Remove one that is no longer wanted.")
    _check_names(wish)
    kind = find_kind(wish.event_type)
    subscription = Subscription(
        seller_id=wish.seller_id,
        subscription_id=ids.unique(),
        destination_id=wish.destination_id,
        event_type=kind.name,
        format=wish.format,
        report_types=tuple(dict.fromkeys(wish.report_types)),
        statuses=kind.statuses_of(wish.statuses),
        status=wish.status,
        created_at=now,
        changed_at=now,
    )
    _check(subscription)
    tx.add_subscription(subscription)
    _tell(tx, now, subscription, None, subscription.status, actor)
    return subscription


def find(tx: SubscriptionsPort, seller_id: str, subscription_id: str) -> Subscription:
    """The seller's subscription. Raises NotFound."""
    subscription = tx.subscription(seller_id, subscription_id)
    if subscription is None:
        raise NotFound("The subscription could not be found.", f"subscriptionId: {subscription_id[:TOLD]}")
    return subscription


def change(
    tx: SubscriptionsPort, now: datetime, subscription: Subscription, actor: str, **changes: Any
) -> Subscription:
    """The subscription with the changes: `format`, `report_types`, `statuses`, `status`. Raises InvalidInput."""
    if "statuses" in changes:
        changes["statuses"] = subscription.kind.statuses_of(changes["statuses"])
    changed = replace(subscription, changed_at=now, **changes)
    _check(changed)
    tx.change_subscription(changed)
    _tell(tx, now, changed, subscription.status, changed.status, actor)
    return changed


def remove(tx: SubscriptionsPort, now: datetime, subscription: Subscription, actor: str) -> None:
    """Ends the subscription; what was made for it is delivered still."""
    tx.remove_subscription(subscription.seller_id, subscription.subscription_id)
    _tell(tx, now, subscription, subscription.status, "REMOVED", actor)


def matches(subscription: Subscription, event: Event, kind: Kind) -> bool:
    """Whether the event is for the subscription. A destination is never told of itself."""
    report_type = event.evidence.get("reportType")
    return (
        subscription.event_type == kind.name
        and (not subscription.report_types or report_type in subscription.report_types)
        and (not subscription.statuses or event.to_status in subscription.statuses)
        and not (event.subject == destinations.SUBJECT and event.subject_id == subscription.destination_id)
    )


def _check_names(wish: Wish) -> None:
    """Resource and version go with the event type; versions are compared in any case (R002-034)."""
    kind = find_kind(wish.event_type)
    if wish.resource is not None and wish.resource.upper() != kind.resource:
        raise InvalidInput(f"{kind.name} is an event of the resource {kind.resource}.", f"Given: {wish.resource[:40]}.")
    if wish.version is not None and wish.version.upper() != VERSION:
        raise InvalidInput(f"{kind.name} has the version {VERSION} alone.", f"Given: {wish.version[:40]}.")


def _check(subscription: Subscription) -> None:
    kind = subscription.kind
    if kind.type not in find_format(subscription.format).events:
        raise InvalidInput(
            f"The format {subscription.format} cannot tell {kind.name}.", "Choose standard, which tells all."
        )


def _tell(
    tx: SubscriptionsPort, now: datetime, subscription: Subscription, before: str | None, after: str, actor: str
) -> None:
    evidence = {
        "destinationId": subscription.destination_id,
        "eventType": subscription.event_type,
        "format": subscription.format,
    }
    tx.add_event(
        Event(subscription.seller_id, SUBJECT, subscription.subscription_id, before, after, actor, evidence, now)
    )
