"""The operation report: a line for every submitted record, with its status and its times (seed 000).

Its columns are the seed's, and seller, marketplace, attempts and request id. The report of what failed has besides the
columns of the lines themselves, so that it can be corrected and submitted as it is.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from daybook.accounts import marketplaces
from daybook.operations.codes import Code, source_of
from daybook.operations.drafting import attribute_named, is_attribute
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.status import SHOWN, Shown, Status, statuses_shown
from daybook.operations.zones import Zone, clock_of

_MARKETPLACE = ("marketplace_id", "country")
SLICE = 5000
"""Operations that are read at once."""
EARLIER = "earlier attempt: "
"""Stands before the error of an operation that waits for its next attempt."""


_WORDS = {status.value: shown.value for status, shown in SHOWN.items()}


class ReportFormat(StrEnum):
    """What a report can be written as."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class Line(NamedTuple):
    """What the report says of one operation, as it is kept: times are microseconds since 1970, the status a word."""

    batch_id: str
    queued_at: int
    line: int
    reference: str
    kind: str
    status: str
    code: str | None
    message: str | None
    attempted_at: int | None
    completed_at: int | None
    seller_id: str
    marketplace_id: str
    attempts: int
    body: str
    request_id: str | None


_LINE = Line._fields.index("line")
Cells = Sequence[Any]
"""What a Line holds, as the database has it: making millions of Lines takes longer than reading them."""
Read = Callable[[int], Sequence[Cells]]
"""The operations behind a line, at most SLICE of them; none at the end."""


def last_error(line: Line) -> str:
    """The code and its sentence, marked where it is an earlier attempt's; empty where there is none."""
    if line.code is None:
        return ""
    text = f"{line.code}: {line.message}" if line.message else line.code
    earlier = _WORDS[line.status] == Shown.QUEUED and line.status != Status.HELD
    return EARLIER + text if earlier else text


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


def _cells(zone: Zone, inputs: Sequence[str]) -> Callable[[Cells], list[Any]]:
    """What makes a line's cells. A report has millions of lines: what many have alike is looked up."""
    clock, words, country = clock_of(zone), _WORDS, marketplaces.country
    members = {column.name: column.member for kind in all_kinds().values() for column in kind.columns}

    def cells(kept: Cells) -> list[Any]:
        (
            batch_id, queued_at, number, reference, kind, status, code, _, attempted_at, completed_at, seller_id, where,
            attempts, _, request_id,
        ) = kept  # fmt: skip
        shown = [
            batch_id, number, reference, kind, words[status],
            clock(queued_at), clock(attempted_at), clock(completed_at),
            "", "", seller_id, country(where), attempts, request_id or "",
        ]  # fmt: skip
        if code is not None or inputs:
            line = Line._make(kept)
            said = _said(line) if status == Status.INVALID else {}
            shown[3] = kind or said.get("operation", "")
            shown[8:10] = last_error(line), error_source(line)
            shown[11] = shown[11] or said.get("marketplace", "")
            shown += _inputs(line, said, inputs, members) if inputs else []
        return shown

    return cells


def _said(operation: Line) -> dict[str, str]:
    """What stood in an invalid line, by the columns' plain names; of a repeated line, what would have been sent."""
    if operation.code == Code.DUPLICATE_REFERENCE:
        return {}
    told = {name.strip(): _text(value) for name, value in json.loads(operation.body).items()}
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
    body = json.loads(operation.body)
    return [_text(body.get(members[name])) for name in inputs]


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


def failed_statuses() -> tuple[Status, ...]:
    """What a report of failures lists."""
    return statuses_shown(Shown.ERROR)


def pieces(read: Read, kind: ReportFormat, zone: Zone, *, failed: bool = False) -> Iterator[bytes]:
    """The report, a slice of operations at a time; a header first where the format has one."""
    inputs = input_columns() if failed else []
    heads = titles(zone) + inputs
    cells = _cells(zone, inputs)
    if kind is ReportFormat.NDJSON:
        yield from _ndjson(_slices(read), heads, cells)
    else:
        yield from _table(_slices(read), heads, cells, "\t" if kind is ReportFormat.TSV else ",")


def _slices(read: Read) -> Iterator[Sequence[Cells]]:
    after = 0
    while lines := read(after):
        yield lines
        after = lines[-1][_LINE]


def _table(
    slices: Iterable[Sequence[Cells]], heads: Sequence[str], cells: Callable[[Cells], list[Any]], delimiter: str
) -> Iterator[bytes]:
    yield _written([heads], delimiter)
    for lines in slices:
        yield _written([cells(line) for line in lines], delimiter)


def _written(rows: Iterable[Sequence[Any]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _ndjson(
    slices: Iterable[Sequence[Cells]], heads: Sequence[str], cells: Callable[[Cells], list[Any]]
) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    for lines in slices:
        yield encode([dict(zip(heads, cells(line), strict=True)) for line in lines])
