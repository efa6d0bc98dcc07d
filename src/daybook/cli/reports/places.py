"""Where reports are asked for: the data folder of this machine, or an endpoint. The commands know no difference.

What is told of a report has one shape, that of daybook.reports.as_json; what a place cannot know is None.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import typer

from daybook.cli.call import Call
from daybook.cli.environment import profiles_file
from daybook.cli.options import value_of
from daybook.cli.profiles.book import Profile, ProfileBook
from daybook.cli.profiles.servers import server_at
from daybook.kernel.errors import InvalidInput

Told = dict[str, Any]
STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Where:
    """What the command line says of the place."""

    seller: str | None
    endpoint: str | None
    profile: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; no marketplaces mean all that the place knows the seller to sell on."""

    report_type: str
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Sight:
    """How it is with a report that is waited for. `status` is empty while the place does not know it; seconds."""

    report_id: str
    status: str
    waited: float
    p50: float | None = None
    p95: float | None = None
    sentence: str = ""


class Written(NamedTuple):
    """What is in a file now: its bytes, and the SHA-256 of the document as it is stored, where that is known."""

    file: str
    size: int
    sha256: str | None


class Place(Protocol):
    """A seller's reports. Each method raises NotFound for a report that the seller does not have."""

    @property
    def words(self) -> str:
        """The options that name the place and the seller on the command line."""

    def request(self, asked: Asked) -> Told:
        """Asks for a report. Of a range that is split, the first, with all of them in `parts`."""

    def newest(self, report_types: Sequence[str], statuses: Sequence[str], limit: int) -> list[Told]:
        """The newest reports."""

    def show(self, report_id: str) -> Told:
        """A report, whole: with what it waits for, its document and its history."""

    def wait(self, report_id: str, seconds: float, tell: Callable[[Sight], None]) -> Told:
        """The report once it has ended, or as it is when the time is over; with `explanation`, where it is FATAL."""

    def cancel(self, report_id: str) -> Told:
        """Cancels a report that is in the queue."""

    def download(self, report_id: str, output: Path, *, raw: bool) -> Written:
        """Writes its document, or, after a wait, those of all its parts joined; `-` is standard output."""

    def support_pack(self, report_id: str) -> bytes:
        """A zip of all that is known of it."""


def require_free(output: Path | None, *, force: bool) -> None:
    """Raises InvalidInput where the file is there already, and nobody said that it may go."""
    if output is None or str(output) == STANDARD_OUTPUT or not output.exists():
        return
    if not output.is_file():
        raise InvalidInput(f"{output} is no plain file.", "Name a file, or - for standard output.")
    if not force:
        raise InvalidInput(f"The file {output} is there already.", "--force writes over it.")


@contextmanager
def place_of(call: Call, where: Where) -> Iterator[Place]:
    """The place that the command line names. Raises typer.BadParameter, Misconfigured, NotFound."""
    if where.profile is None and where.endpoint is None:
        if where.seller is None:
            raise typer.BadParameter("Say whose reports: --seller ID, or --profile NAME.", param_hint="--seller")
        from daybook.cli.reports.data_folder import DataFolder  # noqa: PLC0415  help and mistakes are answered without

        with call.open() as app:
            yield DataFolder(call, app, where.seller)
        return
    if call.data is not None:
        raise typer.BadParameter("A data folder and an endpoint are two places: name one.", param_hint="--data")
    from daybook.cli.reports.endpoints import opened  # noqa: PLC0415  the same

    with opened(call, profile_of(where), where.profile) as endpoint:
        yield endpoint


def profile_of(where: Where) -> Profile:
    """The profile, with what the command line says in its place."""
    book = ProfileBook(profiles_file())
    named = book.find(where.profile) if where.profile else Profile()
    endpoint = where.endpoint or named.endpoint
    with value_of("--endpoint"):
        server_at(endpoint)
    fields = {field: getattr(named, field) for field in Profile.__struct_fields__}
    return Profile(**{**fields, "endpoint": endpoint, "seller": where.seller or named.seller})
