"""The way of a call: a token, a turn in the usage plan, the request, and another try where that may help.

answered 2xx            done
401, or 403 "expired"   once more, with a new token
429                     again after the plan's next token and a pause, a few times
500 and above           again after a pause, a few times; a call that is not repeatable is told as lost
no answer               likewise; one that never left may always be sent again
anything else           refused, and not repeated
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from daybook.client.answers import read
from daybook.client.calls.buckets import Bucket, Buckets
from daybook.client.calls.retries import RetryPlan, rate_limit, retry_after
from daybook.client.calls.sending import REQUEST_ID, USER_AGENT, Sender
from daybook.client.calls.tokens import Tokens
from daybook.client.errors import Refused, ServerFailed, Throttled, WrongAnswer, refusal
from daybook.client.surroundings import Monotonic, Surroundings
from daybook.client.wire.messages import SUCCESS, Incoming, NoAnswer, Outgoing, Stream, Upload, Whole, Wire
from daybook.contract.operations import Operation
from daybook.kernel.errors import Unavailable

A = TypeVar("A")
_UNAUTHENTICATED = 401
_FORBIDDEN = 403
_TOO_OFTEN = 429


class LostAnswer(Exception):
    """The server may have acted on a call that must not be made twice; the cause says what came for an answer."""


@dataclass(frozen=True, slots=True)
class Call(Generic[A]):
    """What to call, with what, and how the answer reads."""

    operation: Operation
    kind: type[A]
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: msgspec.Struct | Upload | None = None
    repeatable: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Course:
    """How a call has fared so far."""

    failures: int = 0
    renewed: bool = False
    lost: bool = False


class Caller:
    """Makes one application's calls for one seller."""

    def __init__(
        self,
        endpoint: str,
        whose: tuple[str, str],
        wire: Wire,
        sender: Sender,
        buckets: Buckets,
        retries: RetryPlan,
        around: Surroundings,
    ) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._whose = whose
        self._wire = wire
        self._sender = sender
        self._buckets = buckets
        self._retries = retries
        self._around = around

    async def call(self, call: Call[A], tokens: Tokens) -> A:
        """The answer.

        Raises Refused (a kind of it), Unavailable, WrongAnswer; and LostAnswer for a call that is not repeatable. A
        refusal has `after_lost` where an earlier try may have been acted on.
        """
        course = _Course()
        while True:
            token = await tokens.current()
            try:
                got = await self._send(call, token)
            except NoAnswer as lost:
                self._lost(call, course, lost)
                await self._pause(course)
                continue
            if got.status in SUCCESS:
                return _read(call, got)
            await self._again(call, course, got, tokens, token)

    @asynccontextmanager
    async def stream(self, call: Call[bytes], tokens: Tokens) -> AsyncGenerator[Stream, None]:
        """The answer of success, its body still to be read. Raises as `call` does; Unavailable too where it is cut."""
        course = _Course()
        async with AsyncExitStack() as open_answer:
            got = await self._opened(call, course, tokens, open_answer)
            try:
                yield got
            except NoAnswer as lost:
                raise Unavailable("The answer was cut off.", f"{call.operation.name}: {lost.reason}") from lost

    async def _opened(self, call: Call[bytes], course: _Course, tokens: Tokens, open_answer: AsyncExitStack) -> Stream:
        while True:
            token = await tokens.current()
            bucket = await self._turn(call)
            departure = bucket.sent(self._around.passed())
            try:
                streamed = self._sender.stream(self._request(call, token), call.operation.name)
                got = await open_answer.enter_async_context(streamed)
                bucket.answered(departure, self._around.passed())
                self._learn(bucket, got.status, got.headers)
                if got.status in SUCCESS:
                    return got
                refused = await _whole(got, self._around.passed)
                await open_answer.aclose()
            except NoAnswer as lost:
                bucket.answered(departure, self._around.passed())
                self._lost(call, course, lost)
                await self._pause(course)
                continue
            await self._again(call, course, refused, tokens, token)

    async def _again(self, call: Call[A], course: _Course, got: Incoming, tokens: Tokens, token: str) -> None:
        """The server said no. Comes back when it is time to try again; raises where that would not help."""
        refused = refusal(got.status, got.body, got.headers.get(REQUEST_ID, ""))
        if _expired(refused) and not course.renewed:
            course.renewed = True
            tokens.expired(token)
            return
        self._refused(call, course, refused)
        await self._pause(course, retry_after(got.headers))

    async def _send(self, call: Call[A], token: str) -> Incoming:
        """Sends it in its turn, and learns the rate from the answer."""
        bucket = await self._turn(call)
        departure = bucket.sent(self._around.passed())
        try:
            got = await self._sender.send(self._request(call, token), call.operation.name)
        finally:
            bucket.answered(departure, self._around.passed())
        self._learn(bucket, got.status, got.headers)
        return got

    def _learn(self, bucket: Bucket, status: int, headers: Mapping[str, str]) -> None:
        bucket.learn(rate_limit(headers), self._around.passed())
        if status == _TOO_OFTEN:
            bucket.refused(self._around.passed())

    async def _turn(self, call: Call[A]) -> Bucket:
        bucket = self._buckets.of(*self._whose, call.operation)
        slot = bucket.take(self._around.passed())
        try:
            while (wait := bucket.opens(slot) - self._around.passed()) > 0:
                await self._wire.sleep(wait)
        except BaseException:
            bucket.give_back(slot)
            raise
        return bucket

    def _request(self, call: Call[A], token: str) -> Outgoing:
        path = call.operation.path.format_map({name: quote(value, safe="") for name, value in call.path.items()})
        query = urlencode({name: value for name, value in call.query.items() if value}, quote_via=quote)
        url = path if path.startswith("http") else self._endpoint + path
        url = f"{url}?{query}" if query else url
        headers = {"x-amz-access-token": token, "Accept": call.operation.media_type, "User-Agent": USER_AGENT}
        if call.body is None or callable(call.body):
            return Outgoing(call.operation.method, url, {**headers, **call.headers}, call.body or b"")
        headers["Content-Type"] = "application/json"
        return Outgoing(call.operation.method, url, headers, msgspec.json.encode(call.body))

    def _lost(self, call: Call[A], course: _Course, lost: NoAnswer) -> None:
        """Nothing came back. Raises unless it is to be tried again."""
        if lost.sent and not call.repeatable:
            raise LostAnswer(lost.reason) from lost
        course.lost = course.lost or lost.sent
        course.failures += 1
        if lost.lasting or course.failures >= self._retries.tries:
            raise Unavailable(f"{self._endpoint} does not answer.", f"{call.operation.name}: {lost.reason}") from lost

    def _refused(self, call: Call[A], course: _Course, refused: Refused) -> None:
        """The server said no. Raises unless it is to be tried again."""
        refused.after_lost = course.lost
        if isinstance(refused, ServerFailed):
            if not call.repeatable:
                raise LostAnswer(str(refused)) from refused
            course.lost = True
        elif not isinstance(refused, Throttled):
            raise refused
        course.failures += 1
        if course.failures >= self._retries.tries:
            raise refused

    async def _pause(self, course: _Course, at_least: float = 0.0) -> None:
        await self._wire.sleep(max(at_least, self._retries.pause(course.failures, self._around.randomness)))


def _expired(refused: Refused) -> bool:
    """Whether a new token may help: Amazon tells an expired one by 403 and these words, rather than by 401."""
    if refused.status == _FORBIDDEN:
        return "expired" in f"{refused.message} {refused.details}".lower()
    return refused.status == _UNAUTHENTICATED


async def _whole(got: Stream, monotonic: Monotonic) -> Incoming:
    """A refusal, read to its end."""
    whole = Whole(monotonic)
    async for piece in got.pieces():
        whole.add(piece)
    return Incoming(got.status, got.headers, whole.body())


def _read(call: Call[A], got: Incoming) -> A:
    try:
        return read(got.body, call.kind)
    except msgspec.DecodeError as error:
        request_id = got.headers.get(REQUEST_ID, "none")
        where = f"{error} (request id {request_id})"
        raise WrongAnswer(f"{call.operation.name} was answered with something else.", where) from error
