"""What every handler is given: who calls, whether they may, and how they are answered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec
from litestar import Request

from daybook.accounts.tokens import LIFETIME, admit
from daybook.accounts.usage_plans import UsagePlan
from daybook.api.answers import Answer, encoded
from daybook.api.request_ids import REQUEST_ID
from daybook.contract.decoding import require_known, require_no_members
from daybook.contract.operations import Operation
from daybook.documents.objects import Objects
from daybook.kernel.clock import Clock
from daybook.kernel.errors import MalformedAuthorization, QuotaExceeded, Unauthorized
from daybook.kernel.ids import Ids
from daybook.kernel.keys import Keys
from daybook.notifications.courier import Courier
from daybook.reports.report_types import ReportTypes
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.snapshot import Snapshot
from daybook.store.store import Store
from daybook.store.transaction import Transaction

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]

RATE = "daybook.rate"
"""Where a request's scope keeps the rate that its caller has, for the answers that tell it."""
RATE_HEADER = "x-amzn-RateLimit-Limit"


@dataclass(frozen=True, slots=True)
class Door:
    """The parts of a running Daybook that the API needs."""

    store: Store
    objects: Objects
    keys: Keys
    ids: Ids
    types: ReportTypes
    clock: Clock
    public_url: Callable[[], str]
    courier: Courier
    scenarios: Scenarios = field(default_factory=Scenarios)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs a read: at once where that takes microseconds, in a thread where it waits for a network."""
        if self.store.reads_inline:
            return self.store.read(work)
        return await asyncio.to_thread(self.store.read, work)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Runs a change in a thread, for a commit waits for the disk."""
        return await asyncio.to_thread(self.store.do, work)

    async def admit(self, request: AnyRequest, operation: Operation) -> "Call":
        """Who calls. Raises Unauthorized, QuotaExceeded where the usage plan has no token left, or InvalidInput for a
        query parameter that our own API does not know."""
        call = await self.read(lambda tx: self.admitted(tx, request, operation))
        await refuse_body(request, operation)
        return call

    def admit_and_read(
        self, request: AnyRequest, operation: Operation, work: Callable[[Transaction, "Call"], T]
    ) -> Awaitable[tuple["Call", T]]:
        """As `admit`, and then a read for the caller, in one turn at the database: for what clients poll."""

        def admitted(tx: Transaction) -> tuple[Call, T]:
            call = self.admitted(tx, request, operation)
            return call, work(tx, call)

        return self.read(admitted)

    def admitted(self, tx: Transaction, request: AnyRequest, operation: Operation) -> "Call":
        """As `admit`, in a transaction that is open."""
        admission = admit(tx, tx.now, shown_token(request), operation.name)
        if admission.seller_id is None:
            raise Unauthorized("An operator's token does not reach a selling partner's data.")
        plan = admission.plan or UsagePlan(operation.rate, operation.burst)
        call = Call(self, operation, admission.seller_id, admission.client_id, plan)
        scenarios = self.scenarios.current(tx)
        if scenarios.concerns(call.seller_id):
            age = tx.now - (admission.expires_at - LIFETIME)
            call = Call(self, operation, call.seller_id, call.client_id, plan, scenarios, age)
        return self.begun(tx, request, call)

    def begun(self, tx: Transaction, request: AnyRequest, call: "Call") -> "Call":
        """The call, whose usage plan lets it pass. Raises QuotaExceeded, and InvalidInput where our own API is asked
        with a query parameter that the operation has not."""
        operation, plan = call.operation, call.plan
        if not self.store.buckets.take(
            tx.connection, operation.name, call.seller_id, call.client_id, plan.rate, plan.burst
        ):
            raise QuotaExceeded
        request.scope["state"][RATE] = plan.rate
        require_known(request.scope["query_string"], operation)
        return call


class Call(NamedTuple):
    """One admitted call of an operation."""

    door: Door
    operation: Operation
    seller_id: str
    client_id: str
    plan: UsagePlan
    scenarios: Snapshot | None = None
    """Those that may concern the seller; None, as a rule, where none does."""
    token_age: timedelta = timedelta(0)

    @property
    def actor(self) -> str:
        """The application, as the ledger names it."""
        return f"application {self.client_id}"

    def answer(self, content: msgspec.Struct | None = None) -> Answer:
        """The operation's answer of success. Without content it is `{}`: an empty body breaks a real client."""
        return self.answer_with(b"{}" if content is None else encoded(content))

    def answer_with(self, body: bytes) -> Answer:
        """As `answer`, with content that is JSON already."""
        return Answer(body, self.operation.success, {RATE_HEADER: str(self.plan.rate)})


async def refuse_body(request: AnyRequest, operation: Operation) -> None:
    """Raises InvalidInput where members are sent to one of our actions that takes no body: `force`, and nothing comes
    of it."""
    if operation.method == "POST" and operation.body is None and not operation.takes_file:
        body = await request.body()
        if body:
            require_no_members(body, operation)


def request_id_of(request: AnyRequest) -> str:
    """The id that the request's answer has."""
    request_id: str = request.scope["state"][REQUEST_ID]
    return request_id


def door_of(request: AnyRequest) -> Door:
    """The door of the application that serves the request."""
    door: Door = request.app.state["door"]
    return door


def header_of(request: AnyRequest, name: bytes) -> str | None:
    """A header by its lower-case name; every request asks for a few, and a mapping of all of them costs more."""
    for sent, value in request.scope["headers"]:
        if sent == name:
            return value.decode("latin-1")
    return None


def shown_token(request: AnyRequest) -> str | None:
    """The token of x-amz-access-token, or else of `Authorization: Bearer`. Raises MalformedAuthorization.

    A signature of AWS in the Authorization header is passed over: old clients still sign.
    """
    token = header_of(request, b"x-amz-access-token")
    authorization = header_of(request, b"authorization")
    if token is not None or authorization is None or authorization.startswith("AWS4-HMAC-SHA256"):
        return token
    scheme, _, bearer = authorization.partition(" ")
    if scheme.lower() != "bearer" or not bearer.strip() or " " in bearer.strip():
        raise MalformedAuthorization(
            "The Authorization header is not formatted correctly.", "Send `Authorization: Bearer ACCESS_TOKEN`."
        )
    return bearer.strip()
