"""A report type and its rules, as a row of a table has them.

The header names the columns that a table has, in any order; an empty cell, or a column that is not there, is the usual.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

from daybook.kernel.charsets import codec
from daybook.kernel.errors import Misconfigured
from daybook.reports.rules.answers import USUAL, Answer, Kind, read_answers
from daybook.reports.rules.dates import DateRule, needs_given_ends, read_dates
from daybook.reports.rules.marketplaces import read_marketplaces
from daybook.reports.rules.options import Option, read_options
from daybook.reports.rules.spans import Span, read_span

FILE = "report_types.csv"

Said = Literal["yes", "no", "unknown"]
Format = Literal["TSV", "CSV", "XML", "JSON", "XLSX", "PARQUET", "PDF", "unknown"]

CONTENT_TYPES: Mapping[Format, str] = {
    "TSV": "text/plain; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8",
    "XML": "text/xml; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PARQUET": "application/vnd.apache.parquet",
    "PDF": "application/pdf",
    "unknown": "application/octet-stream",
}
"""Text names its charset, since clients that find none take ISO-8859-1; tab-separated text is plain, as Amazon's is."""


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type and its rules. `row` is its line in `file`; 0 for a type that is from no file.

    `status`: of a current row the rules bind, of one that is unsure they only warn; a removed type is there no more.
    `made_by` is who begins such a report: whoever requests or schedules it, Amazon by itself, or the seller in Seller
    Central. Types of one `schedule_group` share one schedule; most are a group of their own. `every`: it is made anew
    so often at most. `restricted` is whether Amazon asks for a restricted data token to fetch it, or for a restricted
    role. `marketplace_rule` is which of the marketplace ids count: 1-25 of them, exactly-1, the first alone, none but
    that in an option, or none at all (ignored). `answers` is what follows where a rule is broken, if not the usual.
    """

    name: str
    status: Literal["current", "unsure", "removed"] = "current"
    category: str = "own"
    format: Format = "unknown"
    requestable: Said = "yes"
    schedulable: Said = "no"
    made_by: Literal["request", "amazon", "seller"] = "request"
    schedule_group: str = ""
    every: Span | None = None
    audience: Literal["seller", "vendor", "seller+vendor"] = "seller+vendor"
    restricted: Literal["no", "role", "token"] = "no"
    marketplace_rule: Literal["1-25", "exactly-1", "first", "option", "ignored"] = "1-25"
    marketplaces: str = "all"
    roles: str = ""
    dates: tuple[DateRule, ...] = ()
    options: tuple[Option, ...] = ()
    answers: Mapping[Kind, Answer] = field(default_factory=dict)
    charset: str = "UTF-8"
    note: str = ""
    row: int = 0
    file: str = FILE

    @property
    def content_type(self) -> str:
        """The Content-Type of its documents."""
        return CONTENT_TYPES[self.format].replace("UTF-8", self.charset)

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"line {self.row} of {self.file}" if self.row else "an added one"

    @property
    def group(self) -> str:
        """The group of types that share its schedule."""
        return self.schedule_group or self.name

    def answer(self, kind: Kind, own: Answer | None = None) -> Answer:
        """What follows where a rule of the kind is broken; `own` is the rule's own answer. Only current rows bind."""
        found = own or self.answers.get(kind, USUAL[kind])
        return found if self.status == "current" else Answer.WARNING

    def answer_of(self, rule: DateRule) -> Answer:
        """What follows where this rule of its range of data is broken."""
        return self.answer(Kind.DATES, rule.answer)


def _name(text: str) -> str:
    if not text.replace("_", "").isalnum() or not text.isupper():
        raise ValueError(f"{text!r} is not a report type's name: capitals, digits and underscores")
    return text


def _charset(text: str) -> str:
    try:
        codec(text)
    except LookupError as error:
        raise ValueError(f"{text!r} is no charset, such as UTF-8, Cp1252 or Windows-31J") from error
    return text


def _marketplaces(text: str) -> str:
    read_marketplaces(text)
    return text


def _one_of(column: str, allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"the {column} {text!r} is none of {', '.join(allowed)}")
        return text

    return read


_HINTS = get_type_hints(ReportType)
_READERS: Mapping[str, Callable[[str], object]] = {
    "report_type": _name,
    **{name: _one_of(name, get_args(hint)) for name, hint in _HINTS.items() if get_origin(hint) is Literal},
    **dict.fromkeys(("category", "schedule_group", "roles", "note"), str),
    "every": read_span,
    "marketplaces": _marketplaces,
    "dates": read_dates,
    "options": read_options,
    "answers": read_answers,
    "charset": _charset,
}
"""How the cells of each column are read; each raises ValueError with the reason."""


def read_report_types(text: str, file: str = FILE) -> list[ReportType]:
    """The types of a table with a header. Raises Misconfigured naming the file and the line that is malformed."""
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    line = 1
    try:
        head = _head(next(rows, []))
        found = []
        for cells in rows:
            line = rows.line_num
            if cells:
                found.append(_report_type(head, cells, file, line))
    except (csv.Error, ValueError) as error:
        line = rows.line_num if isinstance(error, csv.Error) else line
        raise Misconfigured(f"Line {line} of {file} is malformed: {str(error).removesuffix('.')}.") from error
    return found


def _head(cells: list[str]) -> list[str]:
    for name in cells:
        if name not in _READERS:
            raise ValueError(f"{name!r} is no column; the first line names columns of {', '.join(_READERS)}")
        if cells.count(name) > 1:
            raise ValueError(f"the column {name} is there twice")
    if "report_type" not in cells:
        raise ValueError("the first line names the columns, and report_type must be one")
    return cells


def _report_type(head: list[str], cells: list[str], file: str, line: int) -> ReportType:
    if len(cells) != len(head):
        raise ValueError(f"there are {len(cells)} cells for {len(head)} columns")
    texts = {"report_type": "", **{name: cell.strip() for name, cell in zip(head, cells, strict=True)}}
    values: dict[str, Any] = {
        name: _READERS[name](text) for name, text in texts.items() if text or name == "report_type"
    }
    found = ReportType(values.pop("report_type"), **values, row=line, file=file)
    if any(_ends_unseen(found, rule) for rule in found.dates):
        raise ValueError("of `both ends` the answer is 400 or warning: later nobody knows which ends were given")
    return found


def _ends_unseen(of: ReportType, rule: DateRule) -> bool:
    return needs_given_ends(rule.rule) and of.answer_of(rule) not in (Answer.REFUSED, Answer.WARNING)
