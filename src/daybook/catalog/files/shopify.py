"""Shopify's product export: several rows for one product, made one row for each variant.

A product's first row has its title, body, vendor and first image; the rows below it, with the same handle, have
further variants, or nothing but further images. (help.shopify.com, "Using CSV files to import and export products".)
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Sequence

from daybook.catalog.drafts import Fault
from daybook.catalog.items import SKU_LENGTH
from daybook.kernel.files.tables import Row

MADE = (
    "sku",
    "item-name",
    "item-description",
    "price",
    "quantity",
    "product-id",
    "product-id-type",
    "image-url",
    "status",
    "brand",
    "category",
)
"""The columns that are made here, before those of the file itself."""

_PRODUCT = ("Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Status", "Image Src")
"""Columns that only a product's first row fills in, and its further rows inherit."""

_OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")
_ONLY_VARIANT = "Default Title"
_IDENTIFIER_TYPES = {12: "3", 13: "4"}
"""Amazon's codes of a UPC and an EAN, by the number of digits."""

_HASH_LENGTH = 8
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr|/ul|/ol)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[!/a-zA-Z][^<>]*>")
_BLANKS = re.compile(r"[^\S\n]*\n\s*")


class Variants:
    """The variants in the rows of a Shopify export, each with all that its product's first row says.

    A variant without a SKU gets one that is made from its product's handle and its option values, the same at every
    export; a fault that does not refuse the row says so.
    """

    def __init__(self, header: Sequence[str], rows: Iterable[Row | Fault]) -> None:
        self.header = [*MADE, *header]
        self._names = list(header)
        self._places = {name: place for place, name in reversed(list(enumerate(header)))}
        self._rows = rows

    def __iter__(self) -> Iterator[Row | Fault]:
        product: dict[str, str] = {}
        for row in self._rows:
            if isinstance(row, Fault):
                yield row
                continue
            number, cells = row
            variant = self._named(cells)
            handle = variant.get("Handle", "").strip()
            if handle != product.get("Handle", "").strip():
                product = variant
            if not handle:
                yield Fault(number, "there is no handle, so no product.", "Handle")
            elif _is_variant(variant):
                yield from self._made(number, _inherited(product, variant))

    def _named(self, cells: Sequence[str]) -> dict[str, str]:
        return {name: cells[place] for name, place in self._places.items()}

    def _made(self, number: int, variant: dict[str, str]) -> Iterator[Row | Fault]:
        sku = _typed(variant.get("Variant SKU", ""))
        options = _options(variant)
        if not sku:
            sku = derived_sku(variant["Handle"].strip(), options)
            problem = "there is no SKU; this one was made from the handle and the options."
            yield Fault(number, problem, "Variant SKU", sku, refused=False)
        barcode = _typed(variant.get("Variant Barcode", ""))
        made = [
            sku,
            " - ".join([variant["Title"].strip(), " / ".join(options)] if options else [variant["Title"].strip()]),
            plain_text(variant.get("Body (HTML)", "")),
            variant.get("Variant Price", ""),
            variant.get("Variant Inventory Qty", ""),
            barcode,
            _IDENTIFIER_TYPES.get(len(barcode), "") if barcode.isdecimal() else "",
            variant.get("Variant Image", "") or variant.get("Image Src", ""),
            _status(variant),
            variant.get("Vendor", ""),
            variant.get("Product Category", "") or variant.get("Type", ""),
        ]
        yield number, [*made, *(variant[name] for name in self._names)]


def derived_sku(handle: str, options: Sequence[str]) -> str:
    """A SKU from a handle and option values, such as "clay-plant-pot-Large"; a long one is cut and ends in a hash."""
    whole = "-".join("-".join(part.split()) for part in (handle, *options))
    if len(whole) <= SKU_LENGTH:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{whole[: SKU_LENGTH - _HASH_LENGTH - 1]}-{digest}"


def plain_text(body: str) -> str:
    """HTML as text: no tags, line ends where blocks end, entities as the characters that they name."""
    if "<" not in body and "&" not in body:
        return body
    return _BLANKS.sub("\n", html.unescape(_TAGS.sub("", _BREAKS.sub("\n", body)))).strip()


def _is_variant(row: dict[str, str]) -> bool:
    return any(row.get(name, "").strip() for name in ("Option1 Value", "Variant SKU", "Variant Price"))


def _inherited(product: dict[str, str], variant: dict[str, str]) -> dict[str, str]:
    return variant | {name: product[name] for name in _PRODUCT if name in product}


def _options(variant: dict[str, str]) -> list[str]:
    values = (variant.get(name, "").strip() for name in _OPTIONS)
    return [value for value in values if value and value != _ONLY_VARIANT]


def _typed(code: str) -> str:
    """A SKU or barcode without the apostrophe that marks it as text, so that spreadsheets keep its zeros."""
    return code.strip().removeprefix("'")


def _status(variant: dict[str, str]) -> str:
    if variant.get("Published", "").strip().lower() == "false":
        return "inactive"
    return variant.get("Status", "")
