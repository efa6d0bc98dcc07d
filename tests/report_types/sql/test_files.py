"""Workbooks and Parquet files."""

import io
import zipfile
from pathlib import Path

import duckdb
import pytest

from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql.sources import Source
from tests.report_types.sql.writing import Folder

KINDS = """
SELECT 17::HUGEINT AS pieces, 1.5::DECIMAL(9, 2) AS money, 'nan'::DOUBLE AS unknown, '00123' AS code, [1, 2] AS list,
    TIMESTAMPTZ '2026-11-21 12:00:00+02' AS instant, concat('a', chr(1), '<b>') AS name, NULL AS nothing
"""


def test_a_parquet_file_has_the_types_of_the_select(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "found.parquet"
    path.write_bytes(folder.make("SELECT range AS id, range::DECIMAL(9, 2) AS price FROM range(3)", form="PARQUET"))
    found = duckdb.connect().execute(f"FROM '{path}'")
    assert [str(kind) for _, kind, *_ in found.description] == ["BIGINT", "DECIMAL(9,2)"]
    assert [int(price) for _, price in found.fetchall()] == [0, 1, 2]


def test_a_large_file_comes_in_pieces(folder: Folder) -> None:
    pieces = folder.pieces("SELECT range AS id, hash(range) AS h FROM range(400000)", form="PARQUET")
    assert len(pieces) > 2
    assert all(len(piece) <= 1024 * 1024 for piece in pieces)
    assert (pieces[0][:4], pieces[-1][-4:]) == (b"PAR1", b"PAR1")


def test_a_workbook_has_cells_of_their_kinds(folder: Folder) -> None:
    book = zipfile.ZipFile(io.BytesIO(folder.make(KINDS, form="XLSX")))
    header, row = book.read("xl/worksheets/sheet1.xml").decode().split("<row ")[1:]
    names = ("pieces", "money", "unknown", "code", "list", "instant", "name", "nothing")
    assert [f"<t>{name}</t>" in header for name in names] == [True] * len(names)
    assert '<c r="A2"><v>17</v></c><c r="B2"><v>1.50</v></c><c r="D2" t="inlineStr"><is><t>00123</t>' in row
    assert "<t>[1,2]</t>" in row
    assert "<t>a &lt;b&gt;</t>" in row
    assert "nan" not in row


def test_a_workbook_is_read_back_as_it_was(folder: Folder) -> None:
    book = folder.make("SELECT range AS id, 'n' || range AS name FROM range(5000)", form="XLSX")
    folder.add("book.xlsx", book)
    folder.sources["book"] = Source("xlsx", str(folder.data / "book.xlsx"), {"header": True})
    assert folder.rows("SELECT count(*) AS n, sum(id) AS s, max(name) AS m FROM book") == [
        {"n": 5000, "s": 12497500.0, "m": "n999"}
    ]


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        (
            "SELECT repeat('x', 32768) AS long",
            "A cell of the column long is longer than the 32767 letters of a workbook",
        ),
        ("SELECT range FROM range(1048577)", "Sheet row limit of '1048576' rows exceeded"),
    ],
)
def test_what_no_workbook_holds_ends_the_report(folder: Folder, select: str, reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason):
        folder.make(select, form="XLSX")


def test_nothing_is_left_of_a_file(folder: Folder) -> None:
    folder.make("SELECT 1 AS id", form="PARQUET")
    assert list((folder.path / "work" / "scratch").iterdir()) == []
