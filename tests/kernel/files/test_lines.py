"""Blocks of bytes as lines of text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.lines import Lines

PIECES = st.sampled_from(
    [b"a", b"\n", b"\r", b"\r\n", b"\xc3\xa9", b"\xff", b"\0", "\u2028\x0b\x0c\x1c\x85".encode(), b"xxxxx"]
)
BLOCKS = st.lists(st.lists(PIECES, max_size=6).map(b"".join), max_size=8)
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@given(BLOCKS, st.integers(1, 12))
def test_lines_and_their_faults_do_not_depend_on_where_blocks_end(blocks: list[bytes], limit: int) -> None:
    content = b"".join(blocks)
    whole = [match[0] for match in LINE.finditer(content)]
    text = Lines(blocks, "utf-8", limit)
    lines = list(text)
    assert len(lines) == len(whole)
    for number, (line, raw) in enumerate(zip(lines, whole, strict=True), 1):
        if number not in text.bad:
            assert line.encode() == raw
    wrong = [n for n, raw in enumerate(whole, 1) if len(raw) > limit or b"\0" in raw or b"\xff" in raw]
    assert sorted(text.bad) == wrong


@given(BLOCKS)
def test_the_byte_of_an_undecodable_line_is_counted_from_the_beginning_of_the_file(blocks: list[bytes]) -> None:
    content = b"".join(blocks)
    text = Lines(blocks, "utf-8", 1000)
    list(text)
    named = [int(match[1]) for fault in text.bad.values() if (match := re.match(r"byte (\d+) of", fault.problem))]
    assert all(content[at : at + 1] == b"\xff" for at in named)
    assert len(named) >= sum(b"\xff" in raw and b"\0" not in raw for raw in LINE.findall(content))


def test_a_byte_order_mark_is_not_text() -> None:
    text = Lines([b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb"], "utf-8", 100)
    assert list(text) == ["a\n", "\ufeffb"]


@pytest.mark.parametrize("empty", [b"\n", b",\n", b'"";""\r\n', b"{}\n", b"[],\r"])
def test_empty_lines_are_counted_through_the_whole_file(empty: bytes) -> None:
    """A line with text now and then does not begin the count anew."""
    block = empty * 999 + b"x,1\n"
    assert len(list(Lines([block] * 10, "utf-8", 100, empty=10_000))) == 10_000
    with pytest.raises(InvalidInput, match="more than 10,000 empty lines, and few others") as raised:
        list(Lines([block] * 20, "utf-8", 100, empty=10_000))
    assert raised.value.details.startswith("They are still going on at line 11,000.")


@pytest.mark.parametrize("row", [b"A,1\r\r\n", b'[\n{\n"sku": "A",\n"price": "1"\n}\n]\n'])
def test_empty_lines_that_stand_among_the_others_are_as_many_as_they_like(row: bytes) -> None:
    assert list(Lines([row * 100] * 50, "utf-8", 100, empty=10))
