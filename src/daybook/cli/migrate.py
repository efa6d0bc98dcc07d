"""`daybook migrate`: the database's schema, brought to what this Daybook needs."""

import typer

from daybook.cli.call import Call
from daybook.cli.commands import command


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(migrate)


def migrate(call: Call) -> None:
    """Bring the database's schema to the present; running it again changes nothing."""
    from daybook.app import open_app  # noqa: PLC0415  help and mistakes are answered without it
    from daybook.store.opening import migrate as bring  # noqa: PLC0415

    with open_app(call.settings(), schema="any") as app:
        before, after = bring(app.store)
    sentence = f"The schema is at revision {after}" + (
        " already." if before == after else f", from {before or 'none'}."
    )
    call.screen.answer({"from": before, "to": after}, sentence)
