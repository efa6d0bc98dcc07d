"""The operation report: a line for every submitted record, with its status and its times (seed 000).

Its columns are the seed's, and seller, marketplace, attempts and request id. The report of what failed has besides the
columns of the lines themselves, so that it can be corrected and submitted as it is.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from daybook.accounts import marketplaces
from daybook.kernel.clock import to_micros
from daybook.operations.batches import Batch
from daybook.operations.codes import Code, source_of
from daybook.operations.drafting import attribute_named, is_attribute
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.status import SHOWN, Shown, Status, statuses_shown, tries_again
from daybook.operations.zones import Zone, clock_of

SLICE = 5000
"""Operations that are read at once."""
EARLIER = "earlier attempt: "
"""Stands before the error of an operation that waits for its next attempt."""
_WORDS = {status.value: shown.value for status, shown in SHOWN.items()}
_MARKETPLACE = ("marketplace_id", "country")
"""Columns of a file that name the marketplace."""
_KIND, _ERROR, _COUNTRY = 3, 8, 11
"""Columns in which an invalid line and an error tell something of their own."""


class ReportFormat(StrEnum):
    """What a report can be written as."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class Line(NamedTuple):
    """What the report says of one operation, as it is kept: times are microseconds since 1970, the status a word.

    The body is read where it may be told: where there is an error.
    """

    line: int
    reference: str
    kind: str
    status: str
    code: str | None
    message: str | None
    attempted_at: int | None
    completed_at: int | None
    marketplace_id: str
    attempts: int
    body: str | None
    request_id: str | None


Cells = Sequence[Any]
"""What a Line holds, as the database has it: making millions of Lines takes longer than reading them."""
Columns = list[Any]
"""A list of cells for each column of the report."""
Read = Callable[[int], Sequence[Cells]]
"""The operations behind a line, at most SLICE of them; none at the end."""


def last_error(line: Line) -> str:
    """The code and its sentence, marked where it is an earlier attempt's; empty where there is none."""
    if line.code is None:
        return ""
    text = f"{line.code}: {line.message}" if line.message else line.code
    return EARLIER + text if tries_again(Status(line.status)) else text


def error_source(line: Line) -> str:
    """Whose error it is; empty where there is none."""
    return source_of(line.code).value if line.code else ""


def titles(zone: Zone) -> list[str]:
    """The columns, the zone named where times stand."""
    return [
        "Batch ID",
        "Line",
        "Reference",
        "Operation",
        "Operation Status",
        f"Queued At ({zone.name})",
        f"Last Attempted ({zone.name})",
        f"Completed At ({zone.name})",
        "Last Error",
        "Error Source",
        "Seller",
        "Marketplace",
        "Attempts",
        "Request ID",
    ]


def input_columns() -> list[str]:
    """The columns of the lines themselves that a report of what failed has besides."""
    names = [column.name for kind in all_kinds().values() for column in kind.columns]
    return list(dict.fromkeys(names))


def _columns_of(batch: Batch, zone: Zone, inputs: Sequence[str]) -> Callable[[Sequence[Cells]], Columns]:
    """What makes a slice's columns: a report has millions of lines, and few with an error.

    Whole columns pass through functions that remember; a line by itself would cost four times as much.
    """
    clock, country = clock_of(zone), lru_cache(marketplaces.country)
    queued_at = clock(to_micros(batch.queued_at))
    members = {column.name: column.member for kind in all_kinds().values() for column in kind.columns}

    def columns_of(lines: Sequence[Cells]) -> Columns:
        kept: Any = Line._make(zip(*lines, strict=True))
        count, empty = len(lines), [""] * len(lines)
        shown: Columns = [
            [batch.batch_id] * count, kept.line, kept.reference, list(kept.kind),
            list(map(_WORDS.__getitem__, kept.status)), [queued_at] * count, list(map(clock, kept.attempted_at)),
            list(map(clock, kept.completed_at)), empty, empty.copy(), [batch.seller_id] * count,
            list(map(country, kept.marketplace_id)), kept.attempts, [one or "" for one in kept.request_id],
            *(empty.copy() for _ in inputs),
        ]  # fmt: skip
        for at, code in enumerate(kept.code):
            if code is not None or inputs:
                tell(shown, at, Line._make(lines[at]))
        return shown

    def tell(shown: Columns, at: int, line: Line) -> None:
        said = _said(line) if line.status == Status.INVALID else {}
        shown[_KIND][at] = line.kind or said.get("operation", "")
        shown[_ERROR][at], shown[_ERROR + 1][at] = last_error(line), error_source(line)
        shown[_COUNTRY][at] = shown[_COUNTRY][at] or said.get("marketplace", "")
        if inputs:
            for column, text in zip(shown[-len(inputs) :], _inputs(line, said, inputs, members), strict=True):
                column[at] = text

    return columns_of


