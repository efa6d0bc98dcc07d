"""What holds of every object store: a folder, a bucket, memory."""

import asyncio
import random
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

import pytest

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.kernel.clock import system_clock
from daybook.kernel.errors import Misconfigured, NotFound, Unavailable

NAME = object_name("A1SELLER", "attempt-1")
LATER = timedelta(minutes=1)
PARTS = [random.Random(number).randbytes(3 * 1024 * 1024) for number in range(7)]  # noqa: S311 - two uploaded parts, and more
WHOLE = b"".join(PARTS)


class Writer(Protocol):
    """An ObjectWriter or a DocumentWriter."""

    def write(self, piece: bytes, /) -> None: ...


def put(objects: Objects, name: str, *pieces: bytes) -> None:
    with objects.writer(name) as writer:
        for piece in pieces:
            writer.write(piece)


def give_up(writing: AbstractContextManager[Writer], pieces: list[bytes]) -> None:
    """Write the pieces, and then raise KeyError."""
    with writing as writer:
        for piece in pieces:
            writer.write(piece)
        raise KeyError("row 7")


def names(objects: Objects) -> list[str]:
    return sorted(name for some in objects.older_than(system_clock() + LATER) for name in some)


async def streamed(objects: Objects, start: int, end: int) -> bytes:
    return b"".join([piece async for piece in objects.stream(NAME, start, end)])


@pytest.mark.parametrize("pieces", [[], [b""], [b"a", b"bc"], PARTS], ids=["none", "empty", "small", "many parts"])
def test_what_is_written_is_read(objects: Objects, pieces: list[bytes]) -> None:
    put(objects, NAME, *pieces)
    size = len(b"".join(pieces))
    assert objects.size(NAME) == size
    assert b"".join(objects.read(NAME, 0, size)) == b"".join(pieces)
    assert names(objects) == [NAME]


def test_any_range_is_read_by_both_readers(objects: Objects) -> None:
    put(objects, NAME, *PARTS)
    for start, end in [(0, 1), (5, 5), (7, 4_000_001), (len(WHOLE) - 1, len(WHOLE)), (0, len(WHOLE))]:
        assert b"".join(objects.read(NAME, start, end)) == WHOLE[start:end]
        assert asyncio.run(streamed(objects, start, end)) == WHOLE[start:end]


def test_a_reader_holds_a_slice_and_not_the_whole(objects: Objects) -> None:
    put(objects, NAME, *PARTS)
    assert max(map(len, objects.read(NAME, 0, len(WHOLE)))) <= 2 * 1024 * 1024


def test_an_object_is_not_visible_before_it_is_whole(objects: Objects) -> None:
    with objects.writer(NAME) as writer:
        for piece in PARTS:
            writer.write(piece)
        assert names(objects) == []
        with pytest.raises(NotFound):
            objects.size(NAME)
    assert names(objects) == [NAME]


@pytest.mark.parametrize("pieces", [[b"small"], PARTS], ids=["small", "many parts"])
def test_an_exception_leaves_nothing_and_reaches_the_caller(objects: Objects, pieces: list[bytes]) -> None:
    with pytest.raises(KeyError, match="row 7"):
        give_up(objects.writer(NAME), pieces)
    assert names(objects) == []


def test_an_error_of_the_callers_own_is_not_blamed_on_the_store(objects: Objects) -> None:
    with pytest.raises(FileNotFoundError, match=r"catalog\.csv"), objects.writer(NAME):
        raise FileNotFoundError("catalog.csv")


def test_an_object_that_is_not_there_is_named(objects: Objects) -> None:
    for read in (
        lambda: objects.size(NAME),
        lambda: list(objects.read(NAME, 0, 1)),
        lambda: asyncio.run(streamed(objects, 0, 1)),
    ):
        with pytest.raises(NotFound, match=NAME):
            read()


@pytest.mark.parametrize(("start", "end"), [(0, 9), (5, 9)])
def test_an_object_cut_short_is_an_error_and_never_a_short_success(objects: Objects, start: int, end: int) -> None:
    put(objects, NAME, b"short")
    with pytest.raises(Unavailable):
        list(objects.read(NAME, start, end))
    with pytest.raises(Unavailable):
        asyncio.run(streamed(objects, start, end))


def test_deleting_spares_the_others_and_again_is_harmless(objects: Objects) -> None:
    made = [object_name("A1SELLER", f"attempt-{number}") for number in range(5)]
    for name in made:
        put(objects, name, b"x")
    for _ in range(2):
        objects.delete([*made[:4], object_name("A1SELLER", "never there")])
        assert names(objects) == made[4:]
    objects.delete([])


def test_only_objects_older_than_the_instant_are_listed(objects: Objects) -> None:
    put(objects, NAME, b"x")
    assert [name for some in objects.older_than(system_clock() - LATER) for name in some] == []
    assert names(objects) == [NAME]


def test_sellers_of_any_name_keep_apart(objects: Objects) -> None:
    sellers = ["..", "../A1SELLER", "a/b", "", "ö%2F#1", "daybook", "A1SELLER"]
    for seller in sellers:
        put(objects, object_name(seller, "1"), seller.encode())
    for seller in sellers:
        assert b"".join(objects.read(object_name(seller, "1"), 0, len(seller.encode()))) == seller.encode()
    assert len(names(objects)) == len(sellers)


def test_a_store_that_stands_passes_the_check(objects: Objects) -> None:
    objects.check()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("documents", {}),
        ("ftp://documents", {}),
        ("file:documents", {}),
        ("file://documents/here", {}),
        ("file:///", {}),
        ("file:///documents", {"region": "us-east-1"}),
        ("memory://shared", {}),
        ("s3:///prefix", {}),
        ("s3://bucket?x=1", {}),
        ("s3://key:secret@bucket", {}),
        ("s3://bucket", {"allow_http": "true"}),
        ("s3://bucket", {"colour": "red"}),
        ("s3://bucket", {"virtual_hosted_style_request": "perhaps"}),
    ],
)
def test_a_wrong_url_or_option_is_refused_and_no_secret_repeated(url: str, options: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as refused:
        Objects.open(url, options)
    assert "secret" not in refused.value.message
