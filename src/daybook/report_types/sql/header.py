"""The comments that a SQL file begins with: which report type it is, and what may be asked of it.

    -- report type: GET_PRODUCTS_BY_CATEGORY
    -- format: TSV
    -- charset: Windows-31J, replacing
    -- option: order=name|id
    -- option: category!=TEXT
    -- data range: required
    -- schedulable: yes
    -- about: Products of one category.

The header ends with the first line that is not a comment. The first two lines must be there; `option` may come often;
`about` is for whoever looks for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast, get_args

from daybook.kernel.charsets import codec
from daybook.report_types.sql.faults import Fault
from daybook.reports.rules.options import Option, read_option

SqlFormat = Literal["TSV", "CSV", "JSON", "XLSX", "PARQUET"]

_REQUIRED = ("report type", "format")
_WITH_CHARSET = ("TSV", "CSV")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,99}")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Header:
    """What a SQL file says of its report type. `line` is where it names the type.

    `replacing` is whether a letter that the charset lacks becomes a question mark; otherwise it ends the report FATAL.
    """

    report_type: str
    format: SqlFormat
    line: int
    charset: str = "UTF-8"
    replacing: bool = False
    options: tuple[Option, ...] = ()
    needs_range: bool = False
    schedulable: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    value: str


def read_header(text: str) -> Header:
    """The header that the text begins with. Raises Fault."""
    options: list[Option] = []
    entries: dict[str, _Entry] = {}
    for name, entry in _entries(text):
        if name == "option":
            options.append(_at(entry, read_option))
        elif name in entries:
            raise Fault(entry.line, f"{name!r} stands on line {entries[name].line} already.")
        elif name not in _READERS:
            raise Fault(entry.line, f"{name!r} is not of a header; these are: {', '.join([*_READERS, 'option'])}.")
        else:
            entries[name] = entry
    return _header(entries, tuple(options))


def _entries(text: str) -> Iterator[tuple[str, _Entry]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("--"):
            return
        name, colon, value = line.removeprefix("--").partition(":")
        if not colon:
            raise Fault(number, "a line of the header is `-- name: value`; other comments follow below a blank line.")
        yield name.strip().lower(), _Entry(number, value.strip())


def _header(entries: Mapping[str, _Entry], options: tuple[Option, ...]) -> Header:
    for name in _REQUIRED:
        if name not in entries:
            raise Fault(1, f"the header does not say the {name}: it begins with `-- {name}: ...`.")
    values = {name: _at(entry, _READERS[name]) for name, entry in entries.items()}
    charset, replacing = cast("tuple[str, bool]", values.get("charset", ("UTF-8", False)))
    header = Header(
        report_type=str(values["report type"]),
        format=cast("SqlFormat", values["format"]),
        line=entries["report type"].line,
        charset=charset,
        replacing=replacing,
        options=options,
        needs_range=values.get("data range") == "required",
        schedulable=values.get("schedulable") == "yes",
        about=str(values.get("about", "")),
    )
    _check(header, entries)
    return header


def _check(header: Header, entries: Mapping[str, _Entry]) -> None:
    if "charset" in entries and header.format not in _WITH_CHARSET:
        raise Fault(entries["charset"].line, f"{header.format} has no charset to choose; TSV and CSV have.")
    names = [option.name.lower() for option in header.options]
    for name in names:
        if names.count(name) > 1:
            raise Fault(header.line, f"there are two options {name}.")


def _at(entry: _Entry, read: Callable[[str], T]) -> T:
    try:
        return read(entry.value)
    except ValueError as error:
        raise Fault(entry.line, str(error)) from error


def _report_type(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a report type's name: capitals, digits and underscores.")
    return text


def _format(text: str) -> str:
    return _one_of(text.upper(), *get_args(SqlFormat))


def _charset(text: str) -> tuple[str, bool]:
    """A charset by its name on the wire, and whether what it lacks is replaced."""
    name, _, replacing = (part.strip() for part in text.partition(","))
    if replacing:
        _one_of(replacing, "replacing")
    try:
        "".encode(codec(name))
    except LookupError as error:
        raise ValueError(f"{name!r} is no charset, such as UTF-8, Cp1252 or Windows-31J.") from error
    return name, bool(replacing)


def _one_of(text: str, *allowed: str) -> str:
    if text not in allowed:
        raise ValueError(f"{text!r} is none of {', '.join(allowed)}.")
    return text


_READERS: Mapping[str, Callable[[str], object]] = {
    "report type": _report_type,
    "format": _format,
    "charset": _charset,
    "data range": lambda text: _one_of(text, "required", "optional"),
    "schedulable": lambda text: _one_of(text, "yes", "no"),
    "about": str,
}
