"""`daybook errors`: what a code in Last Error means, and what to do about it."""

from typing import Annotated

import typer
from msgspec import to_builtins

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.screen import facts, listing
from daybook.kernel.errors import NotFound
from daybook.operations.error_codes import ErrorCode, error_codes, find_code, search_codes

_HELP = {"yes": "yes: the same record may succeed later", "no": "no: the same record fails again"}


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(errors)


def errors(
    call: Call,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="CODE", help="A code, or words that its entry holds.")
    ] = None,
) -> None:
    """Tell what an error code means, who can fix it, whether a retry helps, and what to do.

    A code is told in full; words list the codes whose entries hold all of them; nothing lists every code.
    """
    if words and len(words) == 1 and _is_code(words[0]):
        entry = find_code(words[0])
        call.screen.answer(to_builtins(entry), facts(_facts(entry)))
        return
    found = search_codes(words or ())
    if not found:
        if len(words or ()) == 1:
            find_code((words or ("",))[0])
        raise NotFound(f"No error code has {' '.join(words or ())!r} in its entry.", "`daybook errors` lists all.")
    rows = [(entry.code, entry.fixer, entry.retry, entry.meaning) for entry in found]
    call.screen.answer(to_builtins(found), listing(("CODE", "WHO CAN FIX IT", "RETRY HELPS", "MEANING"), rows))


def _is_code(word: str) -> bool:
    return word.lower() in {code.lower() for code in error_codes()}


def _facts(entry: ErrorCode) -> list[tuple[str, object]]:
    return [
        ("Code", entry.code),
        ("Meaning", entry.meaning),
        ("Who can fix it", entry.fixer),
        ("A retry helps", _HELP[entry.retry]),
        ("What to do", entry.advice),
        ("Said by", entry.source),
        ("Told", entry.told),
        ("How well known", entry.known),
    ]
