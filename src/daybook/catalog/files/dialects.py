"""Which format a file has, told from its name and its first line."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.texts import delimiter_of


class Format(StrEnum):
    """The formats that catalogs are read from."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    SHOPIFY = "shopify"


class Dialect(NamedTuple):
    """A format, and what stands between its cells."""

    format: Format
    delimiter: str


def dialect_of(name: str, first_line: str, asked: Format | None) -> Dialect:
    """The dialect of a file, from the format that was asked for, its first line and its name, in this order.

    CSV may have a comma, a semicolon, a tab or a bar between its cells. Raises InvalidInput for a JSON array.
    """
    begin = first_line.lstrip()
    if asked is None and begin.startswith("["):
        raise InvalidInput("The file is a JSON array.", "NDJSON has one object on each line: jq -c '.[]' writes it.")
    if asked is Format.NDJSON or (asked is None and begin.startswith("{")):
        return Dialect(Format.NDJSON, "")
    delimiter = "\t" if asked is Format.TSV else delimiter_of(name, first_line)
    if asked:
        return Dialect(asked, delimiter)
    if is_shopify(first_line.rstrip("\r\n").replace('"', "").split(delimiter)):
        return Dialect(Format.SHOPIFY, delimiter)
    return Dialect(Format.TSV if delimiter == "\t" else Format.CSV, delimiter)


def is_shopify(header: Iterable[str]) -> bool:
    """Whether these are the columns of Shopify's product export."""
    return {"Handle", "Title", "Variant Price"} <= set(header)
