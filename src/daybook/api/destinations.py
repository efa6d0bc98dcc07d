"""/daybook/v1/destinations: the URLs that receive notifications."""

from datetime import timedelta
from typing import Any

from litestar import delete, get, patch, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET, UnsetType, structs

from daybook.api.decoding import body_of, id_of, optional_body_of
from daybook.api.deliveries import attempt_on_the_wire
from daybook.api.door import AnyRequest, Call
from daybook.api.operators import admit_anyone
from daybook.api.outside import send, vet, vet_again
from daybook.api.paths import litestar_path
from daybook.contract import notifications as wire
from daybook.contract.times import emit, emit_optional
from daybook.kernel.errors import InvalidInput
from daybook.notifications import destinations, trying
from daybook.notifications.auth_details import METHODS, authorization_of
from daybook.notifications.authorizations import Authorization
from daybook.notifications.confidential import Confidential, Secret, sealed
from daybook.notifications.destinations import Destination, Draft
from daybook.notifications.headers import check_headers
from daybook.notifications.signing import key_of, new_secret
from daybook.notifications.status import SENTENCES, Reason, Status
from daybook.store.transaction import Transaction


@get(litestar_path(wire.LIST_DESTINATIONS))
async def list_destinations(request: AnyRequest) -> ASGIApp:
    """The seller's; an operator's are everybody's, unless a seller is named."""
    call = await admit_anyone(request, wire.LIST_DESTINATIONS, about_one=False)
    found = await call.door.read(lambda tx: tx.destinations(call.seller_id or None))
    return call.answer(wire.DestinationList([_on_the_wire(call, one) for one in found]))


@post(litestar_path(wire.CREATE_DESTINATION))
async def create_destination(request: AnyRequest) -> ASGIApp:
    """Adds one, vetted; its secret is in this answer and in no other."""
    call = await admit_anyone(request, wire.CREATE_DESTINATION)
    body = await body_of(request, wire.CreateDestination)
    secret = _secret(call, body.secret)
    authorization = _authorization(body.authDetails) if body.authDetails else None
    confidential = Confidential((Secret(secret),), authorization, _headers(body.headers))
    await vet(call.door, body.url, authorization)
    draft = Draft(call.seller_id, body.url, body.name, body.callsAtOnce, Status(body.status))
    parts = call.door.ids, call.door.courier.seal, draft, confidential, call.actor
    made = await call.door.write(lambda tx: destinations.add(tx, tx.now, *parts))
    return call.answer(_on_the_wire(call, made, secret))


@get(litestar_path(wire.GET_DESTINATION))
async def get_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """One."""
    call = await admit_anyone(request, wire.GET_DESTINATION)
    return call.answer(_on_the_wire(call, await _find(call, destinationId)))


@patch(litestar_path(wire.CHANGE_DESTINATION))
async def change_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """Changes what is given, vetted as it was when it was new."""
    call = await admit_anyone(request, wire.CHANGE_DESTINATION)
    body = await body_of(request, wire.ChangeDestination)
    found = await _find(call, destinationId)
    before = call.door.courier.opened(found)
    authorization = _changed_authorization(body.authDetails, before.authorization)
    await vet(call.door, None if body.url is UNSET else body.url, authorization)
    headers = before.headers if body.headers is UNSET else _headers(body.headers)
    after = Confidential(before.secrets, authorization, headers)
    text = sealed(call.door.courier.seal, found.seller_id, found.destination_id, after) if after != before else None
    given = {"name": body.name, "url": body.url, "calls": body.callsAtOnce, "sealed": text}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not UNSET}
    changed = await call.door.write(lambda tx: destinations.change(tx, tx.now, found, call.actor, **changes))
    return call.answer(_on_the_wire(call, changed))


@delete(litestar_path(wire.REMOVE_DESTINATION), status_code=wire.REMOVE_DESTINATION.success)
async def remove_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """Removes it, and its subscriptions."""
    call = await admit_anyone(request, wire.REMOVE_DESTINATION)

    def removed(tx: Transaction) -> None:
        found = destinations.find(tx, call.seller_id, id_of(destinationId))
        destinations.remove(tx, tx.now, found, call.actor)

    await call.door.write(removed)
    return call.answer()


