"""/daybook/v1/receivers: URLs of ours that marketplaces call; and /inbound/..., where they do."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl

import structlog
from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET, structs

from daybook.accounts.tokens import GrantRefused
from daybook.api.answers import Answer, encoded
from daybook.api.decoding import id_of, optional_body_of
from daybook.api.door import AnyRequest, Call, Door, door_of
from daybook.api.operators import admit_anyone
from daybook.api.paths import litestar_path
from daybook.contract import inbound as wire
from daybook.contract.times import emit
from daybook.kernel.errors import DaybookError
from daybook.notifications.auth_details import METHODS
from daybook.notifications.authorizations import OAuth
from daybook.notifications.inbound import receivers
from daybook.notifications.inbound.events import Arrival, receive
from daybook.notifications.inbound.proofs import LIFETIME, is_client, new_token, proof_of
from daybook.notifications.inbound.reading import Reading, read
from daybook.notifications.inbound.receivers import LONGEST_BODY, Receiver
from daybook.notifications.inbound.status import Source
from daybook.store.transaction import Transaction

log = structlog.get_logger()

PURPOSE = "inbound"
"""Of the key that access tokens of receivers are made with."""


@get(litestar_path(wire.LIST_RECEIVERS))
async def list_receivers(request: AnyRequest) -> ASGIApp:
    """The seller's; an operator's are everybody's, unless a seller is named."""
    call = await admit_anyone(request, wire.LIST_RECEIVERS, about_one=False)
    found = await call.door.read(lambda tx: tx.receivers(call.seller_id or None))
    return call.answer(wire.ReceiverList([_on_the_wire(call.door, one) for one in found]))


@post(litestar_path(wire.CREATE_RECEIVER))
async def create_receiver(request: AnyRequest) -> ASGIApp:
    """Adds one; its URL is in this answer and in no other."""
    call = await admit_anyone(request, wire.CREATE_RECEIVER)
    body = await optional_body_of(request, wire.CreateReceiver)
    details = None if body.authDetails is UNSET else {k: v for k, v in structs.asdict(body.authDetails).items() if v}
    proof = proof_of(details) if details else None
    parts = call.door.ids, call.door.courier.seal, call.seller_id, body.name, proof, call.actor
    made, token = await call.door.write(lambda tx: receivers.add(tx, tx.now, *parts))
    url = f"{call.door.public_url()}{wire.WALMART}/{token}"
    told = structs.replace(_on_the_wire(call.door, made), url=url)
    if isinstance(proof, OAuth):
        told = structs.replace(told, authUrl=f"{url}/{wire.TOKEN}")
    return call.answer(told)


@delete(litestar_path(wire.REMOVE_RECEIVER), status_code=wire.REMOVE_RECEIVER.success)
async def remove_receiver(request: AnyRequest, receiverId: FromPath[str]) -> ASGIApp:
    """Removes it."""
    call = await admit_anyone(request, wire.REMOVE_RECEIVER)
    await call.door.write(partial(_removed, call, id_of(receiverId)))
    return call.answer()


@post(f"{wire.WALMART}/{{token:str}}", request_max_body_size=LONGEST_BODY)
async def receive_from_walmart(request: AnyRequest, token: FromPath[str]) -> ASGIApp:
    """A notification. It is on disk before it is answered; what it has to tell is looked into afterwards.

    401: the URL or its proof is not right. 400: it is no JSON object. 503: it could not be kept, so send it again.
    """
    door = door_of(request)
    receiver = await door.read(lambda tx: receivers.called(tx, Source.WALMART, token))
    try:
        body = await request.body()
        headers = headers_of(request)
        receivers.prove(door.courier.seal, door.keys.of(PURPOSE), receiver, headers, body, door.clock())
        reading = read(body, headers)
    except DaybookError as error:
        log.warning(
            "a notification was refused",
            receiver=receiver.receiver_id,
            reason=error.message,
            details=error.details,
        )
        raise
    await door.write(partial(_kept, door, receiver, reading, body))
    return Answer(b"{}")


@post(f"{wire.WALMART}/{{token:str}}/{wire.TOKEN}", request_max_body_size=LONGEST_BODY)
async def grant_to_walmart(request: AnyRequest, token: FromPath[str]) -> ASGIApp:
    """An access token for a receiver that asks for OAUTH, by its client's id and secret (RFC 6749, 4.4)."""
    door = door_of(request)
    receiver = await door.read(lambda tx: receivers.called(tx, Source.WALMART, token))
    proof = receivers.proof(door.courier.seal, receiver) if receiver.sealed else None
    if not is_client(proof, headers_of(request).get("authorization", "")):
        raise GrantRefused("invalid_client", "Client authentication failed", status=401)
    body = await request.body()
    if _grant_type(body) != "client_credentials":
        raise GrantRefused("unsupported_grant_type", "The grant type of a receiver is client_credentials")
    access_token = new_token(door.keys.of(PURPOSE), receiver.receiver_id, door.clock())
    answer = {"access_token": access_token, "token_type": "Bearer", "expires_in": int(LIFETIME.total_seconds())}
    return Answer(encoded(answer), headers={"Cache-Control": "no-store"})


def headers_of(request: AnyRequest) -> Mapping[str, str]:
    """The headers by lower-case name; of several of one name, the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}


def _removed(call: Call, receiver_id: str, tx: Transaction) -> None:
    receivers.remove(tx, tx.now, receivers.find(tx, call.seller_id, receiver_id), call.actor)


def _kept(door: Door, receiver: Receiver, reading: Reading, body: bytes, tx: Transaction) -> None:
    arrival = Arrival(receiver.seller_id, receiver.source, receiver.receiver_id)
    receive(tx, tx.now, door.ids, arrival, reading, body)


def _grant_type(body: bytes) -> str:
    return dict(parse_qsl(body.decode("latin-1"))).get("grant_type", "")


def _on_the_wire(door: Door, one: Receiver) -> wire.Receiver:
    method = METHODS[type(receivers.proof(door.courier.seal, one))] if one.sealed else UNSET
    return wire.Receiver(
        receiverId=one.receiver_id,
        sellerId=one.seller_id,
        source=one.source.value,
        createdTime=emit(one.created_at),
        name=one.name,
        authMethod=method,
    )


HANDLERS = [list_receivers, create_receiver, remove_receiver, receive_from_walmart, grant_to_walmart]
