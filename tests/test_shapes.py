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


@pytest.mark.parametrize("text", ["{", '{"size": "1"}', "{}"])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(text, Part)


def test_plain_values_are_taken_as_strictly_as_is_asked() -> None:
    assert convert({"size": "1"}, Part, strict=False) == Part(1)
    with pytest.raises(msgspec.ValidationError):
        convert({"size": "1"}, Part)
