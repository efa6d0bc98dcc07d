"""A client that asks as fast as it is answered, over connections that are kept: `python -m bench.load`.

Nothing but the socket and the length of the body: it must cost less than the server that it measures. The first line
of its input is `{"requests": [...], "connections": n}`; each further one, `PORT SECONDS`, is a round on that port,
answered by the number of answers, how many of them were not 200, and the seconds that it took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import cast

import uvloop

_LENGTH = b"content-length: "


class Asking(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last is whole."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.answered = 0
        self.refused = 0
        self._requests = requests
        self._until = 0.0
        self._received = b""
        self._done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    async def ask(self, until: float) -> None:
        """Asks until that time of the monotonic clock."""
        self._until = until
        self._transport.write(next(self._requests))
        await self._done
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._received = b""
        self.answered += 1
        self.refused += not head.startswith(b"HTTP/1.1 200")
        if time.monotonic() < self._until:
            self._transport.write(next(self._requests))
        else:
            self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("The server closed the connection."))


def _length(head: bytes) -> int:
    return int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0])


async def round_on(port: int, seconds: float, requests: Iterator[bytes], connections: int) -> tuple[int, int, float]:
    """Answers over all connections, how many were not 200, and seconds."""
    loop = asyncio.get_running_loop()
    asking = [
        (await loop.create_connection(lambda: Asking(requests), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    began = time.monotonic()
    await asyncio.gather(*(one.ask(began + seconds) for one in asking))
    took = time.monotonic() - began
    return sum(one.answered for one in asking), sum(one.refused for one in asking), took


async def main() -> None:
    """Reads what to do, and does it."""
    setup = json.loads(sys.stdin.readline())
    requests = cycle([text.encode() for text in setup["requests"]])
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        port, seconds = line.split()
        print(*await round_on(int(port), float(seconds), requests, setup["connections"]), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
