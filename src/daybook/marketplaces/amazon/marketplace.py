"""The adapter: sends changes to Amazon, several at a time over kept connections, and looks what became of them.

It tries nothing twice but for one thing: a call whose access token was refused was not read; it goes with a new one.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import httpx2

from daybook.client.calls.exchanges import Exchanges
from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import Sender
from daybook.client.calls.tokens import AccessTokens
from daybook.client.errors import Refused, WrongAnswer
from daybook.client.servers import AMAZON_TOKENS, HOSTS, TOKEN_PATH, Server, is_this_machine
from daybook.client.surroundings import Surroundings
from daybook.client.wire.blocking import BlockingWire, drive
from daybook.client.wire.messages import Incoming, NoAnswer, Outgoing
from daybook.contract.listings import GET_LISTINGS_ITEM
from daybook.contract.operations import Operation
from daybook.kernel.errors import Unavailable
from daybook.marketplaces.amazon.answers import outcome, refused
from daybook.marketplaces.amazon.looks import standing
from daybook.marketplaces.amazon.requests import OPERATIONS, Target, look, submission
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.operations.calls import (
    Call,
    Fault,
    Outcome,
    Plan,
    Standing,
    Throttled,
    Uncertain,
    Unreachable,
    Unsent,
)
from daybook.operations.codes import Code

_ONCE = RetryPlan(tries=1)
_MOST_THREADS = 64
_UNAUTHENTICATED = 401
_FORBIDDEN = 403


class AmazonMarketplace:
    """Amazon, as lanes speak to it (operations/calls.py)."""

    honours_keys = False

    def __init__(
        self,
        settings: AmazonSettings,
        around: Surroundings | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._around = around or Surroundings()
        server = server_of(settings)
        self._target = Target(server.endpoint, settings.issue_locale)
        self._token_endpoint = server.token_endpoint
        self._wire = BlockingWire(_http(settings, server.endpoint, transport), time.sleep)
        self._sender = Sender(self._wire, Exchanges(), self._around)
        self._tokens: dict[str, AccessTokens] = {}
        self._threads = ThreadPoolExecutor(_MOST_THREADS, "amazon")
        self._lock = Lock()

    def plan(self, kind: str) -> Plan:
        """The usage plan of the operation that carries this kind of change."""
        return self._plan(OPERATIONS[kind])

    def look_plan(self) -> Plan:
        """The usage plan of `read_back`."""
        return self._plan(GET_LISTINGS_ITEM)

    def _plan(self, operation: Operation) -> Plan:
        times = self._settings.usage_plan_times
        return Plan(operation.name, operation.rate * times, max(1, int(operation.burst * times)))

    def send(self, calls: Sequence[Call], seconds: float) -> Mapping[str, Outcome]:
        """What became of each call, by its `attempt_id`. No call is begun after `seconds`, or once one is throttled."""
        course = _Course(calls, self._around.passed() + seconds, self._around.passed)
        others = min(self._settings.in_flight, len(calls)) - 1
        running = [self._threads.submit(self._run, course) for _ in range(others)]
        self._run(course)
        for one in running:
            one.result()
        return course.outcomes

    def read_back(self, call: Call) -> Standing:
        """Whether the change of a call that was sent earlier is in effect."""
        try:
            got = self._asked(call, look)
        except _NoToken as error:
            return error.told
        except NoAnswer as lost:
            return Unreachable(lost.reason)
        return standing(call, got)

    def close(self) -> None:
        """Gives back threads and connections."""
        self._threads.shutdown()
        drive(self._wire.close())

    def _run(self, course: "_Course") -> None:
        """One of those that send the calls of a list, each the next that nobody has begun."""
        for call in course:
            course.ended(call, self._sent(call))

    def _sent(self, call: Call) -> Outcome:
        try:
            return outcome(self._asked(call, submission))
        except _NoToken as error:
            return error.told
        except NoAnswer as lost:
            return Uncertain(lost.reason) if lost.sent else Unreachable(lost.reason)

    def _asked(self, call: Call, request: Callable[[Target, Call, str], Outgoing]) -> Incoming:
        """The answer; to a second request where the first one's token is not good any more. Raises as `_token` does."""
        token = self._token(call.seller_id)
        got = drive(self._wire.send(request(self._target, call, token)))
        if not _is_about_token(got):
            return got
        self._tokens[call.seller_id].expired(token)
        return drive(self._wire.send(request(self._target, call, self._token(call.seller_id))))

    def _token(self, seller_id: str) -> str:
        """An access token for the seller. Raises _NoToken, after which nothing was sent."""
        tokens = self._tokens_of(seller_id)
        try:
            return drive(tokens.current())
        except Unavailable as error:
            raise _NoToken(Unreachable(error.sentence)) from error
        except Refused as error:
            code = error.error or Code.MARKETPLACE_FAULT
            raise _NoToken(Fault(code, error.sentence, error.status, error.request_id, whole=True)) from error
        except WrongAnswer as error:
            raise _NoToken(Fault(Code.MARKETPLACE_FAULT, error.sentence, whole=True)) from error

    def _tokens_of(self, seller_id: str) -> AccessTokens:
        with self._lock:
            if seller_id not in self._tokens:
                self._tokens[seller_id] = self._authorised(seller_id)
            return self._tokens[seller_id]

    def _authorised(self, seller_id: str) -> AccessTokens:
        refresh_token = self._settings.refresh_tokens.get(seller_id)
        if refresh_token is None:
            told = f"No refresh token is set for seller {seller_id}."
            raise _NoToken(Fault("invalid_grant", told, whole=True))
        credentials = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
            "refresh_token": refresh_token,
        }
        return AccessTokens(self._token_endpoint, credentials, self._wire, self._sender, _ONCE, self._around)


