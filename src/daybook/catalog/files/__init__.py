"""Reading catalogs from files: CSV, TSV, NDJSON and Shopify's product export, plain or gzip, in constant memory."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files.dialects import Format, dialect_of
from daybook.catalog.files.drafting import drafts_of
from daybook.catalog.files.mapping import picker
from daybook.catalog.files.ndjson import Objects
from daybook.catalog.files.shopify import Variants
from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.limits import Limits
from daybook.kernel.files.tables import Table
from daybook.kernel.files.texts import from_first_text, open_text

__all__ = ["Format", "Limits", "read"]


def read(
    source: Path | BinaryIO,
    mapping: Mapping[str, str] | None = None,
    *,
    name: str = "",
    format: Format | None = None,  # noqa: A002  the word of the field
    encoding: str = "utf-8",
    decimal: str = "",
    limits: Limits | None = None,
) -> Iterator[Draft | Fault]:
    """The items of a catalog file, one after the other, and the faults of its rows.

    `mapping` says which column is which, target by target (see `parse_mapping`); the header's own names do the rest.
    `name` is the file's, where the source is a stream. `format` and `encoding` overrule what the file looks like;
    `decimal` ("." or ",") says how to read prices such as "1.234", of which nobody can tell what they mean.

    Raises InvalidInput, at once or on the way, for a file that cannot be read at all or to its end: no such file,
    damaged gzip, no header, no column for the SKU, a mapping to a column that is not there.
    """
    if decimal not in ("", ".", ","):
        raise InvalidInput(f"--decimal {decimal} is not a decimal mark.", "It is . or ,")
    limits = limits or Limits()
    text = open_text(source, encoding, limits)
    lines, number = from_first_text(iter(text), text.bad)
    first = next(lines)
    lines = chain([first], lines)
    dialect = dialect_of(name or (source.name if isinstance(source, Path) else ""), first, format)
    if dialect.format is Format.NDJSON:
        return drafts_of(Objects(lines, text.bad, mapping or {}, limits, number), tuple, decimal or ".")
    table = Table(lines, text.bad, dialect.delimiter, limits, number)
    rows = Variants(table.header, table) if dialect.format is Format.SHOPIFY else table
    return drafts_of(rows, picker(mapping or {}, rows.header), decimal)
