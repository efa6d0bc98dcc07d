"""Reading into typed shapes, from several threads at once."""

import subprocess
import sys

import msgspec
import pytest

from daybook.shapes import convert, decode


class Part(msgspec.Struct):
    """A shape."""

    size: int


def test_threads_may_be_the_first_to_read_into_a_struct_together() -> None:
    command = [sys.executable, "-m", "tests.reading_at_once", "500"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


DEEP = b'{"size": 1, "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("text", "shape"),
    [(b"{", Part), (b'{"size": "1"}', Part), (b"{}", Part), (DEEP, Part), (b'"\xff"', str), ('"\ud800"', str)],
)
def test_what_does_not_fit_is_refused_in_one_way(text: bytes | str, shape: type) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(text, shape)


def test_plain_values_are_taken_as_strictly_as_is_asked() -> None:
    assert convert({"size": "1"}, Part, strict=False) == Part(1)
    with pytest.raises(msgspec.ValidationError):
        convert({"size": "1"}, Part)
