"""A receiver that answers 200 as fast as it can; `/endless` it never stops answering, and `/hanging` never begins to.

`python -m bench.sink` prints its port first. For each line of its input it prints what came to paths below `/logged`
since the line before, each as `PATH REPORT TIME`, with the time of the request's first bytes. It ends with its input.
"""

import asyncio
import json
import sys
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"10000\r\n" + b"x" * 65536 + b"\r\n"


log: list[tuple[bytes, bytes, float]] = []
"""Heads and bodies of requests, and when they came, by the machine's monotonic clock."""


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the requests of one connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            began = time.monotonic()
            lower = head.lower()
            body = await reader.readexactly(int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0]))
            if b" /logged" in head:
                log.append((head, body, began))
            if b" /hanging " in head:
                await reader.read()
            if b" /endless " in head:
                await flood(writer)
            writer.write(OK)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def flood(writer: asyncio.StreamWriter) -> None:
    """Answers until the other side has had enough of it."""
    writer.write(ENDLESS)
    while True:
        writer.write(PIECE)
        await writer.drain()


def told() -> str:
    """What came since it was told last, and is told no more."""
    since, log[:] = log[:], []
    return " ".join(f"{head.split(b' ')[1].decode()} {_report(body)} {at}" for head, body, at in since)


def _report(body: bytes) -> str:
    return str(json.loads(body)["payload"]["requestId"])


async def main() -> None:
    """Serves until the input ends."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        print(told() or "-", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
