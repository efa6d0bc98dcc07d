"""The header of a SQL file."""

import pytest

from daybook.report_types.sql.faults import Fault
from daybook.report_types.sql.header import Header, read_header
from daybook.reports.rules.options import Option
from tests.report_types.sql.writing import HEADER

WHOLE = """\
-- report type: GET_STOCK
-- about: All there is of it: nothing else.
-- Format: csv
--   charset :  Windows-31J , replacing
-- option: order=name|id
-- option: brand!=TEXT
-- data range: required
-- schedulable: yes

-- a comment: not of the header
SELECT 1
"""


def test_a_header_says_what_the_type_is_and_what_may_be_asked_of_it() -> None:
    assert read_header(WHOLE) == Header(
        report_type="GET_STOCK",
        format="CSV",
        line=1,
        charset="Windows-31J",
        replacing=True,
        options=(Option("order", ("name", "id"), required=False), Option("brand", ("TEXT",), required=True)),
        needs_range=True,
        schedulable=True,
        about="All there is of it: nothing else.",
    )


def test_type_and_format_are_enough() -> None:
    assert read_header(f"{HEADER}SELECT 1") == Header("GET_A_REPORT", "TSV", 1)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("SELECT 1", 1, "does not say the report type"),
        ("-- report type: GET_A\nSELECT 1", 1, "does not say the format"),
        (f"\n{HEADER}", 1, "does not say the report type"),
        ("-- report type: get_a\n-- format: TSV\n", 1, "'get_a' is not a report type's name"),
        ("-- report type: GET A\n-- format: TSV\n", 1, "'GET A' is not a report type's name"),
        ("-- report type: GET_A\n-- format: XML\n", 2, "'XML' is none of TSV, CSV, JSON, XLSX, PARQUET"),
        (f"{HEADER}-- charset: latin-99\n", 3, "'latin-99' is no charset"),
        (f"{HEADER}-- charset: rot13\n", 3, "'rot13' is no charset"),
        (f"{HEADER}-- charset: Cp1252, ignoring\n", 3, "'ignoring' is none of replacing"),
        ("-- report type: GET_A\n-- charset: Cp1252\n-- format: JSON\n", 2, "JSON has no charset to choose"),
        (f"{HEADER}-- schedulable: maybe\n", 3, "'maybe' is none of yes, no"),
        (f"{HEADER}-- data range: 30 days\n", 3, "'30 days' is none of required, optional"),
        (f"{HEADER}-- fromat: TSV\n", 3, "'fromat' is not of a header; these are: report type, format"),
        (f"{HEADER}-- format: CSV\n", 3, "'format' stands on line 2 already"),
        (f"{HEADER}-- just a comment\n", 3, "other comments follow below a blank line"),
        (f"{HEADER}-- option: a b=TEXT\n", 3, "an option is NAME=VALUES"),
        (f"{HEADER}-- option: a=x||y\n", 3, "the values of an option are words between bars"),
        (f"{HEADER}-- option: a=x|TEXT\n", 3, "or one of TEXT, INTEGER, INSTANT, LIST alone"),
        (f"{HEADER}-- option: a=x\n-- option: A=y\n", 1, "there are two options a"),
    ],
)
def test_a_mistake_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Fault) as raised:
        read_header(text)
    assert (raised.value.line, reason in str(raised.value)) == (line, True), str(raised.value)
