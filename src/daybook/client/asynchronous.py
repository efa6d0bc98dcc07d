"""The client that awaits."""

import asyncio
import time
from types import TracebackType
from typing import Self, Unpack

import httpx2

from daybook.client.options import AsyncOptions, http_arguments
from daybook.client.reports import Reports
from daybook.client.servers import Server
from daybook.client.wire.asynchronous import AsyncBell, AsyncWire


class AsyncReportsClient(Reports):
    """A Reports API, for an event loop. Close it when done, or use it in an `async with` block.

    Tasks of one event loop may share it. All that it does is said in Reports.
    """

    def __init__(
        self,
        endpoint: str,
        token_endpoint: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        **options: Unpack[AsyncOptions],
    ) -> None:
        http = httpx2.AsyncClient(transport=options.get("transport"), **http_arguments(endpoint, options))
        bell = options.get("bell", None if "sleep" in options else AsyncBell)
        super().__init__(
            AsyncWire(http, options.get("sleep", asyncio.sleep), bell, options.get("monotonic", time.monotonic)),
            Server(endpoint, token_endpoint, options.get("restricted_tokens", "")),
            {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token},
            options,
        )

    @classmethod
    def at(
        cls, server: Server, client_id: str, client_secret: str, refresh_token: str, **options: Unpack[AsyncOptions]
    ) -> Self:
        """A client of `amazon(...)` or of `daybook(...)`."""
        options.setdefault("restricted_tokens", server.restricted_tokens)
        return cls(server.endpoint, server.token_endpoint, client_id, client_secret, refresh_token, **options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
