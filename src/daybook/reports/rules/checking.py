"""What a request, a schedule and a report break of the rules of their type."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from daybook.kernel.errors import InvalidInput
from daybook.reports.periods import Period, length
from daybook.reports.report_types import not_requestable, not_schedulable
from daybook.reports.rows import ReportType
from daybook.reports.rules.answers import Answer, Broken, Kind
from daybook.reports.rules.dates import END, START, Range
from daybook.reports.rules.marketplaces import read_marketplaces, told
from daybook.reports.rules.options import empty_values, unknown_names, wrong_values

_AT_THE_END = (Answer.FATAL, Answer.CANCELLED, Answer.DONE)
"""What shows when a report ends, of the gravest first."""


def in_request(
    of: ReportType, marketplace_ids: tuple[str, ...], options: Mapping[str, str], asked: Range | None
) -> list[Broken]:
    """What a request breaks. Without a range, which may be no range at all, the rules about dates are left out."""
    faults = [*_refused(of, not_requestable(of)), *_marketplaces(of, marketplace_ids), *_options(of, options)]
    return faults + (list(_dates(of, asked)) if asked else [])


def in_schedule(
    of: ReportType, marketplace_ids: tuple[str, ...], options: Mapping[str, str], period: Period
) -> list[Broken]:
    """What a schedule breaks; each of its reports has a range of its own."""
    faults = [*_refused(of, not_schedulable(of)), *_marketplaces(of, marketplace_ids), *_options(of, options)]
    return faults + list(_period(of, period))


def at_the_end(
    of: ReportType, marketplace_ids: tuple[str, ...], options: Mapping[str, str], asked: Range
) -> list[Broken]:
    """What a report breaks that shows when it ends, all of the one answer that is gravest."""
    faults = [*_marketplaces(of, marketplace_ids), *_options(of, options), *_dates(of, asked)]
    for answer in _AT_THE_END:
        if found := [fault for fault in faults if fault.answer is answer]:
            return found
    return []


def range_of(
    of: ReportType,
    ends: tuple[datetime, datetime],
    asked_at: datetime,
    given: frozenset[str],
    options: Mapping[str, str],
) -> Range:
    """The range of data with the options that stand beside it, defaults among them."""
    defaults = {option.name.lower(): option.default for option in of.options}
    values = {name: value for name, value in defaults.items() if value is not None}
    return Range(*ends, asked_at, given, values | {name.lower(): value for name, value in options.items()})


def given_ends(start: datetime, end: datetime, asked_at: datetime) -> frozenset[str]:
    """Which ends a report was given, as far as it still shows: those that were not are the second it was asked for."""
    second = asked_at.replace(microsecond=0)
    return frozenset(name for name, at in ((START, start), (END, end)) if at != second)


def _refused(of: ReportType, error: InvalidInput | None) -> Iterator[Broken]:
    if error is not None:
        yield Broken(Kind.TYPE, of.answer(Kind.TYPE), error.message, error.details)


def _marketplaces(of: ReportType, ids: tuple[str, ...]) -> Iterator[Broken]:
    if of.marketplace_rule in ("option", "ignored"):
        return
    if foreign := _not_there(of, ids):
        some = "Some of the marketplaces are not allowed for this Report"
        message = some if len(foreign) < len(ids) else "your report could not be applied to any marketplaces"
        details = (
            f"{_row(of, 'marketplaces')} has {of.name} in {of.marketplaces}, not in {told(foreign)}: leave it out."
        )
        yield Broken(Kind.MARKETPLACES, _not_allowed(of), f"Report rejected for this client. {message}", details)
    if of.marketplace_rule == "exactly-1" and len(ids) > 1:
        details = f"There are {len(ids)}, {told(ids)}: ask for each by itself. ({_row(of, 'marketplace_rule')}.)"
        yield _broken(of, Kind.MARKETPLACES, "it takes exactly one marketplace", details)


def _not_allowed(of: ReportType) -> Answer:
    """A marketplace without the type is refused at once, whatever else is found out later."""
    return Answer.REFUSED if of.status == "current" else Answer.WARNING


def _not_there(of: ReportType, ids: tuple[str, ...]) -> list[str]:
    there = read_marketplaces(of.marketplaces)
    known = read_marketplaces("all but") or frozenset()
    return [] if there is None else [each for each in ids if each in known - there]


def _options(of: ReportType, given: Mapping[str, str]) -> Iterator[Broken]:
    for name in empty_values(given):
        details = "An option's value has one character or more: leave the option out."
        yield Broken(Kind.OPTIONS, Answer.REFUSED, f"The option {name!r} is empty.", details)
    for error in wrong_values(of.options, given):
        yield _broken(of, Kind.OPTIONS, error.message, f"{error.details} ({_row(of, 'options')}.)")
    for name in unknown_names(of.options, given):
        there = ", ".join(option.name for option in of.options) or "none"
        details = f"It has these: {there}. ({_row(of, 'options')}.)"
        yield _broken(of, Kind.UNKNOWN, f"there is no option {name!r}", details)


def _dates(of: ReportType, asked: Range) -> Iterator[Broken]:
    for each in of.dates:
        details = each.rule.broken(asked)
        if details is not None:
            row = f"({_row(of, 'dates')}: {each.text}.)"
            yield _broken(of, Kind.DATES, each.rule.sentence, f"{details} {row}", each.answer)


def _period(of: ReportType, period: Period) -> Iterator[Broken]:
    shortest, every = length(period), of.every
    if shortest is None or every is None or shortest >= every.length:
        return
    details = f"With the period {period} it would be asked for more often. ({_row(of, 'every')}.)"
    yield _broken(of, Kind.PERIOD, f"it is made anew once in {every} at most", details)


def _broken(of: ReportType, kind: Kind, rule: str, details: str, own: Answer | None = None) -> Broken:
    told = rule[0].lower() + rule[1:].removesuffix(".")
    return Broken(kind, of.answer(kind, own), f"{of.name}: {told}.", details)


def _row(of: ReportType, column: str) -> str:
    return f"{of.place[0].upper()}{of.place[1:]}, {column}"
