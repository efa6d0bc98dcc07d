"""Rows of text that comes in pieces."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.client.documents.batches import Batches
from daybook.client.documents.tables import Row, Table
from daybook.client.errors import MalformedRow


def rows(text: str, delimiter: str = "\t", size: int = 4) -> list[Row]:
    """The rows, from pieces of that size."""
    table = Table(delimiter)
    found = [row for start in range(0, len(text), size) for row in table.rows(table.block(text[start : start + size]))]
    return [*found, *table.rows(table.last_block(), last=True)]


def batches(text: str, delimiter: str = "\t", size: int = 4) -> list[Row]:
    """The same, by way of Arrow."""
    table = Table(delimiter)
    maker = Batches(table)
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    found = [batch for piece in pieces for batch in maker.of(table.block(piece))]
    found += maker.of(table.last_block(), last=True)
    assert all(str(field.type) == "string" for batch in found for field in batch.schema)
    return [row for batch in found for row in batch.to_pylist()]


WAYS = pytest.mark.parametrize("way", [rows, batches])
SIZES = pytest.mark.parametrize("size", [1, 2, 5, 17, 1000])


@WAYS
@SIZES
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_lines_and_cells_are_rows_however_the_text_is_cut(way, size: int, end: str, last: str) -> None:  # type: ignore[no-untyped-def]
    lines = ["sku\tname\tprice", 'A\ta 12" pan\t1', "B\t\t2", 'C\t"quoted"\t']
    text = end.join(lines) + (end if last else "")
    assert way(text, size=size) == [
        {"sku": "A", "name": 'a 12" pan', "price": "1"},
        {"sku": "B", "name": "", "price": "2"},
        {"sku": "C", "name": '"quoted"', "price": ""},
    ]


@WAYS
@SIZES
def test_cells_in_quotes_hold_what_would_end_others(way, size: int) -> None:  # type: ignore[no-untyped-def]
    text = 'sku,name\r\nA,"two\r\nlines, ""quoted"""\r\nB,plain\r\n"C","a\nb"\r\n'
    assert way(text, ",", size) == [
        {"sku": "A", "name": 'two\r\nlines, "quoted"'},
        {"sku": "B", "name": "plain"},
        {"sku": "C", "name": "a\nb"},
    ]


@WAYS
def test_tab_separated_text_whose_header_is_quoted_knows_quotes(way) -> None:  # type: ignore[no-untyped-def]
    assert way('"Date"\t"Title"\n"1"\t"a\tb"\n') == [{"Date": "1", "Title": "a\tb"}]


@WAYS
@SIZES
@pytest.mark.parametrize(
    ("delimiter", "text"), [("\t", "a\tb\tc\n1\n\n2\t3\n4\t5\t6\t\t\n"), (",", "a,b,c\n1\n\n2,3\n4,5,6,,\n")]
)
def test_what_a_row_lacks_at_its_end_is_empty_and_an_empty_line_is_no_row(  # type: ignore[no-untyped-def]
    way, delimiter: str, text: str, size: int
) -> None:
    assert way(text, delimiter, size) == [
        {"a": "1", "b": "", "c": ""},
        {"a": "2", "b": "3", "c": ""},
        {"a": "4", "b": "5", "c": "6"},
    ]


@WAYS
@SIZES
def test_a_row_with_more_cells_than_the_header_is_told_with_its_number(way, size: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedRow) as malformed:
        way("a\tb\n1\t2\n3\t4\n5\t6\t7\n8\t9\n", size=size)
    assert malformed.value.row == 4
    assert "'5'" in malformed.value.details


@WAYS
@SIZES
@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_empty_lines_are_not_counted(way, delimiter: str, size: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedRow) as malformed:
        way("a,b\n\n1,2\n\n\n3,4\n5,6,7\n".replace(",", delimiter), delimiter, size)
    assert malformed.value.row == 4


@WAYS
@SIZES
def test_an_empty_line_of_a_single_column_is_an_empty_cell(way, size: int) -> None:  # type: ignore[no-untyped-def]
    assert way("a\n1\n\n2\n", size=size) == [{"a": "1"}, {"a": ""}, {"a": "2"}]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("text", ['a,b\n1,2\n3,"open\n5,6\n', 'a,b\n1,2\n3,"x"y\n5,6\n'])
@WAYS
def test_quotes_that_do_not_close_are_told_with_their_row(way, text: str, size: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedRow) as malformed:
        way(text, ",", size)
    assert malformed.value.row == 3


@WAYS
@pytest.mark.parametrize("text", ["", "sku\tname\n", "sku\tname"])
def test_a_header_alone_and_nothing_at_all_have_no_rows(way, text: str) -> None:  # type: ignore[no-untyped-def]
    assert way(text) == []


@WAYS
def test_two_columns_of_one_name_are_both_kept(way) -> None:  # type: ignore[no-untyped-def]
    assert way("a\tb\ta\n1\t2\t3\n") == [{"a": "1", "b": "2", "a (2)": "3"}]


@WAYS
def test_a_carriage_return_within_a_line_is_a_letter(way) -> None:  # type: ignore[no-untyped-def]
    assert way("a\tb\n1\tx\ry\n", size=1000) == [{"a": "1", "b": "x\ry"}]


@WAYS
def test_letters_that_some_take_for_the_end_of_a_line_are_letters(way) -> None:  # type: ignore[no-untyped-def]
    assert way("a\tb\n1\tx\x0by\x0c\x1c\x85\u2028z\n") == [{"a": "1", "b": "x\x0by\x0c\x1c\x85\u2028z"}]
    assert way('a,b\n1,"x\x0b\u2028z"\n', ",") == [{"a": "1", "b": "x\x0b\u2028z"}]


def test_something_that_is_no_table_does_not_fill_the_memory() -> None:
    table = Table("\t")
    pieces = ["x" * 1_000_000] * 100
    with pytest.raises(MalformedRow, match="no end"):
        list(map(table.block, pieces))


CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=6)
ANY_CELL = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=6)


@given(table=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6), size=st.integers(1, 30))
@pytest.mark.parametrize("way", [rows, batches])
def test_plain_text_comes_back_as_it_went_in(way, table: list[list[str]], size: int) -> None:  # type: ignore[no-untyped-def]
    text = "".join("\t".join(cells) + "\n" for cells in [["x", "y", "z"], *table])
    assert [list(row.values()) for row in way(text, size=size)] == table


@given(table=st.lists(st.lists(ANY_CELL, min_size=2, max_size=2), max_size=6), size=st.integers(1, 30))
@pytest.mark.parametrize("way", [rows, batches])
def test_quoted_text_comes_back_as_it_went_in(way, table: list[list[str]], size: int) -> None:  # type: ignore[no-untyped-def]
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["x", "y"], *table])
    assert [list(row.values()) for row in way(written.getvalue(), ",", size)] == table
