"""Who may call the operator's own routes: applications with the scope operator, and nobody on a seller's token."""

from daybook.accounts.applications import Scope
from daybook.accounts.tokens import admit
from daybook.accounts.usage_plans import EVERY_SELLER, UsagePlan
from daybook.api.door import RATE, AnyRequest, Call, Door, door_of, shown_token
from daybook.contract.operations import Operation
from daybook.kernel.errors import QuotaExceeded, Unauthorized
from daybook.store.transaction import Transaction


async def admit_operator(request: AnyRequest, operation: Operation) -> Call:
    """The operator's call, which is about no one seller.

    Raises Unauthorized, or QuotaExceeded where the operation's usage plan has no token left.
    """
    door = door_of(request)
    call = await door.read(lambda tx: _admitted(tx, door, request, operation))
    request.scope["state"][RATE] = call.plan.rate
    return call


def _admitted(tx: Transaction, door: Door, request: AnyRequest, operation: Operation) -> Call:
    admission = admit(tx, tx.now, shown_token(request), operation.name)
    if admission.scope is not Scope.OPERATOR:
        raise Unauthorized("This is the operator's: ask for a token with the scope daybook::operator.")
    plan = UsagePlan(operation.rate, operation.burst)
    call = Call(door, operation, EVERY_SELLER, admission.client_id, plan)
    bucket = operation.name, call.seller_id, call.client_id
    if not door.store.buckets.take(tx.connection, *bucket, plan.rate, plan.burst):
        raise QuotaExceeded
    return call
