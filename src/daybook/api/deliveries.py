"""/daybook/v1/deliveries: what was sent, what became of it, and sending it again."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.decoding import id_of, optional_body_of, query_of, time_of
from daybook.api.door import AnyRequest, Call
from daybook.api.operators import admit_anyone
from daybook.api.outside import vet_again
from daybook.api.paths import litestar_path
from daybook.contract import notifications as wire
from daybook.contract.times import emit, emit_optional
from daybook.notifications import deliveries, destinations, replaying, searching
from daybook.notifications.attempts import Attempt, meaning, source
from daybook.notifications.deliveries import Delivery
from daybook.notifications.destinations import Destination
from daybook.notifications.replaying import Replayed
from daybook.notifications.searching import Search
from daybook.notifications.status import SENTENCES, DeliveryStatus
from daybook.store.transaction import Transaction


@get(litestar_path(wire.LIST_DELIVERIES))
async def list_deliveries(request: AnyRequest) -> ASGIApp:
    """A page, by a search or by the token of the page before."""
    call = await admit_anyone(request, wire.LIST_DELIVERIES)
    query = query_of(request, wire.LIST_DELIVERIES)
    key = call.door.keys.of("pages")
    if "nextToken" in query:
        page = await call.door.read(lambda tx: searching.next_page(tx, key, call.seller_id, query["nextToken"]))
    else:
        search = _search(query)
        page = await call.door.read(lambda tx: searching.first_page(tx, key, call.seller_id, search))
    found, token = page
    return call.answer(wire.DeliveryList([_on_the_wire(one) for one in found], token or UNSET))


@get(litestar_path(wire.GET_DELIVERY))
async def get_delivery(request: AnyRequest, deliveryId: FromPath[str]) -> ASGIApp:
    """One, with its body and its attempts."""
    call = await admit_anyone(request, wire.GET_DELIVERY)
    delivery, body, attempts = await call.door.read(lambda tx: _whole(tx, call.seller_id, id_of(deliveryId)))
    told = [attempt_on_the_wire(attempt) for attempt in attempts]
    return call.answer(wire.WholeDelivery(_on_the_wire(delivery), body.decode(), told))


@post(litestar_path(wire.REPLAY_DELIVERY))
async def replay_delivery(request: AnyRequest, deliveryId: FromPath[str]) -> ASGIApp:
    """Sends it again."""
    call = await admit_anyone(request, wire.REPLAY_DELIVERY)
    await _vet_destination_of(call, id_of(deliveryId))

    def replayed(tx: Transaction) -> Delivery:
        return replaying.replay(tx, tx.now, deliveries.find(tx, call.seller_id, id_of(deliveryId)))

    return call.answer(_on_the_wire(await call.door.write(replayed)))


@post(litestar_path(wire.REPLAY_DELIVERIES))
async def replay_deliveries(request: AnyRequest) -> ASGIApp:
    """Sends again what a search finds, some hundreds a call."""
    call = await admit_anyone(request, wire.REPLAY_DELIVERIES)
    body = await optional_body_of(request, wire.ReplayDeliveries)
    given = {name: getattr(body, name) for name in wire.ReplayDeliveries.__struct_fields__}
    times = {name: time_of(name, given[name]) for name in ("createdSince", "createdUntil")}
    search = _search({name: value for name, value in (given | times).items() if value is not UNSET})
    for destination in await call.door.read(lambda tx: _of_search(tx, call.seller_id, search)):
        await vet_again(call.door, destination)
    before = None if body.next is UNSET else body.next
    replayed = await call.door.write(lambda tx: replaying.replay_found(tx, tx.now, call.seller_id, search, before))
    return call.answer(replayed_on_the_wire(replayed))


async def _vet_destination_of(call: Call, delivery_id: str) -> None:
    def found(tx: Transaction) -> Destination:
        return destinations.find(tx, call.seller_id, deliveries.find(tx, call.seller_id, delivery_id).destination_id)

    await vet_again(call.door, await call.door.read(found))


def _of_search(tx: Transaction, seller_id: str, search: Search) -> list[Destination]:
    """The destinations that a search may concern."""
    if search.destination_id is not None:
        return [destinations.find(tx, seller_id, search.destination_id)]
    return tx.destinations(seller_id)


def _whole(tx: Transaction, seller_id: str, delivery_id: str) -> tuple[Delivery, bytes, list[Attempt]]:
    delivery = deliveries.find(tx, seller_id, delivery_id)
    return delivery, tx.delivery_body(seller_id, delivery_id), tx.delivery_attempts(seller_id, delivery_id)


def _search(query: Mapping[str, Any]) -> Search:
    return Search(
        destination_id=query.get("destinationId"),
        subscription_id=query.get("subscriptionId"),
        event_type=query.get("eventType"),
        subject_id=query.get("resourceId"),
        report_type=query.get("reportType"),
        statuses=tuple(dict.fromkeys(DeliveryStatus(word) for word in query.get("statuses", ()))),
        since=query.get("createdSince"),
        until=query.get("createdUntil"),
        page_size=query.get("pageSize", 20),
    )


def replayed_on_the_wire(replayed: Replayed) -> wire.Replayed:
    return wire.Replayed(replayed.deliveries, replayed.cursor or UNSET)


def attempt_on_the_wire(attempt: Attempt) -> wire.Attempt:
    return wire.Attempt(
        number=attempt.number,
        url=attempt.url,
        time=emit(attempt.began_at),
        address=attempt.address,
        httpStatus=UNSET if attempt.http_status is None else attempt.http_status,
        milliseconds=UNSET if attempt.milliseconds is None else attempt.milliseconds,
        error=attempt.error or UNSET,
        errorMeaning=meaning(attempt) or UNSET,
        errorSource=source(attempt) or UNSET,
        detail=attempt.detail,
        answer=attempt.answer,
    )


def _on_the_wire(one: Delivery) -> wire.Delivery:
    return wire.Delivery(
        deliveryId=one.delivery_id,
        destinationId=one.destination_id,
        subscriptionId=one.subscription_id,
        eventType=one.event_type,
        resourceId=one.subject_id,
        resourceStatus=one.subject_status,
        sequence=one.number,
        format=one.format,
        status=one.status.value,
        statusMeaning=SENTENCES[one.status],
        attemptCount=one.attempts,
        createdTime=emit(one.created_at),
        reportType=one.report_type or UNSET,
        nextAttemptTime=emit_optional(one.next_at),
        finishedTime=emit_optional(one.finished_at),
        cursor=UNSET if one.event_sequence is None else str(one.event_sequence),
    )


HANDLERS = [list_deliveries, get_delivery, replay_delivery, replay_deliveries]
