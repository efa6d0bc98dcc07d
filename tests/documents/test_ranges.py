"""The Range header, against what RFC 9110 says of each byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.ranges import ByteRange, Unsatisfiable, parse_range

SIZES = st.integers(1, 50)
POSITIONS = st.integers(0, 60)


def chosen(answer: ByteRange | Unsatisfiable | None, size: int) -> list[int]:
    """The positions that an answer sends."""
    if answer is None:
        return list(range(size))
    if isinstance(answer, Unsatisfiable):
        return []
    assert answer.start < answer.end <= size
    return list(range(answer.start, answer.end))


@given(SIZES, POSITIONS, POSITIONS)
def test_from_first_to_last(size: int, first: int, last: int) -> None:
    answer = parse_range(f"bytes={first}-{last}", size)
    if last < first:
        assert answer is None
    else:
        assert chosen(answer, size) == [position for position in range(size) if first <= position <= last]


@given(SIZES, POSITIONS)
def test_from_first_on(size: int, first: int) -> None:
    assert chosen(parse_range(f"bytes={first}-", size), size) == [at for at in range(size) if first <= at]


@given(SIZES, POSITIONS)
def test_the_last_so_many(size: int, length: int) -> None:
    assert chosen(parse_range(f"bytes=-{length}", size), size) == [at for at in range(size) if size - length <= at]


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999999999999-"])
def test_a_range_outside_is_told_apart_from_none(header: str) -> None:
    assert parse_range(header, 10) == Unsatisfiable(10)


@pytest.mark.parametrize(
    "header", ["bytes=2-4", "BYTES=2-4", "bytes= 2-4 ", "bytes=,2-4,", "bytes=002-4", " bytes=2-4"]
)
def test_lenient_writings_of_one_range_are_read(header: str) -> None:
    assert parse_range(header, 10) == ByteRange(2, 5, 10)


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1-2,4-5", "bytes=--2", "bytes=+1-2",
     "bytes=1", "bytes=0x1-2", "items=0-1", "bytes:0-1", "bytes=0-1;x", "bytes=１-２", "bytes==0-1",
     "bytes=" + "9" * 5000 + "-"],
)  # fmt: skip
def test_no_malformed_foreign_or_multiple_range_cuts_the_document(header: str | None) -> None:
    assert parse_range(header, 10) is None


@given(st.text() | st.from_regex(r"bytes=[0-9, -]*"), st.integers(0, 10))
def test_any_header_has_an_answer(header: str, size: int) -> None:
    answer = parse_range(header, size)
    assert answer is None or chosen(answer, size) is not None


def test_an_empty_document_is_always_whole() -> None:
    assert [parse_range(header, 0) for header in ("bytes=0-", "bytes=-1", "bytes=0-0")] == [None, None, None]


def test_content_range_says_what_is_sent() -> None:
    assert ByteRange(2, 5, 10).content_range == "bytes 2-4/10"
    assert Unsatisfiable(10).content_range == "bytes */10"
