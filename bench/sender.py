"""The sender beside a bare httpx2 loop that signs and posts the same bodies to the same receiver.

Both keep their connections. The sender vets the URL anew for every attempt and has two calls in flight, as a
destination has. Its memory is looked at while a receiver answers without end.
"""

import secrets
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network

import httpx2

from bench.figures import Figure
from bench.processes import talker
from bench.rounds import medians, pin
from daybook.notifications.answers import Answer
from daybook.notifications.guard import Guard, Policy
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.sender import Sender
from daybook.notifications.signing import new_secret, sign

IN_FLIGHT = 2
BAR = 0.4
MOST_MIB = 2.0
BODY = b'{"type":"report.ended","data":{"text":"' + b"x" * 460 + b'"}}'
_POLICY = Policy((ip_network("127.0.0.0/8"),))


def run(quick: bool) -> list[Figure]:
    """Deliveries for each of the bare loop's, and what an endless answer costs."""
    posts, rounds, floods = (40, 1, 2) if quick else (1000, 7, 100)
    with talker(1, "bench.sink") as sink, _sender() as sender:
        pin(0)
        url = f"http://127.0.0.1:{sink.told()[0]}/hook"
        rates = medians({"bare": lambda: _bare(url, posts), "sender": lambda: _sent(sender, url, posts)}, rounds)
        grown = _grown(sender, url.replace("/hook", "/endless"), floods)
    ratio = rates["sender"] / rates["bare"]
    return [
        Figure("sender, notifications beside a bare httpx2 loop", ratio, "x", f">= {BAR}", ratio >= BAR),
        Figure("sender, notifications a second", rates["sender"], "/s", "", None),
        Figure(
            f"sender, memory that {floods} endless answers take", grown, "MiB", f"<= {MOST_MIB:g}", grown <= MOST_MIB
        ),
    ]


@contextmanager
def _sender() -> Iterator[Sender]:
    sender = Sender(Guard(_POLICY))
    try:
        yield sender
    finally:
        sender.close()


def _headers(secret: str, number: int) -> dict[str, str]:
    return {"content-type": "application/json", **sign([secret], f"msg_{number}", datetime.now(UTC), BODY)}


def _bare(url: str, posts: int) -> float:
    secret = new_secret(secrets.token_bytes)
    with httpx2.Client(trust_env=False) as client:
        began = time.perf_counter()
        for number in range(posts):
            client.post(url, content=BODY, headers=_headers(secret, number)).raise_for_status()
        return posts / (time.perf_counter() - began)


def _sent(sender: Sender, url: str, posts: int) -> float:
    secret = new_secret(secrets.token_bytes)
    flights: list[Future[Answer]] = []
    began = time.perf_counter()
    for number in range(posts):
        if len(flights) == IN_FLIGHT:
            _landed(flights.pop(0))
        flights.append(sender.submit(Outgoing(url, BODY, _headers(secret, number))))
    for flight in flights:
        _landed(flight)
    return posts / (time.perf_counter() - began)


def _landed(flight: Future[Answer]) -> None:
    answer = flight.result()
    if not answer.delivered:
        raise RuntimeError(f"The sink refused: {answer}")


def _grown(sender: Sender, url: str, floods: int) -> float:
    """MiB at the height of so many endless answers, above what there was before."""
    _landed(sender.submit(Outgoing(url, BODY)))
    tracemalloc.start()
    try:
        for _ in range(floods):
            _landed(sender.submit(Outgoing(url, BODY)))
        return max(tracemalloc.get_traced_memory()[1] / 2**20, 0.001)
    finally:
        tracemalloc.stop()
