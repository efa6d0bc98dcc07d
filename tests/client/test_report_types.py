"""What the client knows of report types is what the server's catalogue has."""

from datetime import UTC, datetime, timedelta

import pytest

from daybook.client.report_types import known_types
from daybook.client.requests.ranges import RESOLUTION, parted
from daybook.reports.report_types import OWN, report_types
from daybook.reports.rows import FILE, ReportType, read_report_types
from daybook.reports.rules.dates import END, START, AtMost, Range, WholeHours
from tests.house.tree import ROOT

REPORTS = ROOT / "src/daybook/reports"
CATALOGUE = {row.name: row for row in read_report_types((REPORTS / FILE).read_text("utf-8"))}
DAYBOOKS_OWN = {row.name for row in read_report_types((REPORTS / OWN).read_text("utf-8"), OWN)}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GIVEN = frozenset({START, END})


def longest(row: ReportType) -> timedelta | None:
    """The longest range that one report of the type may hold."""
    return next((each.rule.span.length for each in row.dates if isinstance(each.rule, AtMost)), None)


def test_it_knows_every_type_of_amazons_and_no_other() -> None:
    assert set(known_types()) == set(CATALOGUE)
    assert {one.name for one in report_types()} <= set(known_types()) | DAYBOOKS_OWN


def test_it_knows_which_need_a_restricted_data_token_how_often_they_are_made_and_in_which_format() -> None:
    told = {
        name: (one.restricted, one.again_after, one.format if CATALOGUE[name].format != "unknown" else "unknown")
        for name, one in known_types().items()
    }
    assert told == {
        name: (row.restricted == "token", row.every.length if row.every else None, row.format)
        for name, row in CATALOGUE.items()
    }


@pytest.mark.parametrize("name", [name for name, row in CATALOGUE.items() if longest(row)])
def test_a_range_that_a_type_does_not_take_whole_is_asked_for_in_parts_that_it_takes(name: str) -> None:
    known, row = known_types()[name], CATALOGUE[name]
    most = longest(row)
    assert known.longest is not None
    assert most is not None
    assert known.longest <= most
    gap = timedelta(0) if known.whole_hours else RESOLUTION
    parts = parted(NOW - 2.5 * known.longest, NOW, known.longest, gap)
    asked = [Range(start, end, NOW, GIVEN, {}) for start, end in parts if start and end]
    assert len(asked) == 3
    rules = [each.rule for each in row.dates if isinstance(each.rule, AtMost | WholeHours)]
    assert [rule.broken(one) for rule in rules for one in asked] == [None] * 3 * len(rules)
