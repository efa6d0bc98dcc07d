"""Charsets by their names on the wire."""

import pytest

from daybook.kernel.charsets import codec, codec_of


@pytest.mark.parametrize("name", ["Windows-31J", "windows-31j", "Windows31J", "csWindows31J", "MS932", "Windows-932"])
def test_the_japanese_one_is_known_by_the_names_that_amazon_gives_it(name: str) -> None:
    assert codec(name) == "cp932"
    assert "①".encode(codec(name)) == b"\x87\x40"


def test_others_are_known_as_python_knows_them() -> None:
    assert codec("Cp1252") == "cp1252"
    with pytest.raises(LookupError):
        codec("Cp9999")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/plain; charset=Cp1252", "cp1252"),
        ('text/plain; charset="Windows-31J"', "cp932"),
        ("application/pdf", "utf-8"),
        ("text/csv;charset=UTF-8", "utf-8"),
    ],
)
def test_a_content_type_names_its_charset(content_type: str, expected: str) -> None:
    assert codec_of(content_type) == expected
