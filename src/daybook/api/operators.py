"""Who may call the operator's own routes: applications with the scope operator, and nobody on a seller's token."""

from daybook.accounts.applications import Scope
from daybook.accounts.sellers import find_seller
from daybook.accounts.tokens import admit
from daybook.accounts.usage_plans import EVERY_SELLER, UsagePlan
from daybook.api.decoding import MISSING, query_of
from daybook.api.door import AnyRequest, Call, Door, door_of, refuse_body, shown_token
from daybook.contract.operations import Operation
from daybook.kernel.errors import InvalidInput, Unauthorized
from daybook.store.transaction import Transaction


async def admit_operator(request: AnyRequest, operation: Operation) -> Call:
    """The operator's call, which is about no one seller.

    Raises Unauthorized, or QuotaExceeded where the operation's usage plan has no token left.
    """
    door = door_of(request)
    return await door.read(lambda tx: _admitted(tx, door, request, operation))


async def admit_anyone(request: AnyRequest, operation: Operation, *, about_one: bool = True) -> Call:
    """A seller's call about itself, or an operator's about the seller that its query names in `sellerId`.

    Unless it must be about one, an operator's may be about every seller: then the call's seller is EVERY_SELLER.
    Raises Unauthorized, QuotaExceeded, InvalidInput where the seller is missing, NotFound where there is none.
    """
    door = door_of(request)
    call = await door.read(lambda tx: _anyone(tx, door, request, operation))
    await refuse_body(request, operation)
    if about_one and call.seller_id == EVERY_SELLER:
        raise InvalidInput(MISSING, "sellerId; an operator's call says whose it is about.")
    return call


def _anyone(tx: Transaction, door: Door, request: AnyRequest, operation: Operation) -> Call:
    operators = admit(tx, tx.now, shown_token(request), operation.name).scope is Scope.OPERATOR
    call = (_admitted if operators else _sellers)(tx, door, request, operation)
    named: str = query_of(request, operation).get("sellerId", EVERY_SELLER)
    if not operators:
        if named not in (EVERY_SELLER, call.seller_id):
            raise Unauthorized("This token is another selling partner's.")
        return call
    if named != EVERY_SELLER:
        find_seller(tx, named)
    return call._replace(seller_id=named)


def _sellers(tx: Transaction, door: Door, request: AnyRequest, operation: Operation) -> Call:
    return door.admitted(tx, request, operation)


def _admitted(tx: Transaction, door: Door, request: AnyRequest, operation: Operation) -> Call:
    admission = admit(tx, tx.now, shown_token(request), operation.name)
    if admission.scope is not Scope.OPERATOR:
        raise Unauthorized("This is the operator's: ask for a token with the scope daybook::operator.")
    plan = UsagePlan(operation.rate, operation.burst)
    call = Call(door, operation, EVERY_SELLER, admission.client_id, plan)
    return door.begun(tx, request, call)
