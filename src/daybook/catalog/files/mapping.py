"""Which column of a file goes where: `--map TARGET=COLUMN`, and what is understood without it.

A target is a column of Amazon's listing reports (developer-docs.amazon.com/sp-api, "Inventory reports attributes"), or
one of three that they lack: currency, brand, category.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.tables import plain_name

_SHOWN_COLUMNS = 40


class _Column(NamedTuple):
    targets: tuple[str, ...]
    also: tuple[str, ...] = ()


COLUMNS = (
    _Column(("sku", "seller-sku"), ("item-sku", "merchant-sku")),
    _Column(("item-name",), ("title", "name", "product-name")),
    _Column(("item-description",), ("description", "product-description")),
    _Column(("price",), ("standard-price", "your-price")),
    _Column(("currency",), ("currency-code",)),
    _Column(("quantity",), ("qty", "stock")),
    _Column(("listing-id",)),
    _Column(("product-id",), ("barcode", "gtin", "ean", "upc")),
    _Column(("product-id-type",)),
    _Column(("asin1", "asin")),
    _Column(("item-condition",), ("condition", "condition-type")),
    _Column(("image-url",), ("image", "image-link", "main-image-url")),
    _Column(("fulfillment-channel",), ("fulfilment-channel",)),
    _Column(("merchant-shipping-group",), ("shipping-group",)),
    _Column(("status",)),
    _Column(("brand",), ("brand-name", "vendor")),
    _Column(("category",), ("category-path", "product-type")),
    _Column(("open-date",)),
)
"""The cells that a draft is made from, in order: the targets' names, and other names understood in a header."""

TARGETS = tuple(target for column in COLUMNS for target in column.targets)

Pick = Callable[[list[str]], tuple[str, ...]]
"""Takes the mapped cells, in the order of COLUMNS, from a row to which one "" was appended."""


def parse_mapping(options: Iterable[str]) -> dict[str, str]:
    """Source columns by target, from options such as "item-name=Product title".

    Raises InvalidInput for an option without "=", an unknown target, and a target that is named twice.
    """
    mapping: dict[str, str] = {}
    for option in options:
        target, equals, source = option.partition("=")
        if not (equals and source.strip()):
            raise InvalidInput(f"--map {option} is not TARGET=COLUMN.", "For example: --map sku=id")
        target = _canonical(target)
        if target in mapping:
            raise InvalidInput(f"--map names {target} twice: {mapping[target]} and {source.strip()}.")
        mapping[target] = source.strip()
    return mapping


def picker(mapping: Mapping[str, str], header: Sequence[str], *, complete: bool = True) -> Pick:
    """Takes from a row of this header what `mapping` says, and else what the header's own names say.

    When `complete`, raises InvalidInput for a target or source column that is not there, and for a missing SKU column.
    """
    chosen = {_canonical(target): source for target, source in mapping.items()}
    places = [_place(column, chosen.get(column.targets[0]), header, complete) for column in COLUMNS]
    if complete and places[0] < 0:
        raise InvalidInput("The file has no column for the SKU.", f"{_found(header)} Say which: --map sku=COLUMN")
    return itemgetter(*places)


def _canonical(target: str) -> str:
    plain = plain_name(target)
    for column in COLUMNS:
        if plain in column.targets:
            return column.targets[0]
    known = ", ".join(TARGETS)
    raise InvalidInput(f"--map has no target {target.strip()!r}.", f"{_nearest(plain, TARGETS)}Known: {known}.")


def _place(column: _Column, source: str | None, header: Sequence[str], complete: bool) -> int:
    if source is not None:
        return _source_place(source, header, complete)
    plain = [plain_name(name) for name in header]
    return next((plain.index(name) for name in (*column.targets, *column.also) if name in plain), -1)


def _source_place(source: str, header: Sequence[str], complete: bool) -> int:
    if source in header:
        return header.index(source)
    plain = [plain_name(name) for name in header]
    if plain_name(source) in plain:
        return plain.index(plain_name(source))
    if complete:
        nearest = _nearest(source, header)
        raise InvalidInput(f"The file has no column {source!r}, which --map names.", f"{nearest}{_found(header)}")
    return -1


def _nearest(name: str, names: Iterable[str]) -> str:
    known = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"Did you mean {known[near[0]]}? " if near else ""


def _found(header: Sequence[str]) -> str:
    more = f" and {len(header) - _SHOWN_COLUMNS} more" if len(header) > _SHOWN_COLUMNS else ""
    return f"Columns found: {', '.join(header[:_SHOWN_COLUMNS])}{more}."
