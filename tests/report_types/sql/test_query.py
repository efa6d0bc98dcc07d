"""What a request binds, and how a SELECT that fails is told: file, line and reason, and nothing of the machine."""

import sqlite3
from datetime import datetime
from typing import Any

import pytest

from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.report_types.sql.settings import Limits
from tests.report_types.sql.writing import CA, END, SELLER, START, US, Folder, request

OPTIONS = "-- option: name=TEXT\n-- option: Order=up|down"


def test_what_a_request_says_is_bound(folder: Folder) -> None:
    select = """
        SELECT $seller AS seller, $marketplaces AS marketplaces, $start AS start, $end AS end, typeof($start) AS kind,
            $option_name AS name, $OPTION_ORDER AS "order"
    """
    assert folder.rows(select, OPTIONS, options={"NAME": "x"}) == [
        {
            "seller": SELLER,
            "marketplaces": [US, CA],
            "start": "2026-11-01 00:00:00+00",
            "end": "2026-11-21 00:00:00+00",
            "kind": "TIMESTAMP WITH TIME ZONE",
            "name": "x",
            "order": "up",
        }
    ]


@pytest.mark.parametrize("value", ["' OR 1=1 --", "'; DROP VIEW t; --", "$seller", "\\", "日本", "a\0b", ""])
def test_what_a_request_says_is_never_part_of_the_text(folder: Folder, value: str) -> None:
    folder.add("names.csv", "name,rank\nx,1\n", header=True)
    select = "SELECT $option_name AS said, (SELECT count(*) FROM names WHERE name = $option_name) AS found"
    assert folder.rows(select, OPTIONS, options={"name": value}) == [{"said": value, "found": 0}]


def test_an_instant_is_compared_with_times_of_every_kind(folder: Folder) -> None:
    folder.add("changes.csv", "id,day,moment\n1,2026-10-31,2026-10-31 23:59:59\n2,2026-11-01,2026-11-01 00:00:00\n")
    assert folder.rows("SELECT id FROM changes WHERE moment >= $start AND day >= $start AND moment < $end") == [
        {"id": 2}
    ]


def test_an_option_that_is_not_given_and_has_no_default_is_null(folder: Folder) -> None:
    assert folder.rows("SELECT 1 AS id WHERE $option_name IS NULL", OPTIONS) == [{"id": 1}]


@pytest.mark.parametrize(
    ("header", "changes", "reason"),
    [
        (OPTIONS, {"options": {"colour": "red"}}, "GET_A_REPORT has no option colour"),
        (OPTIONS, {"options": {"order": "sideways"}}, "The option Order is 'sideways'"),
        ("-- option: name!=TEXT", {}, "The option name must be given"),
        ("-- data range: required", {"start": END}, "GET_A_REPORT needs a range of data"),
    ],
)
def test_a_request_that_lacks_something_ends_with_what_it_lacks(
    folder: Folder, header: str, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        folder.make("SELECT 1 AS id", header, **changes)


def test_a_range_is_asked_for_only_where_the_header_says_so(folder: Folder) -> None:
    assert folder.rows("SELECT $end - $start AS d", start=END) == [{"d": "00:00:00"}]
    assert folder.rows(
        "SELECT 1 AS id", "-- data range: required", start=START, end=datetime.max.replace(tzinfo=END.tzinfo)
    )


# Line 4 of each file is the first below its header.
BROKEN = [
    ("SELECT 1 AS a,\n  nope\nFROM numbers", 5, 'Referenced column "nope" not found'),
    ("SELECT 'ä', 'öü',\n\n  nope(1) FROM numbers", 6, "nope does not exist"),
    ("SELECT id::INTEGER\nFROM numbers\nWHERE name::INTEGER > 1", 6, "Could not convert string 'n0' to INT32"),
    ("SELECT 1, 2\nUNION SELECT 3", 4, "same number of result columns"),
    ("FROM shop.orders, numbers\nWHERE shop.orders.x", 5, 'does not have a column named "x"'),
    ("FROM shop.missing", 4, "missing does not exist"),
    ("SELECT error('so it is')", 4, "so it is"),
    ("SELECT sum(name) FROM numbers", 4, "No function matches"),
    ("SELECT id FROM numbers WHERE id = $marketplaces", 4, "VARCHAR[]"),
]


@pytest.mark.parametrize(("select", "line", "reason"), BROKEN)
@pytest.mark.parametrize("form", ["TSV", "JSON", "XLSX"])
def test_a_select_that_fails_is_told_with_its_line(
    folder: Folder, form: str, select: str, line: int, reason: str
) -> None:
    folder.add("numbers.csv", "id,name\n0,n0\n1,n1\n")
    shop = folder.add("shop.sqlite", b"")
    with sqlite3.connect(shop) as database:
        database.execute("CREATE TABLE orders (id INTEGER)")
    database.close()
    with pytest.raises(Misconfigured) as raised:
        folder.make(select, form=form)
    assert raised.value.message.startswith(f"a.sql, line {line}: "), raised.value.message
    assert reason in raised.value.message
    assert str(folder.path) not in raised.value.message


def test_a_row_that_cannot_be_read_is_told_without_the_path_of_its_file(folder: Folder) -> None:
    rows = "".join(f"{number},{number}\n" for number in range(50_000))
    folder.add("numbers.csv", f"id,n\n{rows}x,x\n")
    with pytest.raises(Misconfigured) as raised:
        folder.make("SELECT sum(id) AS total FROM numbers")
    assert raised.value.message.startswith("a.sql, line 4: CSV Error on Line: 50002")
    assert "the source numbers" in raised.value.message
    assert str(folder.path) not in raised.value.message


def test_a_report_that_fails_amid_its_rows_is_told_too(folder: Folder) -> None:
    with pytest.raises(Misconfigured, match=r"a\.sql, line 4: too many"):
        folder.make("SELECT CASE WHEN range > 500000 THEN error('too many') ELSE range END AS id FROM range(1000000)")


def test_what_takes_too_long_is_ended(folder: Folder) -> None:
    folder.limits = Limits(seconds=1)
    endless = "SELECT count(*) AS n FROM range(10000000) AS a, range(10000000) AS b"
    for form in ("TSV", "PARQUET"):
        with pytest.raises(Misconfigured, match=r"a\.sql, line 4: The query took longer than 1 s"):
            folder.make(endless, form=form)


def test_rows_that_never_end_are_ended(folder: Folder) -> None:
    folder.limits = Limits(seconds=1)
    folder.write(
        "-- report type: GET_A_REPORT\n-- format: CSV\n\nSELECT a.range FROM range(10000000) a, range(10000000) b"
    )
    pieces = folder.open()["GET_A_REPORT"].produce(None, request())
    with pytest.raises(Misconfigured, match="took longer than 1 s"):
        sum(len(piece) for piece in pieces)


def test_what_does_not_fit_into_memory_spills(folder: Folder) -> None:
    folder.limits = Limits(memory_mb=80)
    select = "SELECT max(x) AS n FROM (SELECT repeat(range::VARCHAR, 20) AS x FROM range(1000000) ORDER BY hash(range))"
    assert folder.rows(select) == [{"n": "999999" * 20}]
    assert list((folder.path / "work" / "scratch").iterdir()) == []


def test_what_neither_fits_nor_spills_is_ended(folder: Folder) -> None:
    folder.limits = Limits(memory_mb=64)
    with pytest.raises(Misconfigured, match="needs more than the 64 MB of memory"):
        folder.make("SELECT list(repeat('x', 1000) || range) AS n FROM range(1000000)")
