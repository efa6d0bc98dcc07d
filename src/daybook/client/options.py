"""What a client can be told beside where its server is and who it is; all of it is optional."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypedDict

import httpx2

from daybook.client.calls.buckets import Buckets
from daybook.client.calls.exchanges import Exchange
from daybook.client.calls.retries import RetryPlan
from daybook.client.requests.polling import History, PollingPlan
from daybook.client.servers import is_this_machine
from daybook.client.surroundings import Monotonic
from daybook.client.wire.messages import Bell
from daybook.kernel.clock import Clock
from daybook.kernel.ids import Randomness

TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
"""Seconds without a byte after which a call is given up."""


class Options(TypedDict, total=False):
    """For both clients.

    `seller_id` names the seller; a journal needs it. `restricted_tokens` is where restricted data tokens come from.
    `journal` is a file in which requests outlive this process. `plans` are polling plans by report type, and `plan` the
    one of all others. `buckets` and `history` may be shared by the clients of one application. `heard` is told of every
    call. With `listen` a wait ends by the events of a Daybook as well; `bell` makes what wakes it. `verify` is what
    httpx2 takes; a server on this machine is not looked for behind the environment's proxies.
    """

    seller_id: str
    restricted_tokens: str
    journal: Path
    plans: Mapping[str, PollingPlan]
    plan: PollingPlan
    retries: RetryPlan
    buckets: Buckets
    history: History
    heard: Callable[[Exchange], None] | None
    listen: bool
    bell: Callable[[], Bell]
    verify: ssl.SSLContext | bool
    clock: Clock
    monotonic: Monotonic
    randomness: Randomness


class BlockingOptions(Options, total=False):
    """For the client that blocks: how it connects, and how it sleeps."""

    transport: httpx2.BaseTransport
    sleep: Callable[[float], object]


class AsyncOptions(Options, total=False):
    """For the client that awaits: how it connects, and how it sleeps."""

    transport: httpx2.AsyncBaseTransport
    sleep: Callable[[float], Awaitable[object]]


def http_arguments(endpoint: str, options: Options) -> dict[str, Any]:
    """How either of httpx2's clients is made."""
    return {
        "verify": options.get("verify", True),
        "timeout": TIMEOUT,
        "trust_env": not is_this_machine(endpoint),
    }
