"""`daybook serve` and `daybook worker`: what runs until it is told to end."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import structlog
import typer

from daybook.cli.call import Call, worker_name
from daybook.cli.commands import command
from daybook.cli.logs import configure_log
from daybook.kernel.errors import Unavailable

log = structlog.get_logger()

Host = Annotated[str | None, typer.Option(help="The address to listen on; 127.0.0.1 unless set.")]
Port = Annotated[int | None, typer.Option(help="The port; 8000 unless set, 0 takes a free one.", min=0, max=65535)]


def add_to(program: typer.Typer) -> None:
    """Adds the commands."""
    command(program)(serve)
    command(program)(worker)


def serve(
    call: Call,
    host: Host = None,
    port: Port = None,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate, in PEM: serve HTTPS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key, in PEM.")] = None,
    scenarios: Annotated[Path | None, typer.Option(metavar="FILE", help="Practice scenarios, in TOML.")] = None,
    speed: Annotated[float | None, typer.Option(help="Run the clock so many times as fast: for practice.")] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="The API alone; workers run elsewhere.")] = False,
) -> None:
    """Serve the Reports API, and do the work, until Ctrl-C.

    A database in a file is brought to the present schema first; one on a server is not: run `daybook migrate`.
    """
    from daybook.app import measured, open_app, serving, working  # noqa: PLC0415  help and mistakes are answered without it

    settings = call.settings(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key, scenarios=scenarios, speed=speed)
    configure_log(logging.INFO)
    with ending_when_told(), ExitStack() as parts:
        app = parts.enter_context(open_app(settings, schema="migrate" if settings.embedded else "require"))
        parts.enter_context(measured(app))
        if not no_worker:
            parts.enter_context(working(app, worker_name()))
        server = parts.enter_context(serving(app))
        log.info("serving", url=server.url, data=str(settings.data.absolute()), worker=not no_worker)
        if call.screen.json:
            call.screen.write_json({"url": server.url, "port": server.port})
        _wait(server.wait)
        raise Unavailable("The API has ended by itself.", "The log above says why.")


def worker(call: Call) -> None:
    """Do the work of an API that runs elsewhere, until Ctrl-C; on PostgreSQL, any number of workers may."""
    from daybook.app import measured, open_app, working  # noqa: PLC0415  help and mistakes are answered without it

    settings = call.settings()
    configure_log(logging.INFO)
    name = worker_name()
    with ending_when_told(), open_app(settings) as app, measured(app), working(app, name):
        if call.screen.json:
            call.screen.write_json({"worker": name})
        _wait(threading.Event().wait)


def _wait(wait: Callable[[], object]) -> None:
    try:
        wait()
    except KeyboardInterrupt:
        log.info("ending: what is being answered or done is finished first")
        raise


@contextmanager
def ending_when_told() -> Iterator[None]:
    """A block that Ctrl-C ends, and so do SIGTERM and a terminal that is closed: that is how it is meant to end."""
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
