"""`daybook catalog`: what sellers sell, read from files."""

from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daybook.accounts.marketplaces import country
from daybook.accounts.sellers import find_seller
from daybook.catalog.files import Format
from daybook.catalog.files.mapping import parse_mapping
from daybook.catalog.items import Item
from daybook.cli import importing
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import Marketplace, SellerId, value_of
from daybook.cli.options import marketplace as marketplace_id
from daybook.cli.screen import facts, iso, listing, when_here
from daybook.kernel.errors import NotFound
from daybook.kernel.files.blocks import known_encoding

if TYPE_CHECKING:
    from daybook.store.transaction import Transaction

group = noun("The items that sellers offer.")


class Mark(StrEnum):
    """The decimal mark of a file's prices."""

    POINT = "."
    COMMA = ","


@command(group, "import")
def import_file(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, NDJSON or Shopify's export; gzip is read too.")
    ],
    *,
    seller: SellerId,
    marketplace: Marketplace,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="TARGET=COLUMN", help="Which column is which; may be repeated.")
    ] = None,
    file_format: Annotated[Format | None, typer.Option("--format", help="Where the file's name does not say.")] = None,
    encoding: Annotated[str, typer.Option(help="The file's text encoding.")] = "utf-8",
    decimal: Annotated[Mark | None, typer.Option(help="The decimal mark of prices.")] = None,
    faults: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every fault to this CSV file.")] = None,
) -> None:
    """Import a catalog file: add its items, and change those that are there already.

    A row that is wrong is named by its line and never loses the others; the exit code is 1 where a row was refused.
    """
    with value_of("--map"):
        columns = parse_mapping(mapping or ())
    with value_of("--encoding"):
        known_encoding(encoding)
    reading = importing.Reading(file, columns, file_format, encoding, decimal or "", faults)
    with call.open(create=True) as app:
        importing.import_file(call, app, reading, seller, marketplace_id(marketplace))


@command(group)
def show(
    call: Call,
    seller: SellerId,
    marketplace: Marketplace,
    sku: Annotated[str | None, typer.Option(help="One item, whole.")] = None,
) -> None:
    """Show how many items a seller has in a marketplace, by status, or one of them."""
    where = marketplace_id(marketplace)
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        if sku is None:
            _show_counts(call, tx, seller, where)
        else:
            _show_item(call, tx, seller, where, sku)


def _show_counts(call: Call, tx: "Transaction", seller_id: str, marketplace_id: str) -> None:
    from daybook.store.overview import items_by_status  # noqa: PLC0415  help and mistakes are answered without it

    counts = items_by_status(tx, seller_id, marketplace_id)
    total = sum(counts.values())
    content = {"sellerId": seller_id, "marketplaceId": marketplace_id, "items": total, "byStatus": counts}
    rows = [*counts.items(), ("all", total)]
    heads = ("STATUS", f"ITEMS IN {country(marketplace_id)}")
    call.screen.answer(content, listing(heads, rows, right=heads[1:]))


def _show_item(call: Call, tx: "Transaction", seller_id: str, marketplace_id: str, sku: str) -> None:
    item = tx.item(seller_id, marketplace_id, sku)
    if item is None:
        raise NotFound(
            f"Seller {seller_id} has no item {sku!r} in {country(marketplace_id)}.", "SKUs are case-sensitive."
        )
    call.screen.answer(_item(item), facts(_facts(item)))


def _item(item: Item) -> dict[str, object]:
    return {_camel(name): iso(value) if isinstance(value, datetime) else value for name, value in _values(item)}


def _facts(item: Item) -> list[tuple[str, object]]:
    return [
        (name.replace("_", " ").capitalize(), when_here(value) if isinstance(value, datetime) else value)
        for name, value in _values(item)
    ]


def _values(item: Item) -> list[tuple[str, object]]:
    return [(field.name, getattr(item, field.name)) for field in fields(item)]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
