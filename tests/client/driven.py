"""A client of either kind, driven in the same words."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from daybook.client import AsyncReportsClient, ReportsClient
from tests.client.scripted import ENDPOINT, TOKENS, Server
from tests.client.virtual import VirtualTime

MODES = ("blocking", "awaiting")
CREDENTIALS = ("client-1", "secret-1", "refresh-1")


class Driven:
    """Calls of a method are run to their end; what a method yields comes as a list."""

    def __init__(self, client: ReportsClient | AsyncReportsClient) -> None:
        self.client = client
        self._runner = asyncio.Runner() if isinstance(client, AsyncReportsClient) else None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        return self._driven(method) if callable(method) else method

    def _driven(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            made = method(*args, **kwargs)
            if inspect.isasyncgen(made):
                made = _collected(made)
            if inspect.iscoroutine(made):
                assert self._runner is not None
                return self._runner.run(made)
            return list(made) if hasattr(made, "__next__") else made

        return call

    def close(self) -> None:
        """Gives back its connections, and its event loop."""
        self._driven(self.client.close)()
        if self._runner is not None:
            self._runner.close()


async def _collected(each: Any) -> list[Any]:
    return [one async for one in each]


def connect(mode: str, server: Server, time: VirtualTime, **options: Any) -> Driven:
    """A client of that kind over the server, in virtual time."""
    kind, sleep = (ReportsClient, time.sleep) if mode == "blocking" else (AsyncReportsClient, time.asleep)
    given: dict[str, Any] = {
        "transport": server.transport(),
        "sleep": sleep,
        "clock": time.clock,
        "monotonic": time.monotonic,
        "randomness": server.chance.randbytes,
        **options,
    }
    return Driven(kind(ENDPOINT, TOKENS, *CREDENTIALS, **given))