@post(litestar_path(wire.TEST_DESTINATION))
async def test_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """Sends a sample, and waits for what comes of it."""
    call = await admit_anyone(request, wire.TEST_DESTINATION)
    body = await optional_body_of(request, wire.TryDestination)
    found = await _find(call, destinationId)
    await vet_again(call.door, found)
    sending = trying.prepare(call.door.clock(), call.door.ids, found, body.format)
    answer = await send(call.door, found, sending)
    tried = await call.door.write(lambda tx: trying.record(tx, tx.now, sending, answer))
    attempt = attempt_on_the_wire(tried.attempt)
    return call.answer(wire.Tried(answer.delivered, tried.delivery.delivery_id, attempt))


@post(litestar_path(wire.ROTATE_SECRET))
async def rotate_secret(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """A new secret; the one before signs on for a while."""
    call = await admit_anyone(request, wire.ROTATE_SECRET)
    body = await optional_body_of(request, wire.RotateSecret)
    secret, overlap = _secret(call, body.secret), _overlap(body.overlapSeconds)

    def rotated(tx: Transaction) -> Destination:
        found = destinations.find(tx, call.seller_id, id_of(destinationId))
        return destinations.rotate(tx, tx.now, call.door.courier.seal, found, secret, overlap, call.actor)

    return call.answer(_on_the_wire(call, await call.door.write(rotated), secret))


@post(litestar_path(wire.ENABLE_DESTINATION))
async def enable_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """ACTIVE; what waited and what failed meanwhile goes out."""
    call = await admit_anyone(request, wire.ENABLE_DESTINATION)
    found = await _find(call, destinationId)
    await vet_again(call.door, found)
    enabled = await call.door.write(lambda tx: destinations.enable(tx, tx.now, found, call.actor))
    return call.answer(_on_the_wire(call, enabled))


@post(litestar_path(wire.DISABLE_DESTINATION))
async def disable_destination(request: AnyRequest, destinationId: FromPath[str]) -> ASGIApp:
    """INACTIVE; its deliveries wait."""
    call = await admit_anyone(request, wire.DISABLE_DESTINATION)

    def disabled(tx: Transaction) -> Destination:
        found = destinations.find(tx, call.seller_id, id_of(destinationId))
        return destinations.disable(tx, tx.now, found, Reason.BY_REQUEST, call.actor, {})

    return call.answer(_on_the_wire(call, await call.door.write(disabled)))


async def _find(call: Call, destination_id: str) -> Destination:
    return await call.door.read(lambda tx: destinations.find(tx, call.seller_id, id_of(destination_id)))


def _secret(call: Call, given: str | UnsetType) -> str:
    """The secret that was given, or a new one. Raises InvalidInput for one that is none."""
    if given is UNSET:
        return new_secret(call.door.ids.bytes)
    key_of(given)
    return given


def _headers(given: dict[str, str] | UnsetType) -> dict[str, str]:
    headers = {} if given is UNSET else given
    check_headers(headers)
    return headers


def _overlap(seconds: int) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise InvalidInput("The overlap of two secrets is 0 to 30 days.", f"overlapSeconds: {seconds}") from error


def _changed_authorization(
    given: wire.AuthDetails | str | UnsetType, before: Authorization | None
) -> Authorization | None:
    if given is UNSET:
        return before
    return _authorization(given) if isinstance(given, wire.AuthDetails) else None


def _authorization(details: wire.AuthDetails) -> Authorization:
    return authorization_of(structs.asdict(details))


def _on_the_wire(call: Call, one: Destination, secret: str | UnsetType = UNSET) -> wire.Destination:
    opened, fault = call.door.courier.opened_or_fault(one)
    confidential = opened or Confidential(())
    ends = [old.until for old in confidential.secrets if old.until is not None and old.until > call.door.clock()]
    return wire.Destination(
        destinationId=one.destination_id,
        sellerId=one.seller_id,
        url=one.url,
        status=one.status.value,
        callsAtOnce=one.calls,
        createdTime=emit(one.created_at),
        changedTime=emit(one.changed_at),
        name=one.name,
        statusReason=one.reason.value if one.reason else UNSET,
        statusMeaning=SENTENCES[one.reason] if one.reason else UNSET,
        authMethod=METHODS[type(confidential.authorization)] if confidential.authorization else UNSET,
        headerNames=sorted(confidential.headers) or UNSET,
        secretFault=fault or UNSET,
        failingSince=emit_optional(one.failing_since),
        pausedUntil=emit_optional(one.paused_until),
        bothSignUntil=emit_optional(max(ends, default=None)),
        secret=secret,
    )


HANDLERS = [
    list_destinations,
    create_destination,
    get_destination,
    change_destination,
    remove_destination,
    test_destination,
    rotate_secret,
    enable_destination,
    disable_destination,
]