class _NoToken(Exception):
    """There is no access token; what became of the call for it."""

    def __init__(self, told: Fault | Unreachable) -> None:
        super().__init__(told.message)
        self.told = told


class _Course:
    """A list of calls, from which several threads take the next one."""

    def __init__(self, calls: Sequence[Call], until: float, passed: Callable[[], float]) -> None:
        self.outcomes: dict[str, Outcome] = {call.attempt_id: Unsent() for call in calls}
        self._waiting = iter(calls)
        self._until = until
        self._passed = passed
        self._over = False
        self._lock = Lock()

    def __iter__(self) -> Iterator[Call]:
        while True:
            with self._lock:
                over = self._over or self._passed() >= self._until
                call = None if over else next(self._waiting, None)
            if call is None:
                return
            yield call

    def ended(self, call: Call, told: Outcome) -> None:
        """What became of a call; once one is throttled, no further one is begun."""
        with self._lock:
            self.outcomes[call.attempt_id] = told
            self._over = self._over or isinstance(told, Throttled)


def server_of(settings: AmazonSettings) -> Server:
    """Where to call, and where access tokens come from."""
    if settings.endpoint in HOSTS:
        return Server(f"https://{HOSTS[settings.endpoint]}", settings.token_endpoint or AMAZON_TOKENS)
    url = settings.endpoint.rstrip("/")
    return Server(url, settings.token_endpoint or url + TOKEN_PATH)


def _is_about_token(got: Incoming) -> bool:
    """Amazon tells of a token that has expired, or is unknown, in the words of a 403."""
    if got.status == _UNAUTHENTICATED:
        return True
    if got.status != _FORBIDDEN:
        return False
    told = refused(got)
    return isinstance(told, Fault) and "access token" in told.message.lower()


def _http(settings: AmazonSettings, endpoint: str, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    return httpx2.Client(
        transport=transport,
        timeout=httpx2.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=_MOST_THREADS),
        trust_env=not is_this_machine(endpoint),
    )
