"""/daybook/v1/subscriptions: what destinations receive."""

from litestar import delete, get, patch, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.decoding import body_of, id_of
from daybook.api.deliveries import replayed_on_the_wire
from daybook.api.door import AnyRequest
from daybook.api.operators import admit_anyone
from daybook.api.outside import vet_again
from daybook.api.paths import litestar_path
from daybook.contract import notifications as wire
from daybook.contract.times import emit
from daybook.kernel.errors import InvalidInput
from daybook.notifications import destinations, replaying, subscriptions
from daybook.notifications.destinations import Destination
from daybook.notifications.kinds import VERSION
from daybook.notifications.replaying import Replayed
from daybook.notifications.status import Status
from daybook.notifications.subscriptions import Subscription, Wish
from daybook.store.transaction import Transaction

_LAST = 2**63 - 1


@get(litestar_path(wire.LIST_SUBSCRIPTIONS))
async def list_subscriptions(request: AnyRequest) -> ASGIApp:
    """The seller's; an operator's are everybody's, unless a seller is named."""
    call = await admit_anyone(request, wire.LIST_SUBSCRIPTIONS, about_one=False)
    found = await call.door.read(lambda tx: tx.subscriptions(call.seller_id or None))
    return call.answer(wire.SubscriptionList([_on_the_wire(one) for one in found]))


@post(litestar_path(wire.CREATE_SUBSCRIPTION))
async def create_subscription(request: AnyRequest) -> ASGIApp:
    """Subscribes a destination."""
    call = await admit_anyone(request, wire.CREATE_SUBSCRIPTION)
    body = await body_of(request, wire.CreateSubscription)
    wish = Wish(
        seller_id=call.seller_id,
        destination_id=body.destinationId,
        event_type=body.eventType,
        format=body.format,
        report_types=tuple(body.reportTypes),
        statuses=tuple(body.reportStatuses),
        status=Status(body.status),
        resource=body.resourceName,
        version=body.eventVersion,
    )
    made = await call.door.write(lambda tx: subscriptions.subscribe(tx, tx.now, call.door.ids, wish, call.actor))
    return call.answer(_on_the_wire(made))


@get(litestar_path(wire.GET_SUBSCRIPTION))
async def get_subscription(request: AnyRequest, subscriptionId: FromPath[str]) -> ASGIApp:
    """One."""
    call = await admit_anyone(request, wire.GET_SUBSCRIPTION)
    found = await call.door.read(lambda tx: subscriptions.find(tx, call.seller_id, id_of(subscriptionId)))
    return call.answer(_on_the_wire(found))


@patch(litestar_path(wire.CHANGE_SUBSCRIPTION))
async def change_subscription(request: AnyRequest, subscriptionId: FromPath[str]) -> ASGIApp:
    """Changes what is given."""
    call = await admit_anyone(request, wire.CHANGE_SUBSCRIPTION)
    body = await body_of(request, wire.ChangeSubscription)
    given = {
        "format": body.format,
        "status": UNSET if body.status is UNSET else Status(body.status),
        "report_types": UNSET if body.reportTypes is UNSET else tuple(body.reportTypes),
        "statuses": UNSET if body.reportStatuses is UNSET else tuple(body.reportStatuses),
    }
    changes = {name: value for name, value in given.items() if value is not UNSET}

    def changed(tx: Transaction) -> Subscription:
        found = subscriptions.find(tx, call.seller_id, id_of(subscriptionId))
        return subscriptions.change(tx, tx.now, found, call.actor, **changes)

    return call.answer(_on_the_wire(await call.door.write(changed)))


@delete(litestar_path(wire.REMOVE_SUBSCRIPTION), status_code=wire.REMOVE_SUBSCRIPTION.success)
async def remove_subscription(request: AnyRequest, subscriptionId: FromPath[str]) -> ASGIApp:
    """Removes it."""
    call = await admit_anyone(request, wire.REMOVE_SUBSCRIPTION)

    def removed(tx: Transaction) -> None:
        found = subscriptions.find(tx, call.seller_id, id_of(subscriptionId))
        subscriptions.remove(tx, tx.now, found, call.actor)

    await call.door.write(removed)
    return call.answer()


@post(litestar_path(wire.REPLAY_SUBSCRIPTION))
async def replay_subscription(request: AnyRequest, subscriptionId: FromPath[str]) -> ASGIApp:
    """Tells every event behind a cursor, some hundreds a call."""
    call = await admit_anyone(request, wire.REPLAY_SUBSCRIPTION)
    cursor = _cursor((await body_of(request, wire.ReplaySubscription)).cursor)

    def found(tx: Transaction) -> Destination:
        subscription = subscriptions.find(tx, call.seller_id, id_of(subscriptionId))
        return destinations.find(tx, call.seller_id, subscription.destination_id)

    def replayed(tx: Transaction) -> Replayed:
        subscription = subscriptions.find(tx, call.seller_id, id_of(subscriptionId))
        return replaying.replay_since(tx, tx.now, call.door.ids, subscription, cursor)

    await vet_again(call.door, await call.door.read(found))
    return call.answer(replayed_on_the_wire(await call.door.write(replayed)))


def _cursor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _LAST):
        raise InvalidInput("Invalid Input", f"cursor: {text[:40]!r} is no place in the ledger; 0 is its beginning.")
    return int(text)


def _on_the_wire(one: Subscription) -> wire.Subscription:
    return wire.Subscription(
        subscriptionId=one.subscription_id,
        sellerId=one.seller_id,
        destinationId=one.destination_id,
        resourceName=one.kind.resource,
        eventType=one.event_type,
        eventVersion=VERSION,
        format=one.format,
        status=one.status.value,
        reportTypes=list(one.report_types),
        reportStatuses=list(one.statuses),
        createdTime=emit(one.created_at),
        changedTime=emit(one.changed_at),
    )


HANDLERS = [
    list_subscriptions,
    create_subscription,
    get_subscription,
    change_subscription,
    remove_subscription,
    replay_subscription,
]
