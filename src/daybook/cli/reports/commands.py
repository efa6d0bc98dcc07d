"""How a function becomes a command about a seller's reports, with the options that say where they are."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.reports.places import Where

P = ParamSpec("P")
Placed = Callable[Concatenate[Call, Where, P], None]

Seller = Annotated[
    str | None, typer.Option("--seller", metavar="ID", help="The selling partner; a profile names its own.")
]
Endpoint = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Ask there, not in the data folder: a Daybook's URL; or na, eu, fe, na-sandbox ..."
    ),
]
ProfileName = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="Ask for this seller, there: see `daybook profiles`.")
]


def placed(group: typer.Typer, name: str | None = None) -> Callable[[Placed[P]], Placed[P]]:
    """Makes the function a command of the group."""

    def register(function: Placed[P]) -> Placed[P]:
        command(group, name)(_with_a_place(function))
        return function

    return register


def _with_a_place(function: Placed[P]) -> Callable[..., None]:
    @wraps(function)
    def run(call: Call, **arguments: Any) -> None:
        where = Where(*(arguments.pop(one) for one in ("seller", "endpoint", "profile")))
        function(call, where, **arguments)  # type: ignore[call-arg]

    call, _, *own = inspect.signature(function).parameters.values()
    options = {"seller": Seller, "endpoint": Endpoint, "profile": ProfileName}
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in options.items()]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [call, *(one.replace(kind=keyword) for one in own), *shared]
    )
    return run
