"""Waiting in virtual time: many sellers with many reports each, beside a client that knows when each will end.

    python -m bench.client_waiting --sellers 1000

All of a seller's reports are wanted at once. The server keeps the default usage plans for each seller, a report takes a
log-normal time (median 3 minutes, sigma 1) from its createReport on, and every call travels for some time each way. The
all-knowing client obeys the same buckets, never asks how a report stands, and asks for its document the moment it ends.
The poll beside it asks every 10 seconds from the createReport on. Nothing is known of the type beforehand.
"""

import argparse
import heapq
import json
import math
import random
from collections import Counter
from collections.abc import Coroutine, Generator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.figures import Figure
from daybook.client.calls.buckets import Buckets
from daybook.client.reports import Reports
from daybook.client.requests.polling import History
from daybook.client.servers import daybook
from daybook.client.wire.asynchronous import SleptAsyncBell
from daybook.client.wire.messages import Bell, Incoming, Outgoing, Stream
from daybook.contract.operations import CREATE_REPORT, GET_REPORT, GET_REPORT_DOCUMENT, Operation

SELLERS, QUICK_SELLERS, REPORTS = 1000, 50, 20
MEDIAN, SIGMA = 180.0, 1.0
POLL_EVERY = 10.0
MEAN_BAR, CALLS_BAR = 1.05, 0.5
TRAVEL = (0.02, 0.15)
"""Seconds, each way, from the fastest to the slowest."""
_BEGINNING = datetime(2026, 11, 21, tzinfo=UTC)
_TYPE, _MARKETPLACE = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER"
_TOO_OFTEN = json.dumps({"errors": [{"code": "QuotaExceeded", "message": "", "details": ""}]}).encode()


class Timeline:
    """Runs coroutines that sleep, each in its turn; time passes when all do."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> datetime:
        """The time of day."""
        return _BEGINNING + timedelta(seconds=self.now)

    async def sleep(self, seconds: float) -> None:
        """Passes the time."""
        await _Until(self.now + seconds)

    def run(self, tasks: Iterable[Coroutine["_Until", None, None]]) -> None:
        """Runs all of them to their ends."""
        due = [(0.0, number, task) for number, task in enumerate(tasks)]
        order = len(due)
        while due:
            self.now, _, task = heapq.heappop(due)
            try:
                until = task.send(None)
            except StopIteration:
                continue
            order += 1
            heapq.heappush(due, (until.at, order, task))


@dataclass(frozen=True, slots=True)
class _Until:
    at: float

    def __await__(self) -> Generator["_Until", None, None]:
        yield self


class Plan:
    """A server's bucket (SP-API, "Usage Plans and Rate Limits"): full at first, a token for each call it admits."""

    def __init__(self, operation: Operation) -> None:
        self._rate, self._burst = operation.rate, operation.burst
        self._tokens, self._at = float(operation.burst), 0.0

    def admits(self, now: float) -> bool:
        """Whether there is a token for a call that arrives now; it is taken."""
        self._tokens, self._at = min(self._burst, self._tokens + (now - self._at) * self._rate), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def opens(self, now: float) -> float:
        """When the next call would be admitted."""
        tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        return now + max(0.0, (1 - tokens) / self._rate)


@dataclass(slots=True)
class Seller:
    """One seller's reports on the server: how long each will take, and when each was made."""

    takes: list[float]
    plans: dict[str, Plan] = field(
        default_factory=lambda: {one.name: Plan(one) for one in (CREATE_REPORT, GET_REPORT, GET_REPORT_DOCUMENT)}
    )
    made: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    def answer(self, method: str, path: str, now: float) -> tuple[int, bytes]:
        """What the server says to a call that arrives now."""
        what = _operation(method, path)
        self.calls[what] += 1
        if what == "token":
            return 200, b'{"access_token": "t", "expires_in": 1000000000}'
        if not self.plans[what].admits(now):
            self.calls["429"] += 1
            return 429, _TOO_OFTEN
        if what == CREATE_REPORT.name:
            self.made.append(now)
            return 202, json.dumps({"reportId": str(len(self.made) - 1)}).encode()
        if what == GET_REPORT_DOCUMENT.name:
            return 200, b'{"reportDocumentId": "d", "url": "u"}'
        return 200, json.dumps(self._report(int(path.rpartition("/")[2]), now)).encode()

    def _report(self, number: int, now: float) -> dict[str, str]:
        made, end = self.made[number], self.made[number] + self.takes[number]
        body = {"reportId": str(number), "reportType": _TYPE, "createdTime": _text(made)}
        if now < end:
            return body | {"processingStatus": "IN_PROGRESS"}
        return body | {"processingStatus": "DONE", "processingEndTime": _text(end), "reportDocumentId": str(number)}


def _operation(method: str, path: str) -> str:
    if method == "POST":
        return CREATE_REPORT.name if path.endswith("/reports") else "token"
    return GET_REPORT.name if "/reports/2021-06-30/reports/" in path else GET_REPORT_DOCUMENT.name


def _text(at: float) -> str:
    return (_BEGINNING + timedelta(seconds=at)).isoformat(timespec="seconds")


