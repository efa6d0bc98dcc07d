"""Files that are wrong: what stops the reading, what refuses a row, and that no row takes another with it."""

import tracemalloc
import zlib
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path
from random import Random
from typing import BinaryIO, cast

import pytest

from daybook.catalog.drafts import Draft
from daybook.catalog.files import Limits, read
from daybook.kernel.errors import InvalidInput
from tests.catalog.files.reading import faults, packed, read_all, skus


def test_invalid_utf_8_names_the_line_and_the_byte_and_the_others_are_read() -> None:
    content = b"\xef\xbb\xbfsku,item-name\r\n1,good\r\n2,caf\xe9\r\n3,good\r\n4,\xff\r\n"
    assert skus(content) == ["1", "3"]
    first, second = faults(content)
    assert (first.row, second.row) == (3, 5)
    assert f"byte {content.index(0xE9)} " in first.problem
    assert f"byte {content.index(0xFF)} " in second.problem
    assert "cp1252" in first.remedy


def test_the_byte_offset_counts_from_the_beginning_of_a_long_file() -> None:
    content = b"sku,item-name\n" + b"".join(b"%d,%b\n" % (number, b"x" * 90) for number in range(6_000))
    content += b"bad,\x80\nlast,x\n"
    (fault,) = faults(content)
    assert fault.row == 6_002
    assert f"byte {content.index(0x80):,} " in fault.problem
    assert skus(content)[-1] == "last"


def test_the_byte_offset_in_a_gzip_file_is_that_of_its_content() -> None:
    (fault,) = faults(packed(b"sku\nok\n\xff\n"))
    assert (fault.row, "byte 7 " in fault.problem) == (3, True)


def test_a_nul_refuses_its_row_alone() -> None:
    content = b"sku\n1\n2\0\n3\n"
    assert skus(content) == ["1", "3"]
    assert [(fault.row, "NUL" in fault.problem) for fault in faults(content)] == [(3, True)]


def test_a_broken_multibyte_character_in_a_legacy_encoding_is_refused_too() -> None:
    content = b"sku,item-name\n1,ok\n2,\x81\n3,ok\n"
    assert skus(content, encoding="cp932") == ["1", "3"]
    assert [fault.row for fault in faults(content, encoding="cp932")] == [3]


def test_broken_utf_16_stops_with_the_byte_offset() -> None:
    content = "sku\n1\n".encode("utf-16-le") + b"\x00\xdc"
    with pytest.raises(InvalidInput, match="byte 12 cannot be decoded"):
        skus(content, encoding="utf-16-le")


@pytest.mark.parametrize(
    "stray",
    [
        '2,"a quote that never closes',
        '2,"closed" too early',
        '2,"one" more "here"',
        '2,"16 inch pan',
    ],
)
@pytest.mark.parametrize("below", ["3,plain\n4,plain\n", '3,"quoted"\n4,"quo,ted"\n', '3,mid"quote\n4,"two\nlines"\n'])
def test_a_stray_quote_costs_its_own_row_and_no_other(stray: str, below: str) -> None:
    content = f"sku,item-name\n1,good\n{stray}\n{below}"
    assert skus(content) == ["1", "3", "4"]
    (fault,) = faults(content)
    assert fault.row == 3
    assert "quot" in fault.problem


def test_row_numbers_are_line_numbers_after_cells_of_several_lines_and_blank_lines() -> None:
    content = '\n\nsku,item-name\n1,"a\nb\nc"\n\n  \n2,x\n,,\n3,\n'
    found = read_all(content)
    assert [(each.sku, each.row) for each in found if isinstance(each, Draft)] == [("1", 4), ("2", 9), ("3", 11)]
    assert len(found) == 3


def test_quotes_in_tab_separated_text_are_text_where_they_do_not_enclose() -> None:
    content = 'sku\titem-name\n1\t"Best" pan\n2\t11" pan\n3\t"open\n4\t"tab\there"\n5\t"""all"""\n'
    names = [(each.sku, each.name) for each in read_all(content) if isinstance(each, Draft)]
    assert names == [("1", '"Best" pan'), ("2", '11" pan'), ("3", '"open'), ("4", "tab\there"), ("5", '"all"')]


