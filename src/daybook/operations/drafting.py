"""From the rows of a file to drafts of operations: each line is accepted or refused by itself.

A refused line is kept with what stood in it, so that it can be shown, corrected and submitted again.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from daybook.accounts import marketplaces
from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.faults import Fault
from daybook.operations.codes import Code
from daybook.operations.files.objects import Row
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Kind, Refused
from daybook.operations.kinds.registry import all_kinds, find_kind

SKU_LENGTH = 40
"""Characters that Amazon allows in a SKU."""

_OPERATION = ("operation",)
_MARKETPLACE = ("marketplace", "marketplace-id", "country")
_REFERENCE = ("sku", "reference", "seller-sku", "item-sku")
_ATTRIBUTE = "attributes."
_OURS = (
    "batch-id", "line", "seller", "operation-status", "queued-at", "last-attempted", "completed-at", "last-error",
    "error-source", "attempts", "request-id", "earlier-price", "read-at",
)  # fmt: skip
"""Columns of an operation report beside those of the lines themselves: they are passed over, so that a report of what
failed can be corrected and submitted as it is."""
_REMEMBERED_SHAPES = 1_000


class Draft(NamedTuple):
    """One line as it was understood. With a `code` it is refused, and `body` is what stood in it."""

    line: int
    kind: str
    marketplace_id: str
    reference: str
    body: str
    price: str | None = None
    code: Code | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for lines that do not say it, and how prices such as "1.234" are read."""

    kind: str = ""
    marketplace_id: str = ""
    decimal: str = ""


def drafts_of(rows: Iterable[Row | Fault], sold_on: Sequence[str], defaults: Defaults) -> Iterator[Draft]:
    """A draft for each row. `sold_on` are the marketplaces of the seller.

    Raises InvalidInput, at the first row, for a header with unknown columns or without those that are needed.
    """
    if defaults.decimal not in ("", ".", ","):
        raise InvalidInput(f"{defaults.decimal} is not a decimal mark.", "It is . or ,")
    shapes: dict[tuple[str, ...], _Shape] = {}
    for row in rows:
        if isinstance(row, Fault):
            yield Draft(row.row, "", "", "", "{}", None, Code.UNREADABLE_LINE, str(row))
            continue
        line, header, cells = row
        shape = shapes.get(header)
        if shape is None:
            try:
                shape = _Shape(header, sold_on, defaults)
            except InvalidInput as error:
                if not shapes:
                    raise
                yield _misshapen(row, error)
                continue
            if len(shapes) == _REMEMBERED_SHAPES:
                shapes.clear()
            shapes[header] = shape
        yield shape.draft(line, cells)


def _misshapen(row: Row, error: InvalidInput) -> Draft:
    """An object whose members are not those of an operation, among others that are."""
    line, header, cells = row
    body = json.dumps(dict(zip(header, cells, strict=True)), ensure_ascii=False)
    message = f"line {line}: {error.sentence}"
    return Draft(line, "", "", "", body, None, Code.UNEXPECTED_VALUE, message)


class _Shape:
    """What a header says of its rows."""

    def __init__(self, header: Sequence[str], sold_on: Sequence[str], defaults: Defaults) -> None:
        self._header = header
        self._plain = [_plain(name) for name in header]
        self._sold_on = frozenset(sold_on)
        self._defaults = defaults
        self._default_kind = find_kind(defaults.kind) if defaults.kind else None
        self._operation = _place(self._plain, _OPERATION)
        self._marketplace = _place(self._plain, _MARKETPLACE)
        self._reference = _place(self._plain, _REFERENCE)
        self._attributes = [(at, attribute_named(name)) for at, name in enumerate(header) if is_attribute(name)]
        self._readers: dict[str, _Reader] = {}
        self._check()

    def _check(self) -> None:
        """Raises InvalidInput for columns that are wrong, missing, or there twice."""
        for name, plain in zip(self._header, self._plain, strict=True):
            if plain and plain not in _known() and not is_attribute(name) and not plain.startswith(_OURS):
                raise _unknown_column(name, self._header)
        if self._reference < 0:
            raise InvalidInput("There is no column for the SKU.", f"{_found(self._header)} Name one of them sku.")
        if self._operation < 0 and self._default_kind is None:
            raise InvalidInput(
                "It is not said what is to be done.", "Give a column operation, or one operation for the whole file."
            )
        twice = [name for name in self._plain if name and self._plain.count(name) > 1]
        if twice:
            raise InvalidInput(f"The column {twice[0]} is there twice.", _found(self._header))

    def draft(self, line: int, cells: list[str]) -> Draft:
        """The row as an operation, or as one that is refused."""
        kind, where, reference = self._default_kind, self._defaults.marketplace_id, cells[self._reference].strip()
        try:
            if self._operation >= 0 and cells[self._operation].strip():
                kind = _kind_named(cells[self._operation])
            if kind is None:
                raise Refused(Code.MISSING_VALUE, "operation", "", "it is not said what is to be done.")
            where = self._where(cells)
            _check_reference(reference)
            reader = self._readers.get(kind.name) or self._reader(kind)
            body, price = reader.read(cells, where)
        except Refused as refused:
            return self._refused(line, cells, kind, where, reference, refused)
        return Draft(line, kind.name, where, reference, body, price)

    def _where(self, cells: list[str]) -> str:
        said = cells[self._marketplace].strip() if self._marketplace >= 0 else ""
        where = _marketplace_named(said) if said else self._defaults.marketplace_id
        if where not in self._sold_on:
            if not where:
                raise Refused(Code.UNKNOWN_MARKETPLACE, "marketplace", "", "no marketplace is named.")
            sold = ", ".join(marketplaces.country(name) for name in sorted(self._sold_on))
            raise Refused(Code.FOREIGN_MARKETPLACE, "marketplace", said or where, f"the seller sells in {sold}.")
        return where

    def _reader(self, kind: Kind) -> "_Reader":
        reader = self._readers[kind.name] = _Reader(kind, self._plain, self._attributes, self._defaults.decimal)
        return reader

    def _refused(
        self, line: int, cells: list[str], kind: Kind | None, where: str, reference: str, refused: Refused
    ) -> Draft:
        kept = {name: cell for name, cell in zip(self._header, cells, strict=False) if cell and name}
        value = f" {values.shown(refused.value)!r}:" if refused.value else ""
        message = f"line {line}, {refused.column}:{value} {refused.sentence}"
        body = json.dumps(kept, ensure_ascii=False)
        return Draft(line, kind.name if kind else "", where, reference[:200], body, None, refused.code, message)


