"""The whole of the command line, and how a command's end becomes an exit code."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version

import typer
from typer.exceptions import TyperException

from daybook.cli import (
    accounts,
    apps,
    backup,
    batches,
    catalog,
    deliveries,
    demo,
    destinations,
    doctor,
    errors,
    followed,
    inbound,
    keys,
    listen,
    migrate,
    profiles,
    reports,
    retention,
    sandbox,
    schedules,
    serve,
    subscriptions,
)
from daybook.cli.commands import Config, Data, Given, Json
from daybook.cli.environment import DEBUG
from daybook.cli.exits import ExitCode
from daybook.cli.logs import configure_log
from daybook.cli.screen import Screen
from daybook.kernel.errors import DaybookError, InvalidInput, Unavailable
from daybook.kernel.masking import redacted

program = typer.Typer(
    name="daybook",
    help="A server of the Amazon Reports API v2021-06-30, and what its operator does.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group, name in (
    (accounts.group, "accounts"),
    (apps.group, "apps"),
    (batches.group, "batches"),
    (catalog.group, "catalog"),
    (keys.group, "keys"),
    (profiles.group, "profiles"),
    (reports.group, "reports"),
    (schedules.group, "schedules"),
    (destinations.group, "destinations"),
    (subscriptions.group, "subscriptions"),
    (deliveries.group, "deliveries"),
    (inbound.group, "inbound"),
    (followed.group, "followed"),
):
    program.add_typer(group, name=name)
for module in (demo, serve, migrate, doctor, backup, retention, sandbox, listen, errors):
    module.add_to(program)


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