def test_a_row_may_be_shorter_than_the_header_but_not_longer() -> None:
    content = "sku,item-name,price\n1\n2,x,3,,\n3,x,4,surplus\n4,y,5\n"
    assert skus(content) == ["1", "2", "4"]
    assert [(fault.row, fault.problem) for fault in faults(content)] == [
        (4, "there are 4 cells, but the header has 3.")
    ]


def test_a_line_over_the_limit_is_refused_and_the_next_is_read() -> None:
    limits = Limits(line=1000)
    for length in (1001, 300_000, 2_000_000):
        content = b"sku,item-name\n1,x\n2," + b"x" * length + b"\n3,y\n"
        assert skus(content, limits=limits) == ["1", "3"]
        assert [(fault.row, "1,000 bytes" in fault.problem) for fault in faults(content, limits=limits)] == [(3, True)]


def test_a_line_over_the_limit_at_the_very_end_is_reported() -> None:
    content = b"sku,item-name\n1,x\n2," + b"x" * 600_000
    assert [fault.row for fault in faults(content, limits=Limits(line=1000))] == [3]


def test_a_cell_over_the_limit_is_refused_in_tables_and_in_ndjson() -> None:
    limits = Limits(cell=100)
    table = f"sku,item-name\n1,x\n2,{'x' * 101}\n3,{'x' * 100}\n"
    objects = f'{{"sku": "1"}}\n{{"sku": "2", "title": "{"x" * 101}"}}\n{{"sku": "3", "title": "{"x" * 100}"}}\n'
    for content, row in ((table, 3), (objects, 2)):
        assert skus(content, limits=limits) == ["1", "3"]
        assert [(fault.row, "101 characters" in fault.problem) for fault in faults(content, limits=limits)] == [
            (row, True)
        ]


def test_a_quote_that_swallows_too_much_is_given_up_and_all_rows_below_are_read() -> None:
    below = "".join(f"{number},{'x' * 60}\n" for number in range(5000))
    content = f'sku,item-name\nfirst,a\nbad,"open\n{below}'
    assert skus(content) == ["first", *map(str, range(5000))]
    assert [fault.row for fault in faults(content)] == [3]


def test_too_many_columns_stop_the_reading() -> None:
    with pytest.raises(InvalidInput, match="4 columns; the limit is 3"):
        skus("sku,a,b,c\n", limits=Limits(columns=3))
    assert "limit is 3" in faults('{"sku": 1, "a": 1, "b": 1, "c": 1}', limits=Limits(columns=3))[0].problem


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",no sku", "there is no SKU."),
        ("  ,no sku", "there is no SKU."),
        (f"{'x' * 41},long", "this SKU has 41 characters; Amazon allows 40."),
        ('"a\nb",two lines', "this SKU has a character that cannot be printed."),
    ],
)
def test_a_row_without_a_usable_sku_is_refused(row: str, problem: str) -> None:
    content = f"sku,item-name\n1,x\n{row}\n3,y\n"
    assert skus(content) == ["1", "3"]
    assert [(fault.row, fault.refused, fault.problem) for fault in faults(content)] == [(3, True, problem)]


