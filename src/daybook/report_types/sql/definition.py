"""A SQL file that was read: its header, its SELECT, and the report type that it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from daybook.kernel.errors import InvalidInput
from daybook.report_types.sql.faults import Fault, FaultyFile
from daybook.report_types.sql.header import Header, read_header
from daybook.report_types.sql.sources import Source
from daybook.report_types.sql.statement import Statement, read_statement
from daybook.reports.reports import Report
from daybook.reports.rows import ReportType
from daybook.reports.rules.answers import Answer, Kind
from daybook.reports.rules.dates import read_dates

CATEGORY = "sql"
_OF_EVERY_REPORT = frozenset({"start", "end", "seller", "marketplaces"})
_OPTION = "option_"
_A_RANGE = read_dates("a range")


@dataclass(frozen=True, slots=True)
class Definition:
    """A report type as its file has it. `file` is the file's name alone."""

    file: str
    header: Header
    statement: Statement

    @property
    def report_type(self) -> ReportType:
        """What the registry knows of it."""
        header = self.header
        return ReportType(
            name=header.report_type,
            category=CATEGORY,
            format=header.format,
            requestable="yes",
            schedulable="yes" if header.schedulable else "no",
            dates=_A_RANGE if header.needs_range else (),
            options=header.options,
            answers={Kind.UNKNOWN: Answer.REFUSED},
            note=header.about,
            row=header.line,
            file=self.file,
            charset=header.charset,
        )

    def values(self, report: Report) -> dict[str, object]:
        """What is bound to each parameter of the SELECT. Raises InvalidInput where the request lacks something.

        It was checked when it was asked for; the file may have changed since.
        """
        if self.header.needs_range and report.data_start >= report.data_end:
            raise InvalidInput(
                f"{report.report_type} needs a range of data.", "Ask with dataStartTime and a later dataEndTime."
            )
        bound = self._bound(report)
        return {name: bound[name.lower()] for name in self.statement.parameters}

    def _bound(self, report: Report) -> dict[str, object]:
        given = {name.lower(): value for name, value in report.options.items()}
        options = {option.name.lower(): option for option in self.header.options}
        if unknown := sorted(given.keys() - options.keys()):
            raise InvalidInput(
                f"{report.report_type} has no option {unknown[0]}.", f"It has: {', '.join(sorted(options)) or 'none'}."
            )
        return {
            "start": report.data_start,
            "end": report.data_end,
            "seller": report.seller_id,
            "marketplaces": list(report.marketplace_ids),
            **{f"{_OPTION}{name}": option.bound(given.get(name)) for name, option in options.items()},
        }


def read_definition(file: str, text: str, sources: Mapping[str, Source]) -> Definition:
    """The definition in a file's text. Raises FaultyFile, with the line and the reason."""
    try:
        header = read_header(text)
        statement = read_statement(text, sources)
        _check_parameters(header, statement)
    except Fault as fault:
        raise FaultyFile(file, fault.line, str(fault)) from fault
    return Definition(file, header, statement)


def _check_parameters(header: Header, statement: Statement) -> None:
    known = _OF_EVERY_REPORT | {f"{_OPTION}{option.name.lower()}" for option in header.options}
    for name in sorted(statement.parameters):
        if name.lower() not in known:
            listed = ", ".join(f"${each}" for each in sorted(known))
            raise Fault(statement.line, f"there is no value ${name} to bind; there are {listed}.")
