"""The whole of the command line, and how a command's end becomes an exit code."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any, cast

import typer
from typer.exceptions import TyperException

from daybook.cli.commands import Config, Data, Given, Group, Json
from daybook.cli.environment import DEBUG
from daybook.cli.exits import ExitCode
from daybook.cli.logs import configure_log
from daybook.cli.screen import Screen
from daybook.kernel.errors import DaybookError, InvalidInput, Unavailable
from daybook.kernel.masking import redacted

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "worker": "serve",
    "migrate": "migrate",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
    "retention": "retention",
    "sandbox": "sandbox",
    "listen": "listen",
    "errors": "errors",
    "accounts": "accounts",
    "apps": "apps",
    "batches": "batches",
    "catalog": "catalog",
    "keys": "keys",
    "profiles": "profiles",
    "reports": "reports",
    "schedules": "schedules",
    "destinations": "destinations",
    "subscriptions": "subscriptions",
    "deliveries": "deliveries",
    "inbound": "inbound",
    "followed": "followed",
}
"""Each command or noun, and the module beside this one that has it."""


class _Commands(Mapping[str, Any]):
    """Made when they are asked for: what is typed needs one of them, and to import all takes most of a second."""

    def __getitem__(self, name: str) -> Any:
        module = import_module(f"daybook.cli.{COMMANDS[name]}")
        alone = typer.Typer()
        if hasattr(module, "group"):
            alone.add_typer(module.group, name=name)
        else:
            module.add_to(alone)
        return typer.main.get_group(alone).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Program(Group):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(Any, _Commands())  # nothing adds to them

    def invoke(self, ctx: Any) -> Any:
        """As Typer does, but what is wrong with a value is told without the name of Python's error for it."""
        try:
            return super().invoke(ctx)
        except TyperException as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


program = typer.Typer(
    name="daybook",
    help="A server of the Amazon Reports API v2021-06-30, and what its operator does.",
    cls=_Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"daybook {version('daybook')}\n")
        raise typer.Exit


@program.callback()
def _every(
    context: typer.Context,
    data: Data = None,
    config: Config = None,
    json: Json = False,
    show_version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say which it is."),
) -> None:
    del show_version
    context.obj = Given(data, config, json)


def run(arguments: Sequence[str]) -> int:
    """Runs the command that the arguments say; answers its exit code."""
    configure_log(logging.WARNING)
    screen = Screen(json="--json" in arguments)
    try:
        return _run(arguments, json=screen.json)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except TyperException as error:
        screen.fault(_misused(error))
        return ExitCode.USAGE
    except DaybookError as error:
        screen.fault(error)
        return ExitCode.FAILED
    except (UnicodeEncodeError, OSError) as error:
        screen.fault(_beyond_us(error))
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001  the last place that can say it well
        _apologise(error)
        return ExitCode.BROKEN


def _run(arguments: Sequence[str], *, json: bool) -> int:
    """Typer draws what is wrong with a command line; programs are told it in JSON, and so by us."""
    ended = typer.main.get_command(program).main(list(arguments), prog_name="daybook", standalone_mode=not json)
    return ended if isinstance(ended, int) else ExitCode.OK


def _misused(error: TyperException) -> InvalidInput:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "daybook"
    return InvalidInput(error.format_message(), f"`{command} --help` says how it is used.")


def _beyond_us(error: UnicodeEncodeError | OSError) -> DaybookError:
    """What the machine says no to: bytes that are no text, a disk that is full, a file that breaks off."""
    _show_the_whole(error)
    if isinstance(error, UnicodeEncodeError):
        return InvalidInput(f"{error.object!r} is not UTF-8.", "Neither a name nor an id can hold such bytes.")
    return Unavailable(f"{error.strerror or error}.", str(error.filename or "A file could not be read or written."))


def _show_the_whole(error: Exception) -> None:
    """Where it was asked for."""
    if os.environ.get(DEBUG):
        sys.stderr.write(redacted("".join(traceback.format_exception(error))))


def _apologise(error: Exception) -> None:
    """A fault of ours, in one line."""
    _show_the_whole(error)
    what = redacted(f"{type(error).__name__}: {error}".partition("\n")[0])
    sys.stderr.write(f"Daybook failed in a way that it should not, and is sorry. {what}\n")
    if not os.environ.get(DEBUG):
        sys.stderr.write(f"Run it again with {DEBUG}=1 to see where, and report that.\n")
