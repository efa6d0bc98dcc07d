"""Blocks of bytes as lines of text."""

import re

from hypothesis import given
from hypothesis import strategies as st

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
