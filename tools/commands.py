"""The reference of the command line, drawn from the commands themselves."""

from collections.abc import Iterator
from typing import Any

import typer

from daybook.cli.commands import value_word
from daybook.cli.exits import MEANINGS
from daybook.cli.program import program

Command = Any  # typer keeps the types of its commands to itself

_OF_EVERY_COMMAND = frozenset({"data", "config", "json"})


def reference() -> str:
    """A section for each command: what it does, how it is called, and its options."""
    return "\n".join(line for path, one in commands() for line in _section(path, one))


def exit_codes() -> str:
    """A table of the exit codes."""
    rows = [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows, ""])


def commands() -> Iterator[tuple[str, Command]]:
    """Every command that people may use, with all the words that call it."""
    yield from _below("daybook", typer.main.get_command(program))


def _below(path: str, command: Command) -> Iterator[tuple[str, Command]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, one in command.commands.items():
        yield from _below(f"{path} {name}", one)


def _section(path: str, command: Command) -> Iterator[str]:
    own = [parameter for parameter in command.params if parameter.name not in _OF_EVERY_COMMAND]
    yield f"### `{path}`"
    yield ""
    yield command.help.strip()
    yield ""
    yield "```"
    yield " ".join([path, *(_in_usage(parameter) for parameter in own)])
    yield "```"
    yield ""
    if own:
        yield "| option | what it is |"
        yield "|---|---|"
        yield from (f"| `{_name(parameter)}` | {_about(parameter)} |" for parameter in own)
        yield ""


def _in_usage(parameter: Command) -> str:
    name = _name(parameter)
    if parameter.nargs != 1:
        return f"[{name}]..."
    if parameter.multiple:
        return f"{name} [{name}]..." if parameter.required else f"[{name}]..."
    return name if parameter.required else f"[{name}]"


def _name(parameter: Command) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    option = "/".join([parameter.opts[0], *parameter.secondary_opts[:1]])
    value = str(parameter.name).upper() if parameter.type_descriptor.choices else value_word(parameter)
    return f"{option} {value}".rstrip()


def _about(parameter: Command) -> str:
    parts = [str(parameter.help)]
    if choices := parameter.type_descriptor.choices:
        parts.append(f"One of {', '.join(_code(one) for one in choices)}.")
    if parameter.default not in (None, "", False) and not parameter.required:
        parts.append(f"Default: {_code(parameter.default)}.")
    return " ".join(parts)


def _code(value: object) -> str:
    return f"`{getattr(value, 'value', value)}`"