class _Reader:
    """Reads the values of one kind from rows of one header."""

    def __init__(self, kind: Kind, plain: Sequence[str], attributes: list[tuple[int, str]], mark: str) -> None:
        self._kind = kind
        self._mark = mark
        self._values = [(column, _place(plain, (_plain(column.name),))) for column in kind.columns]
        self._values = [(column, at) for column, at in self._values if at >= 0 or column.required]
        self._priced = kind.priced
        self._attributes = attributes if any(column.member == "attributes" for column in kind.columns) else []
        self._price_at = next((at for column, at in self._values if column.member == "price"), -1)

    def read(self, cells: list[str], where: str) -> tuple[str, str | None]:
        """The body, and the price in it. Raises Refused."""
        members: dict[str, str] = {}
        for column, at in self._values:
            text = cells[at].strip() if at >= 0 else ""
            if text:
                members[column.member] = column.read(text, self._mark)
            elif column.required:
                raise Refused(Code.MISSING_VALUE, column.name, "", f"{self._kind.name} needs it.")
        if self._attributes:
            self._add_attributes(members, cells, where)
        if self._priced and "price" in members:
            self._add_currency(members, cells, where)
        price = members["price"][1:-1] if "price" in members else None
        return "{" + ",".join([f'"{name}":{value}' for name, value in members.items()]) + "}", price

    def _add_currency(self, members: dict[str, str], cells: list[str], where: str) -> None:
        """The price's currency: said beside it or in its own cell, or else the marketplace's. No other is taken."""
        beside = values.currency_in(cells[self._price_at].strip(), self._mark)
        said = members["currency"][1:-1] if "currency" in members else beside
        own = marketplaces.currency(where)
        if said and own and said != own:
            country = marketplaces.country(where)
            raise Refused(Code.FOREIGN_CURRENCY, "currency", said, f"prices in {country} are in {own}.")
        members["currency"] = f'"{said or own}"'

    def _add_attributes(self, members: dict[str, str], cells: list[str], where: str) -> None:
        given = json.loads(members.get("attributes", "{}"))
        for at, name in self._attributes:
            if cells[at]:
                given[name] = [{"value": cells[at], "marketplace_id": where}]
        if given:
            members["attributes"] = json.dumps(given, ensure_ascii=False)


def _check_reference(reference: str) -> None:
    if not reference:
        raise Refused(Code.MISSING_VALUE, "sku", "", "there is no SKU.")
    if len(reference) > SKU_LENGTH:
        sentence = f"it has {len(reference):,} characters; {SKU_LENGTH} are allowed."
        raise Refused(Code.VALUE_TOO_LONG, "sku", reference, sentence)
    if not reference.isprintable():
        raise Refused(Code.UNPRINTABLE_VALUE, "sku", reference, "it holds a character that cannot be printed.")


@lru_cache(256)
def _kind_named(text: str) -> Kind:
    try:
        return find_kind(text)
    except InvalidInput as error:
        raise Refused(Code.UNKNOWN_OPERATION, "operation", text, f"there is none. {error.details}") from error


@lru_cache(256)
def _marketplace_named(text: str) -> str:
    try:
        return marketplaces.marketplace_id(text)
    except InvalidInput as error:
        sentence = "there is no such marketplace: write US, DE ... or its id."
        raise Refused(Code.UNKNOWN_MARKETPLACE, "marketplace", text, sentence) from error


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def is_attribute(name: str) -> bool:
    """Whether a column is for one attribute: `attributes.NAME`."""
    return name.strip().lower().startswith(_ATTRIBUTE) and len(name.strip()) > len(_ATTRIBUTE)


def attribute_named(name: str) -> str:
    """The attribute that such a column is for."""
    return name.strip()[len(_ATTRIBUTE) :]


def _place(plain: Sequence[str], names: Sequence[str]) -> int:
    return next((plain.index(name) for name in names if name in plain), -1)


@lru_cache(1)
def _known() -> frozenset[str]:
    own = {_plain(column.name) for kind in all_kinds().values() for column in kind.columns}
    return frozenset({*own, *_OPERATION, *_MARKETPLACE, *_REFERENCE})


def _unknown_column(name: str, header: Sequence[str]) -> InvalidInput:
    near = difflib.get_close_matches(_plain(name), _known(), n=1)
    hint = f"Did you mean {near[0].replace('-', '_')}? " if near else ""
    known = ", ".join(sorted(each.replace("-", "_") for each in _known()))
    return InvalidInput(
        f"There is no column {values.shown(name)!r} in a batch.", f"{hint}{_found(header)} Known: {known}."
    )


def _found(header: Sequence[str]) -> str:
    shown = ", ".join(values.shown(name) for name in header[:40])
    return f"Columns found: {shown}{' and more' if len(header) > 40 else ''}."  # noqa: PLR2004
