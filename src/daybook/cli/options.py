"""Options and arguments that several commands have, and how their values are read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from daybook.accounts.marketplaces import marketplace_id

SellerId = Annotated[str, typer.Option("--seller", metavar="ID", help="The selling partner.")]
MaybeSellerId = Annotated[str | None, typer.Option("--seller", metavar="ID", help="For this selling partner alone.")]
Marketplaces = Annotated[
    list[str] | None,
    typer.Option("--marketplace", metavar="COUNTRY", help="US, DE ..., or a marketplace id; may be repeated."),
]
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


def marketplace_ids(names: Sequence[str]) -> tuple[str, ...]:
    """Marketplace ids for countries or ids, each by itself or joined with commas. Raises InvalidInput."""
    return tuple(dict.fromkeys(marketplace_id(name.strip()) for text in names for name in text.split(",")))


def report_options(pairs: Sequence[str] | None) -> dict[str, str]:
    """Report options by name."""
    options: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--option")
        options[name] = value
    return options