def _said(operation: Line) -> dict[str, str]:
    """What stood in an invalid line, by the columns' plain names; of a repeated line, what would have been sent."""
    if operation.code == Code.DUPLICATE_REFERENCE:
        return {}
    told = {name.strip(): _text(value) for name, value in json.loads(operation.body or "{}").items()}
    said = {_plain(name): value for name, value in told.items() if not is_attribute(name)}
    attributes = {attribute_named(name): value for name, value in told.items() if is_attribute(name)}
    if attributes:
        given = _members(said.get("attributes", ""))
        said["attributes"] = _text({**given, **_attributes(attributes, operation.marketplace_id)})
    return said


def _plain(name: str) -> str:
    """A column's name as the columns of the report are written."""
    plain = name.lower().replace("-", "_").replace(" ", "_")
    return "marketplace" if plain in _MARKETPLACE else plain


def _members(text: str) -> dict[str, Any]:
    try:
        members = json.loads(text or "{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _attributes(told: Mapping[str, str], marketplace_id: str) -> dict[str, Any]:
    where = {"marketplace_id": marketplace_id} if marketplace_id else {}
    return {name: [{"value": value, **where}] for name, value in told.items()}


def _inputs(operation: Line, said: Mapping[str, str], inputs: Sequence[str], members: Mapping[str, str]) -> list[str]:
    if said:
        return [said.get(name, "") for name in inputs]
    body = json.loads(operation.body or "{}")
    return [_text(body.get(members[name])) for name in inputs]


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


def failed_statuses() -> tuple[Status, ...]:
    """What a report of failures lists."""
    return statuses_shown(Shown.ERROR)


def pieces(batch: Batch, read: Read, kind: ReportFormat, zone: Zone, *, failed: bool = False) -> Iterator[bytes]:
    """The batch's report, a slice of operations at a time; a header first where the format has one."""
    inputs = input_columns() if failed else []
    heads = titles(zone) + inputs
    columns_of = _columns_of(batch, zone, inputs)
    if kind is ReportFormat.NDJSON:
        yield from _ndjson(map(columns_of, _slices(read)), heads)
    else:
        yield from _table(map(columns_of, _slices(read)), heads, "\t" if kind is ReportFormat.TSV else ",")


def _slices(read: Read) -> Iterator[Sequence[Cells]]:
    after = 0
    while lines := read(after):
        yield lines
        after = lines[-1][0]


def _table(slices: Iterable[Columns], heads: Sequence[str], delimiter: str) -> Iterator[bytes]:
    yield _written([[head] for head in heads], delimiter)
    for columns in slices:
        yield _written(columns, delimiter)


def _written(columns: Columns, delimiter: str) -> bytes:
    """As csv.writer would write the rows, in a quarter of its time: most columns have nothing to be quoted in them."""
    quoted = [_quoted(column, (delimiter, '"', "\n", "\r")) for column in columns]
    return ("\n".join(map(delimiter.join, zip(*quoted, strict=True))) + "\n").encode()


def _quoted(column: Sequence[Any], marks: Sequence[str]) -> Sequence[str]:
    cells = column if isinstance(column[0], str) else list(map(str, column))  # numbers are a column of their own
    whole = "".join(cells)
    found = [mark for mark in marks if mark in whole]
    return [_quote(cell, found) for cell in cells] if found else cells


def _quote(cell: str, marks: Sequence[str]) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(mark in cell for mark in marks) else cell


def _ndjson(slices: Iterable[Columns], heads: Sequence[str]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    for columns in slices:
        yield encode([dict(zip(heads, row, strict=True)) for row in zip(*columns, strict=True)])
