"""A Daybook in this process, by a clock that the test moves: two sellers of each test's own, and three applications.

The application `agency` acts for both sellers and may call as often as it likes; `newcomer` and `rival` are on the
default usage plans.
"""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest

from daybook.accounts.applications import Scope, authorise, create_application
from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sealing import Seals
from daybook.accounts.sellers import add_seller
from daybook.accounts.tokens import LIFETIME, OPERATOR_SCOPE, grant
from daybook.accounts.usage_plans import UsagePlan, adjust
from daybook.api.door import Door
from daybook.api.server import create_api
from daybook.contract.batches import BATCH_OPERATIONS
from daybook.contract.error_codes import ERROR_CODE_OPERATIONS
from daybook.contract.operations import OPERATIONS
from daybook.documents.objects import Objects
from daybook.kernel.ids import Ids
from daybook.kernel.keys import Keys
from daybook.notifications import answers as notifications
from daybook.notifications.authorizations import Authorization
from daybook.notifications.courier import Courier
from daybook.notifications.guard import Guard
from daybook.notifications.outgoing import Outgoing
from daybook.reports.report_types import report_types
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.api.wire import Answer, Wire

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
US, CA, MX, DE = (MARKETPLACES[country] for country in ("US", "CA", "MX", "DE"))
APPLICATIONS = ("agency", "newcomer", "rival")
SOLD_ON = ((US, CA, MX), (US, DE))

ALL_LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
OPEN_LISTINGS = "GET_FLAT_FILE_OPEN_LISTINGS_DATA"
FAULTY_LISTINGS = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
"""A type that can be scheduled."""

PUBLIC_URL = "https://reports.example"
REPORTS = "/reports/2021-06-30/reports"
SCHEDULES = "/reports/2021-06-30/schedules"
DOCUMENTS = "/reports/2021-06-30/documents"
TOKENS = "/auth/o2/token"
OFTEN = UsagePlan(rate=1000.0, burst=1_000_000)
JSON = {"content-type": "application/json"}

DECODING = pytest.mark.parametrize("daybook", ["sqlite"], indirect=True)
"""For what is decided before a database is asked: it is tried on one."""

_numbers = count(1)


@dataclass
class ManualClock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float = 0, **more: float) -> None:
        """Moves it on."""
        self.now += timedelta(seconds=seconds, **more)


def resolved(name: str, port: int) -> list[str]:
    """The addresses of a name: `inside.` and `unknown.` have what they say, all others a public one."""
    del port
    if name.startswith("unknown."):
        raise OSError("Name or service not known")
    return ["10.0.0.7" if name.startswith("inside.") else "93.184.216.34"]


@dataclass
class Outside:
    """Receivers that answer what `status` says, and what they have received."""

    status: int = 200
    received: list[tuple[Outgoing, Authorization | None]] = field(default_factory=list)

    def __call__(self, outgoing: Outgoing, authorization: Authorization | None) -> Future[notifications.Answer]:
        self.received.append((outgoing, authorization))
        future: Future[notifications.Answer] = Future()
        error = notifications.error_of(self.status)
        future.set_result(notifications.Answer(NOW, 12, "93.184.216.34:443", self.status, error, "", b"seen"))
        return future


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an application proves itself with."""

    client_id: str
    client_secret: str


class Client:
    """A program that shows an access token with whatever it asks, and renews it in time."""

    def __init__(self, wire: Wire, clock: ManualClock, renewed: Callable[[], str]) -> None:
        self.wire = wire
        self._clock = clock
        self._renewed = renewed
        self._token, self._since = renewed(), clock.now

    @property
    def token(self) -> str:
        """An access token that is good now."""
        if self._clock.now - self._since >= LIFETIME:
            self._token, self._since = self._renewed(), self._clock.now
        return self._token

    def send(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request, with the token and, where there is a body, the content type of JSON."""
        given = {"x-amz-access-token": self.token} | (JSON if body else {}) | dict(headers or {})
        return self.wire.send(method, target, given, body)

    def get(self, path: str, **query: object) -> Answer:
        """GET; lists are comma-joined."""
        return self.send("GET", f"{path}?{query_text(query)}" if query else path)

    def post(self, path: str, body: object) -> Answer:
        """POST of a body as JSON."""
        return self.send("POST", path, json.dumps(body).encode())

    def delete(self, path: str) -> Answer:
        """DELETE without a body."""
        return self.send("DELETE", path)

    def ask(self, report_type: str = ALL_LISTINGS, marketplace_ids: tuple[str, ...] = (US,), **members: object) -> str:
        """The id of a new report."""
        answer = self.post(REPORTS, {"reportType": report_type, "marketplaceIds": marketplace_ids, **members})
        assert answer.status == 202, answer.body
        return str(answer.json["reportId"])

    def plan(self, period: str = "P1D", marketplace_ids: tuple[str, ...] = (US,), **members: object) -> str:
        """The id of a new schedule."""
        body = {"reportType": FAULTY_LISTINGS, "marketplaceIds": marketplace_ids, "period": period, **members}
        answer = self.post(SCHEDULES, body)
        assert answer.status == 201, answer.body
        return str(answer.json["reportScheduleId"])

    def report(self, report_id: str) -> dict[str, Any]:
        """The report as getReport answers it."""
        answer = self.get(f"{REPORTS}/{report_id}")
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def listed(self, **query: object) -> list[str]:
        """The ids of one page of getReports."""
        answer = self.get(REPORTS, **{"reportTypes": ALL_LISTINGS, **query})
        assert answer.status == 200, answer.body
        return [report["reportId"] for report in answer.json["reports"]]

    def patch(self, path: str, body: object) -> Answer:
        """PATCH of a body as JSON."""
        return self.send("PATCH", path, json.dumps(body).encode())


