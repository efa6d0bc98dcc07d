"""`daybook backup` and `daybook restore`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from daybook.cli.backup.archive import Manifest
from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.exits import ExitCode
from daybook.cli.screen import listing

Archive = Annotated[Path, typer.Argument(metavar="FILE", help="The archive.")]


def add_to(program: typer.Typer) -> None:
    """Adds the commands."""
    command(program)(backup)
    command(program)(restore)


def backup(call: Call, file: Archive) -> None:
    """Write the database and the documents into one archive, while everything runs on.

    The key file is not in it: keep a copy of that elsewhere. Access tokens are left out. The exit code is 1 where a
    document's object was lost before; all others are in the archive then.
    """
    from daybook.cli.backup import saving  # noqa: PLC0415  help and mistakes are answered without it

    with call.open() as app:
        manifest = saving.save(app, file, call.screen)
        keys = app.settings.keys
    content = {"file": str(file), "size": file.stat().st_size, "manifest": manifest}
    call.screen.answer(content, f"{file} holds:", *_counts(manifest))
    call.screen.remark(f"The key file {keys} is not in it: keep a copy of that in another place.")
    if manifest.harmed:
        call.screen.show("", "Documents whose objects are lost or damaged, and are not in it:")
        call.screen.show(
            *(f"  {one.document_id} of seller {one.seller_id}: {one.condition}" for one in manifest.harmed)
        )
        raise typer.Exit(ExitCode.FAILED)


def restore(call: Call, file: Archive) -> None:
    """Fill an empty database and document store from an archive, of either kind of database.

    All of it is checked against its SHA-256 and committed at the end, or nothing is. Every lane is due then; access
    tokens are asked for anew.
    """
    from daybook.app import only_worker, open_app  # noqa: PLC0415  help and mistakes are answered without it
    from daybook.cli.backup import restoring  # noqa: PLC0415  so is this
    from daybook.store.opening import migrate, require_present, revision  # noqa: PLC0415  and this

    settings = call.settings()
    with open_app(settings, schema="any") as app, only_worker(settings):
        if revision(app.store) is None:
            migrate(app.store)
        require_present(app.store)
        manifest = restoring.restore(app, file, call.screen)
    content = {"file": str(file), "manifest": manifest}
    call.screen.answer(content, f"Restored from {file}:", *_counts(manifest))
    call.screen.remark(
        f"The archive holds no key file: put the one of then at {settings.keys} before anything is served. "
        "Without it sealed secrets are lost; links and page tokens end."
    )


def _counts(manifest: Manifest) -> tuple[RenderableType, ...]:
    rows = [(name, total.rows) for name, total in manifest.tables.items()]
    objects = manifest.objects
    table = listing(("TABLE", "ROWS"), rows, right=("ROWS",))
    return table, f"and {objects.count:,} documents of {objects.bytes:,} bytes."
