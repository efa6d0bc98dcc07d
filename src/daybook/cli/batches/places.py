"""Where batches are: the data folder of this machine, or a Daybook at an endpoint. The commands know no difference.

What is told has one shape, that of daybook.operations.as_json.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import typer

from daybook.cli.call import Call
from daybook.cli.reports.places import Where, profile_of
from daybook.operations.files.reading import Format
from daybook.operations.guards import Guard
from daybook.operations.report import ReportFormat

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, and what becomes of it."""

    file: Path
    kind: str
    marketplace_id: str
    format: Format | None
    encoding: str
    decimal: str
    key: str | None
    start: datetime | None
    dry_run: bool


class Place(Protocol):
    """A seller's batches. Each method raises NotFound for a batch that the seller does not have."""

    @property
    def words(self) -> str:
        """The options that name the place and the seller on the command line."""

    def submit(self, reading: Reading) -> Told:
        """Submits the file, or tries it out. Raises InvalidInput, Conflict."""

    def newest(self, statuses: Sequence[str], limit: int) -> list[Told]:
        """The newest batches."""

    def show(self, batch_id: str) -> Told:
        """A batch, with its `outlook`."""

    def working(self) -> AbstractContextManager[None]:
        """Where nobody else does the work, it is done while the block lasts."""

    def steer(
        self, batch_id: str, action: str, *, force: bool = False, dry_run: bool = False, key: str | None = None
    ) -> Told:
        """Does one of approve, cancel, retry, undo, rebuild, pause, resume: `moved`, `left`, or the `batch` it made."""

    def guards(self) -> list[Told]:
        """The price guards."""

    def put_guard(self, guard: Guard) -> list[Told]:
        """Sets one; all there are."""

    def remove_guard(self, currency: str) -> list[Told]:
        """Takes one away; those that are left."""

    def stop(self) -> bool:
        """Stops all sending; whether it was not stopped before."""

    def go(self) -> bool:
        """Lets sending go on; whether it was stopped."""

    def report(self, batch_id: str, kind: ReportFormat, zone: str, *, failed: bool) -> Iterator[bytes]:
        """The operation report, as text."""

    def support_pack(self, batch_id: str) -> bytes:
        """A zip of all that is known of it."""


@contextmanager
def place_of(call: Call, where: Where) -> Iterator[Place]:
    """The place that the command line names. Raises typer.BadParameter, Misconfigured, NotFound."""
    if where.profile is None and where.endpoint is None:
        if where.seller is None:
            raise typer.BadParameter("Say whose batches: --seller ID, or --profile NAME.", param_hint="--seller")
        from daybook.cli.batches.data_folder import DataFolder  # noqa: PLC0415  help and mistakes are answered without

        with call.open() as app:
            yield DataFolder(call, app, where.seller)
        return
    if call.data is not None:
        raise typer.BadParameter("A data folder and an endpoint are two places: name one.", param_hint="--data")
    from daybook.cli.batches.endpoints import opened  # noqa: PLC0415  the same

    with opened(call, profile_of(where), where.profile) as endpoint:
        yield endpoint
