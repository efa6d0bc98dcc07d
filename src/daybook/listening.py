"""An application that answers HTTP: the socket, the server in a thread of its own, and its end."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from daybook.api.headers import named_heads
from daybook.api.server import Api
from daybook.kernel.errors import Misconfigured, fault_of
from daybook.kernel.ids import Ids


class _Listening(uvicorn.Server):
    """Hangs up on those who keep a TLS connection open after the end: uvloop would wait for them for ever."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.1)


@dataclass
class Server:
    """An application, listening."""

    url: str
    port: int
    _uvicorn: uvicorn.Server
    _ended: threading.Event  # a join that Ctrl-C interrupts takes the thread for one that has ended

    def wait(self) -> None:
        """Until the server has ended."""
        self._ended.wait()

    def stop(self) -> None:
        """Answers what is being answered, then ends."""
        self._uvicorn.should_exit = True
        self._ended.wait()


@contextmanager
def answering(
    application: Api,
    listener: socket.socket,
    url: str,
    ids: Ids,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> Iterator[Server]:
    """The application, served while the block lasts. Raises Misconfigured where the certificate is wrong."""
    config = uvicorn.Config(
        application,
        http=named_heads(ids),
        log_config=None,
        access_log=False,  # the query of a document's link is a secret
        server_header=False,
        date_header=True,
        ssl_certfile=str(tls_cert) if tls_cert else None,
        ssl_keyfile=str(tls_key) if tls_key else None,
        timeout_graceful_shutdown=5,
    )
    try:
        config.load()
    except OSError as error:
        listener.close()
        raise _no_https(tls_cert, tls_key) from error
    server, ended = _Listening(config), threading.Event()
    running = Server(url, listener.getsockname()[1], server, ended)
    threading.Thread(target=_run, args=(server, listener, ended), name="daybook-http", daemon=True).start()
    try:
        yield running
    finally:
        running.stop()
        listener.close()


def _no_https(*files: Path | None) -> Misconfigured:
    """Why HTTPS cannot start with this certificate and its key."""
    named = [file for file in files if file is not None]
    why = " and ".join(map(str, named)) + " are no certificate in PEM and its own key"
    for file in named:
        try:
            file.read_bytes()
        except OSError as error:
            why = f"{file} cannot be read: {fault_of(error)}"
            break
    what = "--tls-cert or DAYBOOK_TLS_CERT names the certificate, --tls-key or DAYBOOK_TLS_KEY its key."
    return Misconfigured(f"HTTPS cannot start: {why}.", what)


def _run(server: uvicorn.Server, listener: socket.socket, ended: threading.Event) -> None:
    try:
        server.run([listener])
    finally:
        ended.set()


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address; port 0 takes a free one. Raises Misconfigured where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Misconfigured(
            f"{host}:{port} cannot be listened on: {error.strerror}.", "Choose another --port."
        ) from error
    listener.listen(2048)
    return listener
