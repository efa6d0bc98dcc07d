"""/daybook/v1/price-guards and /daybook/v1/sending: what keeps a wrong price, or anything at all, from leaving."""

from litestar import delete, get, post, put
from litestar.params import FromPath
from litestar.types import ASGIApp

from daybook.accounts.sellers import find_seller
from daybook.api.decoding import body_of, query_of
from daybook.api.door import AnyRequest
from daybook.api.operators import admit_anyone
from daybook.api.paths import litestar_path
from daybook.contract import guards as wire
from daybook.kernel.errors import InvalidInput
from daybook.operations import as_json, guards
from daybook.shapes import convert
from daybook.store.transaction import Transaction


@get(litestar_path(wire.LIST_PRICE_GUARDS))
async def list_price_guards(request: AnyRequest) -> ASGIApp:
    """The seller's."""
    call = await admit_anyone(request, wire.LIST_PRICE_GUARDS)
    return call.answer(await call.door.read(lambda tx: _listed(tx, call.seller_id)))


@put(litestar_path(wire.PUT_PRICE_GUARD))
async def put_price_guard(request: AnyRequest) -> ASGIApp:
    """Sets one; answers all."""
    call = await admit_anyone(request, wire.PUT_PRICE_GUARD)
    body = await body_of(request, wire.PriceGuard)
    guard = guards.guard_of(body.currency, body.floor, body.ceiling, body.change)

    def done(tx: Transaction) -> wire.PriceGuardList:
        guards.set_guard(tx, tx.now, call.seller_id, guard, call.actor)
        return _listed(tx, call.seller_id)

    return call.answer(await call.door.write(done))


@delete(litestar_path(wire.REMOVE_PRICE_GUARD), status_code=wire.REMOVE_PRICE_GUARD.success)
async def remove_price_guard(request: AnyRequest) -> ASGIApp:
    """Takes one away."""
    call = await admit_anyone(request, wire.REMOVE_PRICE_GUARD)
    named = guards.currency_named(query_of(request, wire.REMOVE_PRICE_GUARD).get("currency", ""))
    await call.door.write(lambda tx: guards.remove_guard(tx, tx.now, call.seller_id, named, call.actor))
    return call.answer()


def _listed(tx: Transaction, seller_id: str) -> wire.PriceGuardList:
    return wire.PriceGuardList(convert(as_json.guards(tx.guards_of(seller_id)), list[wire.PriceGuard]))


@get(litestar_path(wire.GET_SENDING))
async def get_sending(request: AnyRequest) -> ASGIApp:
    """Whether it is stopped, and by whom."""
    call = await admit_anyone(request, wire.GET_SENDING)
    return call.answer(await call.door.read(lambda tx: _sending(tx, call.seller_id)))


@post(litestar_path(wire.STEER_SENDING), status_code=wire.STEER_SENDING.success)
async def steer_sending(request: AnyRequest, action: FromPath[str]) -> ASGIApp:
    """Stops it, or lets it go on."""
    call = await admit_anyone(request, wire.STEER_SENDING)
    if action not in wire.SENDING_ACTIONS:
        raise InvalidInput(f"There is no action {action[:50]!r}.", f"Actions: {', '.join(wire.SENDING_ACTIONS)}.")
    verb = guards.stop if action == "stop" else guards.resume

    def done(tx: Transaction) -> wire.Sending:
        find_seller(tx, call.seller_id)
        changed = verb(tx, tx.now, call.seller_id, call.actor)
        return _sending(tx, call.seller_id, changed=changed)

    return call.answer(await call.door.write(done))


def _sending(tx: Transaction, seller_id: str, *, changed: bool | None = None) -> wire.Sending:
    stop = tx.stop_of(seller_id)
    if stop is None:
        return wire.Sending(seller_id, stopped=False, stoppedAt=None, stoppedBy=None, changed=changed)
    at = as_json.iso(stop.stopped_at)
    return wire.Sending(seller_id, stopped=True, stoppedAt=at, stoppedBy=stop.stopped_by, changed=changed)


HANDLERS = [list_price_guards, put_price_guard, remove_price_guard, get_sending, steer_sending]
