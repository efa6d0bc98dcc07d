"""Options and arguments that several commands have, and how their values are read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from daybook.accounts.marketplaces import country, marketplace_id
from daybook.kernel.errors import InvalidInput
from daybook.reports.report_types import ReportTypes

SellerId = Annotated[str, typer.Option("--seller", metavar="ID", help="The selling partner.")]
MaybeSellerId = Annotated[str | None, typer.Option("--seller", metavar="ID", help="For this selling partner alone.")]
_SOME = typer.Option("--marketplace", metavar="COUNTRY", help="US, DE ..., or a marketplace id; may be repeated.")
Marketplaces = Annotated[list[str] | None, _SOME]
SomeMarketplaces = Annotated[list[str], _SOME]
Marketplace = Annotated[str, typer.Option("--marketplace", metavar="COUNTRY", help="US, DE ..., or a marketplace id.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="A report option; may be repeated.")
]
ReportType = Annotated[str, typer.Argument(metavar="TYPE", help="A report type, as `daybook reports types` lists it.")]


def instant(text: str) -> datetime:
    """An ISO 8601 date-time; without an offset, or a date alone, it is UTC. For typer, as a parser."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not an ISO 8601 date or date-time, such as 2026-01-31 or 2026-01-31T08:00:00+01:00."
        raise typer.BadParameter(message) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


Start = Annotated[datetime | None, typer.Option(parser=instant, metavar="TIME", help="Where the report's data begins.")]
End = Annotated[datetime | None, typer.Option(parser=instant, metavar="TIME", help="Where the report's data ends.")]


@contextmanager
def value_of(option: str) -> Iterator[None]:
    """A value that cannot be one is told as a fault of the command line."""
    try:
        yield
    except InvalidInput as error:
        raise typer.BadParameter(error.sentence, param_hint=option) from error


def marketplace(name: str) -> str:
    """The marketplace id for a country or an id."""
    with value_of("--marketplace"):
        return marketplace_id(name)


def marketplace_ids(names: Sequence[str]) -> tuple[str, ...]:
    """Marketplace ids for countries or ids, each by itself or joined with commas."""
    return tuple(dict.fromkeys(marketplace(name.strip()) for text in names for name in text.split(",")))


def first_of(types: ReportTypes, report_type: str, chosen: Sequence[str]) -> list[str]:
    """A warning where all of a seller's marketplaces were chosen for it, and one alone counts for the type."""
    if len(chosen) < 2 or types.find(report_type).marketplace_rule != "first":  # noqa: PLR2004  one is no choice
        return []
    counts, *others = map(country, chosen)
    told = f"it is of {counts} alone, and not of {', '.join(others)}: --marketplace names another"
    return [f"{report_type} is of one marketplace, and none was named; {told}."]


def report_options(pairs: Sequence[str] | None) -> dict[str, str]:
    """Report options by name."""
    options: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--option")
        options[name] = value
    return options