class VirtualWire:
    """Carries calls to a seller's part of the server."""

    def __init__(self, timeline: Timeline, seller: Seller, chance: random.Random) -> None:
        self._timeline = timeline
        self._seller = seller
        self._chance = chance

    async def send(self, request: Outgoing) -> Incoming:
        if request.url.endswith("/token"):
            return Incoming(*self._ask(request))  # at once, so that nobody meets anybody at the gate
        await self.sleep(self._chance.uniform(*TRAVEL))
        answered = self._ask(request)
        await self.sleep(self._chance.uniform(*TRAVEL))
        return Incoming(*answered)

    def _ask(self, request: Outgoing) -> tuple[int, dict[str, str], bytes]:
        status, body = self._seller.answer(request.method, request.url, self._timeline.now)
        return status, {}, body

    def stream(self, request: Outgoing) -> AbstractAsyncContextManager[Stream]:
        raise RuntimeError("Nothing is downloaded here.")

    async def sleep(self, seconds: float) -> None:
        await self._timeline.sleep(seconds)

    def gate(self) -> AbstractAsyncContextManager[object]:
        return _open()

    def bell(self) -> Bell:
        return SleptAsyncBell(self.sleep)

    def spawn(self, logic: Coroutine[Any, Any, None]) -> None:
        raise RuntimeError("Nobody listens here.")

    async def close(self) -> None:
        """There is nothing to give back."""


class _open:  # noqa: N801  as short as nullcontext
    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *error: object) -> None: ...


def run(quick: bool = False, sellers: int | None = None) -> list[Figure]:
    """Refusals, the mean request to document beside the all-knowing client's, and the calls beside a poll's."""
    sellers = sellers or (QUICK_SELLERS if quick else SELLERS)
    chance = random.Random(20261121)  # noqa: S311  the same times each time
    takes = [[chance.lognormvariate(math.log(MEDIAN), SIGMA) for _ in range(REPORTS)] for _ in range(sellers)]
    ours, served = client(takes, chance)
    best = all_knowing(takes, chance)
    polls = sum(math.ceil(seconds / POLL_EVERY) for reports in takes for seconds in reports)
    looks = sum(seller.calls[GET_REPORT.name] for seller in served)
    refused = sum(seller.calls["429"] for seller in served)
    mean, share = _mean(ours) / _mean(best), looks / polls
    named = f"waiting for {sellers * REPORTS:,} reports of {sellers:,} sellers"
    return [
        Figure(f"{named}, calls refused (429)", refused, "", "= 0", refused == 0),
        Figure(f"{named}, request to document beside the all-knowing", mean, "x", f"<= {MEAN_BAR:g}", mean <= MEAN_BAR),
        Figure(f"{named}, getReport calls beside a 10 s poll's", share, "x", f"<= {CALLS_BAR:g}", share <= CALLS_BAR),
        Figure(f"{named}, getReport calls for a report", looks / (sellers * REPORTS), "", "", None),
        Figure(f"{named}, mean request to document", _mean(ours), "s", "", None),
    ]


def client(takes: list[list[float]], chance: random.Random) -> tuple[list[float], list[Seller]]:
    """Seconds from request to document of each report, as the client has them; and what the server saw."""
    timeline, history, buckets = Timeline(), History(), Buckets()
    found: list[float] = []
    served = [Seller(times) for times in takes]

    async def follow(reports: Reports) -> None:
        result = await reports.wait(await reports.request(_TYPE, [_MARKETPLACE]))
        await reports.get_report_document(result.document_ids[0])
        found.append(timeline.now)

    def tasks() -> Iterable[Coroutine[Any, Any, None]]:
        for number, seller in enumerate(served):
            wire = VirtualWire(timeline, seller, chance)
            credentials = {"client_id": "c", "client_secret": "s", "refresh_token": str(number)}
            reports = Reports(
                wire,
                daybook("https://reports.example"),
                credentials,
                {
                    "buckets": buckets,
                    "history": history,
                    "clock": timeline.clock,
                    "monotonic": lambda: timeline.now,
                    "randomness": chance.randbytes,
                },
            )
            yield from (follow(reports) for _ in seller.takes)

    timeline.run(tasks())
    return found, served


def all_knowing(takes: list[list[float]], chance: random.Random) -> list[float]:
    """The same of a client that knows when each report will end, and is held up by the usage plans alone."""
    timeline = Timeline()
    found: list[float] = []

    async def call(plan: Plan) -> None:
        await timeline.sleep(chance.uniform(*TRAVEL))
        while not plan.admits(timeline.now):
            await timeline.sleep(plan.opens(timeline.now) - timeline.now + 1e-6)

    async def follow(create: Plan, document: Plan, seconds: float) -> None:
        await call(create)
        await timeline.sleep(max(0.0, seconds - TRAVEL[0]))
        await call(document)
        await timeline.sleep(chance.uniform(*TRAVEL))
        found.append(timeline.now)

    def tasks() -> Iterable[Coroutine[Any, Any, None]]:
        for times in takes:
            create, document = Plan(CREATE_REPORT), Plan(GET_REPORT_DOCUMENT)
            yield from (follow(create, document, seconds) for seconds in times)

    timeline.run(tasks())
    return found


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _main() -> None:
    arguments = argparse.ArgumentParser(description="Measures waiting in virtual time.")
    arguments.add_argument("--sellers", type=int, default=SELLERS)
    for figure in run(sellers=arguments.parse_args().sellers):
        print(f"{figure.name}: {figure.value:,.3f} {figure.unit} {figure.bar}".rstrip())


if __name__ == "__main__":
    _main()
