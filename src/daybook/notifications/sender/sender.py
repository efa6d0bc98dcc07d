"""Sends requests to users' URLs, under the guard: vetted on every attempt, to the vetted addresses alone.

Nothing here comes from the environment but the certificates that the machine trusts; redirects are not followed; there
are no cookies. One thread runs any number of sends at once, so that a receiver that hangs costs a connection and
nothing else. What the network does is told as an Answer, and never raised.
"""

import asyncio
import re
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import structlog

from daybook.kernel.clock import Clock, system_clock
from daybook.notifications.answers import Answer, ErrorClass, error_of
from daybook.notifications.authorizations import Authorization, Tokens
from daybook.notifications.guard import Guard, Parsed, UnknownHost, UnsafeUrl, Vetted, is_literal
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.exchanges import Exchanges, Limits, Told
from daybook.notifications.sender.lines import Failed

log = structlog.get_logger()

_LOOKUPS = 64
_DETAIL = 200
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


class Sender:
    """Sends from any thread; close it at the end."""

    def __init__(
        self,
        guard: Guard,
        clock: Clock = system_clock,
        limits: Limits | None = None,
        trust: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._limits = limits or Limits()
        self._monotonic = monotonic
        self._tokens = Tokens(self._attempt, clock)
        self._exchanges = Exchanges(self._limits, trust)
        self._lookups: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}
        self._lookers = ThreadPoolExecutor(_LOOKUPS, "daybook-lookup")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="daybook-sender", daemon=True)
        self._thread.start()

    def send(self, outgoing: Outgoing, authorization: Authorization | None = None) -> Answer:
        """The receiver's answer; the calling thread waits for it."""
        return self.submit(outgoing, authorization).result()

    def submit(self, outgoing: Outgoing, authorization: Authorization | None = None) -> Future[Answer]:
        """The receiver's answer, later; nobody waits."""
        return asyncio.run_coroutine_threadsafe(self._answer(outgoing, authorization), self._loop)

    def close(self) -> None:
        """Ends what is under way, and hangs up."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._lookers.shutdown(wait=False, cancel_futures=True)

    async def _answer(self, outgoing: Outgoing, authorization: Authorization | None) -> Answer:
        """Whatever a receiver provokes is a failed attempt of its own: raised, it would stop the step, each time."""
        at = self._clock()
        try:
            if authorization is None:
                return await self._attempt(outgoing)
            return await self._tokens.send(outgoing, authorization)
        except Exception as error:
            log.exception("an attempt ended in a way that nobody has thought of")
            return Answer(at, 0, "", None, ErrorClass.PROTOCOL, f"It ended with {type(error).__name__}.")

    async def _attempt(self, outgoing: Outgoing) -> Answer:
        at, began, told = self._clock(), self._monotonic(), Told()
        error, detail = await self._outcome(outgoing, told)
        milliseconds = round((self._monotonic() - began) * 1000)
        asked = retry_after(told.headers.get("retry-after", ""), at)
        start = outgoing.without_proofs(bytes(told.start))
        return Answer(at, milliseconds, told.address, told.status, error, detail[:_DETAIL], start, asked)

    async def _outcome(self, outgoing: Outgoing, told: Told) -> tuple[ErrorClass | None, str]:
        try:
            async with asyncio.timeout(self._limits.whole):
                vetted = await self._vet(outgoing.url)
                await self._exchanges.exchange(vetted, outgoing, told)
        except UnsafeUrl as error:
            return ErrorClass.UNSAFE, error.message
        except UnknownHost as error:
            return ErrorClass.DNS, error.details
        except Failed as error:
            return error.error, error.detail
        except TimeoutError:
            return ErrorClass.TIMEOUT, f"It took longer than {self._limits.whole:g} seconds."
        return error_of(told.status or 0), ""

    async def _vet(self, url: str) -> Vetted:
        parsed = self._guard.parse(url)
        answers = [parsed.host] if is_literal(parsed.host) else await self._resolve(parsed)
        return self._guard.judge(parsed, answers)

    async def _resolve(self, parsed: Parsed) -> Sequence[str]:
        """The name's addresses. A name is looked up once at a time, so that one without an answer holds one thread."""
        asked = (parsed.host, parsed.port)
        lookup = self._lookups.get(asked)
        if lookup is None:
            lookup = self._loop.run_in_executor(self._lookers, self._guard.resolve, parsed)
            lookup.add_done_callback(partial(self._looked_up, asked))
            self._lookups[asked] = lookup
        try:
            async with asyncio.timeout(self._limits.connect):
                return await asyncio.shield(lookup)
        except TimeoutError as error:
            raise UnknownHost(f"The host {parsed.host} was not found.", "Its name server did not answer.") from error

    def _looked_up(self, asked: tuple[str, int], lookup: "asyncio.Future[Sequence[str]]") -> None:
        del self._lookups[asked]
        if not lookup.cancelled():
            lookup.exception()  # seen, also where nobody waits for it any more: asyncio would complain

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._exchanges.close()
        await asyncio.sleep(0)  # connections that were hung up on are closed in the loop's next round


def retry_after(text: str, now: datetime) -> int | None:
    """A Retry-After in seconds, be it a number or a date; None where there is none that can be read."""
    if _SECONDS.fullmatch(text.strip()):
        return int(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0, int(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()))
