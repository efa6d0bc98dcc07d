"""`daybook demo`: the whole of it, on an empty machine, in a minute."""

from typing import Annotated

import typer

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.serve import ending_when_told


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(demo)


def demo(
    call: Call,
    once: Annotated[bool, typer.Option("--once", help="End after the story, instead of serving on.")] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS, with a throw-away certificate.")] = False,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Play the whole story on an empty machine: a catalog, reports, a schedule, a batch, over HTTP; then serve on.

    Everything is kept in a folder that goes with the demo, or in --data DIR. Other settings are not looked at.
    """
    from daybook.cli.demo.playing import play  # noqa: PLC0415  help and mistakes are answered without it

    with ending_when_told():
        play(call, once=once, tls=tls, port=port)