def test_a_value_that_cannot_be_read_is_left_out_and_its_row_is_taken() -> None:
    content = "sku,price,currency,quantity,status,open-date\n1,ask us,XXX,many,maybe,yesterday\n"
    found = read_all(content)
    draft = found[-1]
    assert isinstance(draft, Draft)
    assert (draft.price, draft.currency, draft.quantity, draft.status, draft.opened_at) == (None, "", None, None, None)
    notes = [str(each) for each in found[:-1]]
    assert notes[0] == "line 2, price: 'ask us': this is not a price. It was left out."
    assert [note.partition(":")[0] for note in notes] == [
        f"line 2, {column}" for column in ("price", "currency", "quantity", "status", "open-date")
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"\n \n\r\n", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"PK\x03\x04...", "spreadsheet"),
        (b"sku,caf\xe9\n1,2\n", "The header cannot be read: line 1: byte 7"),
        (b'sku,"open\n1,2\n', "The header cannot be read: line 1: the quoting is wrong"),
    ],
)
def test_a_file_without_a_readable_beginning_stops(content: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        skus(content)


def test_a_file_that_cannot_be_opened_stops(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            list(read(path))


@pytest.mark.parametrize("encoding", ["no-such", "hex", "rot13", "idna", "undefined"])
def test_an_encoding_that_is_none_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidInput, match="There is no text encoding"):
        skus("sku\n1\n", encoding=encoding)


def test_a_decimal_mark_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="--decimal x"):
        skus("sku\n1\n", decimal="x")


def test_a_gzip_file_that_is_cut_or_damaged_stops_after_what_could_be_read() -> None:
    noise = Random(7)  # noqa: S311  nothing secret about it
    whole = packed(
        b"sku,item-name\n" + b"".join(b"%d,%b\n" % (n, noise.randbytes(2000).hex().encode()) for n in range(300))
    )
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    for content, message in ((whole[:-9], "ends too early"), (bytes(damaged), "damaged"), (whole + b"junk", "damaged")):
        rows = read(BytesIO(content))
        assert isinstance(next(rows), Draft)
        with pytest.raises(InvalidInput, match=message):
            list(rows)


class Endless(RawIOBase):
    """A gzip stream that never ends."""

    def __init__(self) -> None:
        self._blocks = self._packed()

    def _packed(self) -> Iterator[bytes]:
        deflater = zlib.compressobj(9, wbits=31)
        yield deflater.compress(b"sku\n")
        while True:
            yield deflater.compress((b"x" * 1000 + b"\n") * 4000)

    def read(self, size: int = -1) -> bytes:
        return next(block for block in self._blocks if block)


def test_a_gzip_bomb_stops_before_it_fills_the_memory() -> None:
    limits = Limits(gzip_free=1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput, match="swells") as raised:
            for _ in read(cast("BinaryIO", Endless()), limits=limits):
                pass
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert "200 times" in raised.value.details


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b",,\n", b'"",""\n', b" \t\n"])
@pytest.mark.parametrize("before", [b"", b"sku,item-name,price\n1,a,2\n"])
def test_lines_without_a_row_are_not_read_for_ever(before: bytes, line: bytes) -> None:
    """A file of a few hundred KB holds a hundred million of them, packed."""
    limits = Limits(empty_lines=20_000)
    assert skus(b"sku,item-name,price\n" + line * 20_000 + b"1,a,2\n", limits=limits) == ["1"]
    with pytest.raises(InvalidInput, match="more than 20,000 empty lines") as raised:
        read_all(packed(before + line * 2_000_000 + b"2,b,3\n"), limits=limits)
    assert "still going on at line" in raised.value.details


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("sku,price,price", "column 2 is 'price', and column 3 is 'price'"),
        ("Title,sku,title", "column 1 is 'Title', and column 3 is 'title'"),
        ("sku,item-name,qty,Item Name", "column 2 is 'item-name', and column 4 is 'Item Name'"),
    ],
)
def test_two_columns_of_the_same_name_are_refused(header: str, told: str) -> None:
    """Nobody could tell which of them is meant."""
    with pytest.raises(InvalidInput, match="same name") as raised:
        read_all(f"{header}\n1,2,3,4\n")
    assert told in raised.value.message


def test_columns_without_a_name_may_be_many() -> None:
    assert skus("sku,,\n1,,\n") == ["1"]


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(rows: int) -> int:
        content = BytesIO(b"sku,item-name\n" + b"".join(b"%d,%b\n" % (number, b"x" * 500) for number in range(rows)))
        tracemalloc.start()
        try:
            assert sum(1 for _ in read(content)) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(12_000) < 2 * peak(3_000)
