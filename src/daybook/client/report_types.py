"""What the client knows of a report type: report_types.csv, a row for each.

`restricted`: whether its documents need a restricted data token (Amazon's guide to the Tokens API). `days`: the longest
range of data that one report holds. `minutes`: for how long after one report another of the same is refused, cancelled
or answered from the first. `charset`: of its text, where neither the transfer nor the text itself tells; UTF-8 where
this does not either. `whole_hours`: whether its ranges begin and end on a full hour. Days and minutes come from
Amazon's "Report Type Values" and from what was seen of its answers.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

_FILE = "report_types.csv"


@dataclass(frozen=True, slots=True)
class ReportType:
    """One type. What is not known of it is None, or the most usual."""

    name: str
    format: str = ""
    restricted: bool = False
    longest: timedelta | None = None
    again_after: timedelta | None = None
    charset: str = ""
    whole_hours: bool = False

    @property
    def delimiter(self) -> str:
        """What parts the cells of a line; empty where a document has no lines of cells."""
        return {"TSV": "\t", "CSV": ",", "": "\t"}.get(self.format, "")


@cache
def known_types() -> Mapping[str, ReportType]:
    """Every type of which anything is known, by name."""
    text = files(__package__).joinpath(_FILE).read_text("utf-8")
    return {row["report_type"]: _type(row) for row in csv.DictReader(text.splitlines())}


def report_type(name: str) -> ReportType:
    """The type of that name; one of which nothing is known is taken as the most usual."""
    return known_types().get(name) or ReportType(name)


def _type(row: Mapping[str, str]) -> ReportType:
    return ReportType(
        name=row["report_type"],
        format=row["format"],
        restricted=row["restricted"] == "yes",
        longest=timedelta(days=int(row["days"])) if row["days"] else None,
        again_after=timedelta(minutes=int(row["minutes"])) if row["minutes"] else None,
        charset=row["charset"],
        whole_hours=row["whole_hours"] == "yes",
    )
