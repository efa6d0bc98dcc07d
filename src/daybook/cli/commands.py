"""How a function becomes a command: it is given a Call, and has the options that every command has."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from daybook.cli.call import Call
from daybook.cli.environment import config_file
from daybook.cli.screen import Screen

P = ParamSpec("P")
Command = Callable[Concatenate[Call, P], None]

_PANEL = "Options of every command"
_KINDS = {int: "NUMBER", float: "NUMBER", str: "TEXT", list[str]: "TEXT"}

Data = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="The folder where Daybook keeps what it keeps; DAYBOOK_DATA.", rich_help_panel=_PANEL
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings from a TOML file; DAYBOOK_CONFIG.", rich_help_panel=_PANEL),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.", rich_help_panel=_PANEL)]


@dataclass(frozen=True, slots=True)
class Given:
    """The options that stood before the command."""

    data: Path | None
    config: Path | None
    json: bool


def noun(about: str) -> typer.Typer:
    """A group of commands about one thing."""
    return typer.Typer(help=about, no_args_is_help=True, cls=_Noun)


def value_word(parameter: Any) -> str:
    """What stands for a parameter's value where it is explained: no word of Python's, and nothing behind a flag."""
    if parameter.param_type_name == "argument" or parameter.is_flag:
        return ""
    return str(parameter.metavar or _KINDS.get(parameter.type_descriptor.annotation, "VALUE"))


class _Worded:
    """Has its help explain values as `value_word` does."""

    def get_params(self, ctx: Any) -> list[Any]:
        found: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for one in found:
            one.display_type_rich = partial(_in_help, one)
        return found


def _in_help(parameter: Any, ctx: Any) -> str:
    del ctx
    choices = () if parameter.metavar else parameter.type_descriptor.choices or ()
    return ", ".join(str(one.value) for one in choices) or value_word(parameter)


class Group(_Worded, TyperGroup):
    """A group of commands, or all of them."""


class _Command(_Worded, TyperCommand):
    """One command."""


class _Noun(Group):
    """A group that is called without a command shows its help to people alone."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left. Raises TyperException where there is none, and programs ask."""
        if not args and ctx.find_root().params["json"]:
            raise TyperException(f"No command follows `{ctx.command_path}`.")
        return super().parse_args(ctx, args)


def command(group: typer.Typer, name: str | None = None, **settings: Any) -> Callable[[Command[P]], Command[P]]:
    """Makes the function a command of the group."""

    def register(function: Command[P]) -> Command[P]:
        group.command(name, cls=_Command, **settings)(_with_every_option(function))
        return function

    return register


def _with_every_option(function: Command[P]) -> Callable[..., None]:
    @wraps(function)
    def run(_context: typer.Context, **arguments: Any) -> None:
        given: Given = _context.obj
        call = Call(
            data=arguments.pop("data") or given.data,
            config=arguments.pop("config") or given.config or config_file(),
            screen=Screen(json=arguments.pop("json") or given.json),
        )
        function(call, **arguments)  # type: ignore[call-arg]

    own = list(inspect.signature(function).parameters.values())[1:]
    every = {"data": (Data, None), "config": (Config, None), "json": (Json, False)}
    shared = [_keyword(name, kind, default) for name, (kind, default) in every.items()]
    context = inspect.Parameter("_context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *shared]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _keyword(name: str, kind: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