def query_text(query: Mapping[str, object]) -> str:
    """A query as clients write it."""
    return urlencode({name: ",".join(value) if isinstance(value, tuple) else value for name, value in query.items()})


@dataclass(frozen=True, slots=True)
class Daybook:
    """The parts of a Daybook whose API is called without a network, and two sellers in it."""

    store: Store
    wire: Wire
    door: Door
    clock: ManualClock
    applications: Mapping[str, Credentials]
    sellers: tuple[str, ...] = ()
    _refresh_tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The first seller's id."""
        return self.sellers[0]

    @property
    def second(self) -> str:
        """The second seller's id."""
        return self.sellers[1]

    @property
    def outside(self) -> Outside:
        """Every receiver there is."""
        assert isinstance(self.door.courier.send, Outside)
        return self.door.courier.send

    def operator(self) -> Client:
        """The operator's own program."""
        with self.store.transaction() as tx:
            name = f"operator {next(_numbers)}"
            application, secret = create_application(tx, tx.now, self.door.ids, name, Scope.OPERATOR)
        form = {
            "grant_type": "client_credentials",
            "client_id": application.client_id,
            "client_secret": secret,
            "scope": OPERATOR_SCOPE,
        }
        return Client(self.wire, self.clock, lambda: self._granted(form))

    def _granted(self, form: dict[str, str]) -> str:
        with self.store.transaction() as tx:
            return grant(tx, tx.now, self.door.ids, form)[0]

    def form(self, application: str = "agency", seller_id: str = "") -> dict[str, str]:
        """What the application asks an access token for the seller with."""
        credentials = self.applications[application]
        return {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": self._refresh_token(application, seller_id or self.first),
        }

    def _refresh_token(self, application: str, seller_id: str) -> str:
        """The seller authorises the application the first time that its token is needed."""
        if (application, seller_id) not in self._refresh_tokens:
            with self.store.transaction() as tx:
                token = authorise(tx, tx.now, self.door.ids, self.applications[application].client_id, seller_id)
            self._refresh_tokens[application, seller_id] = token
        return self._refresh_tokens[application, seller_id]

    def client(self, application: str = "agency", seller_id: str = "") -> Client:
        """The application, acting for the seller (the first one, unless it is said)."""
        return Client(self.wire, self.clock, lambda: self.access_token(application, seller_id))

    def access_token(self, application: str = "agency", seller_id: str = "") -> str:
        """A new access token, good for an hour."""
        form = self.form(application, seller_id)
        with self.store.transaction() as tx:
            access_token, _ = grant(tx, tx.now, self.door.ids, form)
        return access_token


def serve(store: Store, clock: ManualClock, runner: asyncio.Runner) -> Daybook:
    """A Daybook with the three applications, and no seller yet."""
    door = make_door(store, clock)
    with store.transaction() as tx:
        applications = {name: _application(tx, door.ids, name) for name in APPLICATIONS}
        for operation in (*OPERATIONS, *BATCH_OPERATIONS, *ERROR_CODE_OPERATIONS):
            adjust(tx, applications["agency"].client_id, operation.name, OFTEN)
    return Daybook(store, Wire(create_api(door), runner), door, clock, applications)


def with_new_sellers(daybook: Daybook) -> Daybook:
    """The same Daybook with two sellers that have nothing yet, at noon of the tests' day."""
    daybook.clock.now = NOW
    sellers = tuple(f"A{next(_numbers)}SELLER" for _ in SOLD_ON)
    with daybook.store.transaction() as tx:
        for seller_id, marketplace_ids in zip(sellers, SOLD_ON, strict=True):
            add_seller(tx, tx.now, seller_id, f"Seller {seller_id}", marketplace_ids)
    return replace(daybook, sellers=sellers, _refresh_tokens={})


def make_door(store: Store, clock: ManualClock) -> Door:
    """The API's parts, all of them the same in every run."""
    keys = Keys(bytes(range(32)))
    return Door(
        store=store,
        objects=Objects.open("memory://"),
        keys=keys,
        ids=Ids(random.Random(2021).randbytes),  # noqa: S311  the same ids in every run
        types=report_types(),
        clock=clock,
        public_url=lambda: PUBLIC_URL,
        courier=Courier(Guard(resolver=resolved), Seals(keys), Outside()),
    )


def _application(tx: Transaction, ids: Ids, name: str) -> Credentials:
    application, secret = create_application(tx, tx.now, ids, name)
    return Credentials(application.client_id, secret)
