"""A connection to a vetted address: what httpcore2 speaks over, and the guard at the socket.

httpcore2 is the lower half of httpx2. It takes a network backend, and here the backend knows only the addresses that
were vetted: whatever name stands in the URL, nothing else can be dialled.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

from daybook.notifications.answers import ErrorClass
from daybook.notifications.networks import address_of

MOST_READ = 192 * 1024
"""Bytes that are read for one answer, whatever they are; its head alone may have 100 KiB (httpcore2)."""


class Failed(Exception):
    """The network did not do what was asked; why, in a class and in its own words."""

    def __init__(self, error: ErrorClass, detail: str) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail


class Line(httpcore2.AsyncNetworkStream):
    """One connection's bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._left = MOST_READ
        self.ended = False

    def begin_answer(self) -> None:
        """What is read from here on counts as one answer."""
        self._left = MOST_READ

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore2's word
        del timeout  # the attempt's own holds for all of it
        try:
            got = await self._reader.read(max_bytes)
        except OSError as error:
            raise Failed(ErrorClass.RESET, said(error)) from error
        self.ended = not got
        self._left -= len(got)
        if self._left < 0:
            raise Failed(ErrorClass.TOO_MANY_HEADERS, f"More than {MOST_READ} bytes came before the answer was read.")
        return got

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  httpcore2's word
        del timeout  # the attempt's own holds for all of it
        self._writer.write(buffer)
        try:
            await self._writer.drain()
        except OSError as error:  # the receiver may have answered before it hung up: httpcore2 then reads on
            raise httpcore2.WriteError(said(error)) from error

    async def aclose(self) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Ends the connection at once, whatever is still under way."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore2's word
    ) -> "Line":
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise Failed(ErrorClass.CONNECT_TIMEOUT, "TLS was not agreed on in time.") from error
        except ssl.SSLError as error:
            raise Failed(ErrorClass.TLS, getattr(error, "verify_message", "") or error.reason or said(error)) from error
        except OSError as error:
            raise Failed(ErrorClass.TLS, f"The receiver hung up while TLS was agreed on: {said(error)}") from error
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection: its end, since nothing else is due
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info(info)


class Dialler(httpcore2.AsyncNetworkBackend):
    """Dials one of some vetted addresses: the first that takes the connection, each in its share of the time."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._addresses = addresses
        self._line: Line | None = None
        self.dialled = ""
        self.address = ""

    @property
    def ended(self) -> bool:
        """Whether the other side has hung up."""
        return self._line is not None and self._line.ended

    def begin_answer(self) -> None:
        """What is read from here on counts as one answer."""
        if self._line is not None:
            self._line.begin_answer()

    def hang_up(self) -> None:
        """Ends the connection, where there is one."""
        if self._line is not None:
            self._line.hang_up()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore2's word
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> Line:
        del host, local_address, socket_options  # the name is not looked up again
        share = None if timeout is None else timeout / len(self._addresses)
        failed = Failed(ErrorClass.UNREACHABLE, "There is no address to dial.")
        for address in self._addresses:
            self.dialled, self.address = address, f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            try:
                self._line = await _dial(address, port, share)
            except Failed as error:
                failed = error
            else:
                return self._line
        raise failed


async def _dial(address: str, port: int, seconds: float | None) -> Line:
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(address, port)
    except TimeoutError as error:
        raise Failed(ErrorClass.CONNECT_TIMEOUT, "") from error
    except ConnectionRefusedError as error:
        raise Failed(ErrorClass.REFUSED, "") from error
    except OSError as error:
        raise Failed(ErrorClass.UNREACHABLE, said(error)) from error
    peer = str(writer.get_extra_info("peername")[0])
    if address_of(peer) != address_of(address):
        writer.transport.abort()
        raise Failed(ErrorClass.UNSAFE, f"{peer} answered in the place of {address}.")
    return Line(reader, writer)


def said(error: OSError) -> str:
    """An error of the system's in its own words."""
    return error.strerror or str(error) or type(error).__name__
