"""Receivers on real sockets that behave as a test wants, and keep what they were sent."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True)
class Got:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Talk:
    """One connection, as a script sees it."""

    connection: socket.socket
    file: BinaryIO
    got: list[Got]
    closing: threading.Event

    def read(self) -> bool:
        """Reads a request and keeps it; False at the end of the connection."""
        line = self.file.readline().decode("utf-8", "replace").strip()
        if not line:
            return False
        headers = {}
        while header := self.file.readline().decode("utf-8", "replace").strip():
            name, _, value = header.partition(": ")
            headers[name.lower()] = value
        self.got.append(Got(line, headers, self.file.read(int(headers.get("content-length", 0)))))
        return True

    def write(self, content: bytes) -> None:
        """Sends bytes."""
        self.connection.sendall(content)

    def reset(self) -> None:
        """Hangs up as a machine does that has lost the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.file.close()


Script = Callable[[Talk], None]


def answering(*answers: bytes) -> Script:
    """Answers the requests of each connection one after the other; the last answer stays."""

    def script(talk: Talk) -> None:
        number = 0
        while talk.read():
            talk.write(answers[min(number, len(answers) - 1)])
            number += 1

    return script


def once(answer: bytes) -> Script:
    """Answers one request and hangs up."""

    def script(talk: Talk) -> None:
        talk.read()
        talk.write(answer)

    return script


def hanging(before: bytes = b"") -> Script:
    """Begins to answer, and then never goes on."""

    def script(talk: Talk) -> None:
        talk.read()
        talk.write(before)
        talk.closing.wait()

    return script


def endless(before: bytes, piece: bytes, pause: float = 0) -> Script:
    """Begins to answer, and then never stops."""

    def script(talk: Talk) -> None:
        talk.read()
        talk.write(before)
        while not talk.closing.wait(pause):
            talk.write(piece)

    return script


def greeting(talk: Talk) -> None:
    """Speaks first, as a mail server does."""
    talk.write(b"220 mail.example.test ESMTP\r\n\r\n")
    talk.closing.wait()


def resetting(talk: Talk) -> None:
    """Takes the request and resets the connection."""
    talk.read()
    talk.reset()


@dataclass
class Receiver:
    """Listens on this machine until it is closed; with `tls` it speaks TLS, and notes the names it is called by."""

    script: Script
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    got: list[Got] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._closing = threading.Event()
        self._listener = socket.create_server((self.host, 0), family=family, backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path: str = "/hook", host: str = "", scheme: str = "http") -> str:
        """Its address."""
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def close(self) -> None:
        """Ends every connection and every thread."""
        if self._closing.is_set():
            return
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._talk, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            secured = self._secured(connection)
            with secured, secured.makefile("rb") as file:
                self.script(Talk(secured, file, self.got, self._closing))

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self.tls is None:
            return connection
        self.tls.sni_callback = lambda _, name, __: self.names.append(name)
        return self.tls.wrap_socket(connection, server_side=True)
