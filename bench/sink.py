"""A receiver that answers 200 as fast as it can; `/endless` it never stops answering.

`python -m bench.sink` prints its port first, and ends with its input.
"""

import asyncio
import sys

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"10000\r\n" + b"x" * 65536 + b"\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the requests of one connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lower = head.lower()
            await reader.readexactly(int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0]))
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


async def main() -> None:
    """Serves until the input ends."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
