"""Gzip by its first bytes, whole or not at all."""

import gzip
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.client.documents.unpacking import LARGEST, Unpacker
from daybook.client.errors import DocumentCorrupt, DocumentCut

TEXT = b"".join(b"row %d\twith some text\n" % number for number in range(5000))
NOISE = random.Random(5).randbytes(50_000)  # noqa: S311  the same in every run


def unpacked(content: bytes, size: int = 65_536) -> bytes:
    """What comes of content in pieces of that size."""
    unpacker = Unpacker()
    pieces = [piece for start in range(0, len(content), size) for piece in unpacker.feed(content[start : start + size])]
    pieces += unpacker.end()
    assert all(pieces)
    assert max(map(len, pieces), default=0) <= LARGEST
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 2, 7, 1000, 65_536])
@pytest.mark.parametrize("content", [TEXT, NOISE, b"", b"x"], ids=["text", "noise", "nothing", "a letter"])
@pytest.mark.requirement("R004-238", "R004-239", "R004-240")
def test_gzip_is_unpacked_and_anything_else_is_as_it_is(content: bytes, size: int) -> None:
    assert unpacked(gzip.compress(content), size) == content
    assert unpacked(content, size) == content


@given(
    members=st.lists(st.binary(max_size=300), min_size=1, max_size=4), zeros=st.integers(0, 5), size=st.integers(1, 90)
)
def test_members_that_follow_each_other_are_one_document_and_zeros_after_them_nothing(
    members: list[bytes], zeros: int, size: int
) -> None:
    packed = b"".join(map(gzip.compress, members)) + bytes(zeros)
    assert unpacked(packed, size) == b"".join(members)


@pytest.mark.parametrize("size", [1, 100, 65_536])
@pytest.mark.parametrize("kept", [3, 12, 300, -9, -8, -1])
@pytest.mark.requirement("R004-240")
def test_gzip_that_was_cut_anywhere_is_an_error(kept: int, size: int) -> None:
    with pytest.raises(DocumentCut):
        unpacked(gzip.compress(TEXT)[:kept], size)


def spoilt(packed: bytes, place: int) -> bytes:
    """The same with one byte turned over."""
    return packed[:place] + bytes([packed[place] ^ 0xFF]) + packed[place + 1 :]


@pytest.mark.parametrize("place", [2, 3, 200, -8, -1])
@pytest.mark.requirement("R004-240")
def test_gzip_that_was_spoilt_anywhere_is_an_error(place: int) -> None:
    packed = gzip.compress(NOISE)
    with pytest.raises((DocumentCorrupt, DocumentCut)):
        unpacked(spoilt(packed, place % len(packed)))


def test_other_bytes_after_gzip_are_an_error() -> None:
    with pytest.raises(DocumentCorrupt, match="unpacked") as corrupt:
        unpacked(gzip.compress(TEXT) + b"and so on")
    assert "other bytes" in corrupt.value.details


@pytest.mark.requirement("R004-240")
def test_a_small_document_that_unpacks_to_a_large_one_never_fills_the_memory() -> None:
    packed = gzip.compress(bytes(30_000_000))
    tracemalloc.start()
    unpacker, size = Unpacker(), 0
    for piece in (packed[start : start + 65_536] for start in range(0, len(packed), 65_536)):
        for one in unpacker.feed(piece):
            size += len(one)
    assert list(unpacker.end()) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 30_000_000
    assert peak < 8 * LARGEST


def test_what_it_was_is_known_afterwards() -> None:
    for content, packed in ((gzip.compress(TEXT), True), (TEXT, False), (b"\x1f", False), (b"", False)):
        unpacker = Unpacker()
        list(unpacker.feed(content))
        list(unpacker.end())
        assert unpacker.packed is packed
