"""The registry of report types: what may be asked for, what may be scheduled, and in which format it comes.

The facts stand in report_types.csv, a transcription of Amazon's pages (developer-docs.amazon.com/sp-api, "Report Type
Values"), so a refusal names the row that it rests on. What a row does not know, it does not forbid.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files

from daybook.kernel.errors import TOLD, InvalidInput, Misconfigured
from daybook.reports.rows import FILE, ReportType, read_report_types

OWN = "own_report_types.csv"


class ReportTypes:
    """Every report type there is, by name. Raises Misconfigured, when made, for a name that comes twice.

    `changing` tells those that may change at any time; names of the others come first. Removed types are not among
    them: they are known only so that a refusal can say what became of them.
    """

    def __init__(
        self, types: Iterable[ReportType], changing: Callable[[], Mapping[str, ReportType]] = dict[str, ReportType]
    ) -> None:
        self._changing = changing
        self._types: dict[str, ReportType] = {}
        self._removed: dict[str, ReportType] = {}
        for report_type in types:
            shelf = self._removed if report_type.status == "removed" else self._types
            known = shelf.setdefault(report_type.name, report_type)
            if known is not report_type:
                raise Misconfigured(
                    f"There are two report types {report_type.name}.",
                    f"One is {_standing(known)}, the other {_standing(report_type)}: rename or remove one.",
                )

    def __iter__(self) -> Iterator[ReportType]:
        everything = {**self._changing(), **self._types}
        return iter(sorted(everything.values(), key=lambda report_type: report_type.name))

    def __contains__(self, name: str) -> bool:
        return name in self._types or name in self._changing()

    def search(self, text: str) -> list[ReportType]:
        """The types in whose name, category, options and note each word of the text is, in any case.

        A name that is given whole finds that one alone, a removed type too.
        """
        name = text.strip().upper()
        if name in self or name in self._removed:
            return [self._types.get(name) or self._changing().get(name) or self._removed[name]]
        words = text.lower().split()
        return [found for found in self if all(word in _words(found) for word in words)]

    def find(self, name: str) -> ReportType:
        """The type of that name. Raises InvalidInput."""
        found = self._types.get(name) or self._changing().get(name)
        if found is None:
            raise InvalidInput(f"Invalid Report Type {name[:TOLD]}", self._unknown(name))
        return found

    def _unknown(self, name: str) -> str:
        if removed := self._removed.get(name):
            return f"It was one; {removed.place} says what became of it: {removed.note}"
        near = get_close_matches(name[:TOLD].upper(), [report_type.name for report_type in self], n=1)
        did_you = f" Did you mean {near[0]}?" if near else ""
        return f"No row of {FILE} has this report type.{did_you}"


def not_requestable(report_type: ReportType) -> InvalidInput | None:
    """Why createReport may not ask for the type; None where it may."""
    if report_type.requestable != "no":
        return None
    return InvalidInput(
        f"Request for report type {report_type.name} is not allowed at this time",
        f"{_place(report_type)} says that it cannot be requested; {_instead(report_type)}",
    )


def not_schedulable(report_type: ReportType) -> InvalidInput | None:
    """Why createReportSchedule may not schedule the type; None where it may."""
    if report_type.schedulable != "no":
        return None
    return InvalidInput(
        f"Creation of report schedule type {report_type.name} is not allowed at this time",
        f"{_place(report_type)} says that it cannot be scheduled; {_instead(report_type)}",
    )


def _instead(report_type: ReportType) -> str:
    if report_type.made_by == "amazon":
        return "Amazon makes it by itself: look for it with getReports."
    if report_type.made_by == "seller":
        return "the seller asks for it in Seller Central: look for it with getReports."
    return "schedule it." if report_type.requestable == "no" else "request it with createReport."


def _words(report_type: ReportType) -> str:
    options = " ".join(str(option) for option in report_type.options)
    return f"{report_type.name} {report_type.category} {options} {report_type.note}".lower()


def _place(report_type: ReportType) -> str:
    return report_type.place[0].upper() + report_type.place[1:]


def _standing(report_type: ReportType) -> str:
    return f"on {report_type.place}" if report_type.row else report_type.place


def report_types(
    more: Iterable[ReportType] = (), changing: Callable[[], Mapping[str, ReportType]] = dict[str, ReportType]
) -> ReportTypes:
    """The types of report_types.csv, Daybook's own, and more, and those that may change.

    Raises Misconfigured for a malformed file or a name twice.
    """
    known = [found for file in (FILE, OWN) for found in read_report_types(_text(file), file)]
    return ReportTypes([*known, *more], changing)


def _text(file: str) -> str:
    return files("daybook.reports").joinpath(file).read_text("utf-8")
