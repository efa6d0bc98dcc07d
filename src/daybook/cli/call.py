"""One run of a command: the settings it was given, the screen it speaks on, and Daybook opened for it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daybook.cli.environment import variables
from daybook.cli.screen import Screen
from daybook.config import Settings, read_settings
from daybook.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from daybook.app import App


@dataclass(frozen=True, slots=True)
class Call:
    """What every command is given."""

    data: Path | None
    config: Path | None
    screen: Screen

    def settings(self, **given: Any) -> Settings:
        """The settings, with those of the command line over all others. Raises Misconfigured."""
        return read_settings(variables(), self.config, data=self.data, **given)

    @contextmanager
    def open(self, settings: Settings | None = None, *, create: bool = False) -> Iterator["App"]:
        """Daybook, open. With `create` a folder that is still empty gets a database; otherwise it is Misconfigured."""
        from daybook.app import open_app  # noqa: PLC0415  help and mistakes are answered without it

        settings = settings or self.settings()
        schema = "require"
        if is_unborn(settings):
            if not create:
                raise no_database(settings)
            schema = "migrate"
        with open_app(settings, schema=schema) as app:
            yield app


def is_unborn(settings: Settings) -> bool:
    """Whether the database is a SQLite file that is not there yet."""
    return settings.embedded and not Path(settings.database.removeprefix("sqlite:///")).exists()


def no_database(settings: Settings) -> Misconfigured:
    """The error that there is nothing here yet."""
    return Misconfigured(
        f"There is no Daybook in {settings.data.absolute()} yet.",
        "`daybook serve` makes one; --data DIR or DAYBOOK_DATA names another folder.",
    )


def worker_name() -> str:
    """What this process calls itself where it holds lanes."""
    return f"{socket.gethostname()}-{os.getpid()}"
