"""`daybook sandbox`: a marketplace to practise on."""

import logging
from pathlib import Path
from typing import Annotated

import structlog
import typer

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.logs import configure_log
from daybook.cli.serve import ending_when_told
from daybook.kernel.errors import Unavailable
from daybook.sandbox.settings import SandboxSettings

log = structlog.get_logger()


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(sandbox)


def sandbox(
    call: Call,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 8001,
    record: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Where every request and its answer is written down.")
    ] = None,
    sync: Annotated[bool, typer.Option("--sync", help="Have each line on the disk before its answer leaves.")] = False,
    scenarios: Annotated[Path | None, typer.Option(metavar="FILE", help="What shall happen, in TOML.")] = None,
    usage_plan_times: Annotated[float, typer.Option(help="So many times Amazon's usage plans.", min=0.001)] = 1.0,
    client_secret: Annotated[
        str, typer.Option(metavar="SECRET", help="The only client secret that is good; without it any is.")
    ] = "",
    speed: Annotated[float, typer.Option(help="Run the clock so many times as fast.", min=1, max=3600)] = 1.0,
) -> None:
    """Serve a marketplace to practise on, on this machine, until Ctrl-C: Amazon's Listings Items API, and its tokens.

    `Atzr|SELLER` is the refresh token of the seller SELLER, for any client id. With --log, items outlive a restart.
    """
    from daybook.practising import serving_sandbox  # noqa: PLC0415  help and mistakes are answered without it

    settings = SandboxSettings(port, record, sync, scenarios, usage_plan_times, client_secret, speed)
    configure_log(logging.INFO)
    with ending_when_told(), serving_sandbox(settings) as server:
        log.info("a marketplace to practise on", url=server.url, log=str(record) if record else None)
        if call.screen.json:
            call.screen.write_json({"url": server.url, "port": server.port})
        server.wait()
        raise Unavailable("The sandbox has ended by itself.", "The log above says why.")
