"""Names made of any text at all."""

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daybook.documents.names import checked, object_name, segment, text_of

ANY_TEXT = st.text() | st.text("./%=~#aF2\\ é\0", max_size=6)


@given(ANY_TEXT)
@example("")
@example(".")
@example("..")
@example("../../etc/passwd")
@example("=")
@example("=2E")
@example("\ud800")
def test_a_segment_reads_back_and_nothing_on_the_way_changes_it(text: str) -> None:
    name = segment(text)
    assert text_of(name) == text
    assert unquote(name) == name
    assert posixpath.normpath(f"/seller/{name}/x") == f"/seller/{name}/x"
    assert name.isascii()


def test_ids_as_amazon_makes_them_stay_readable() -> None:
    name = object_name("A1SELLER", "amzn1.spdoc.1.4.na.0356cf79-b8b0")
    assert name == "daybook/A1SELLER/amzn1.spdoc.1.4.na.0356cf79-b8b0"


@given(st.lists(ANY_TEXT, min_size=4, max_size=4))
def test_different_sellers_or_attempts_never_share_an_object(texts: list[str]) -> None:
    one, other = (texts[0], texts[1]), (texts[2], texts[3])
    assert (object_name(*one) == object_name(*other)) == (one == other)


def test_long_ids_fit_a_file_name_and_stay_different() -> None:
    one, other = object_name("é" * 300 + "1", "x" * 300), object_name("é" * 300 + "2", "x" * 300)
    assert one != other
    assert all(len(part) < 200 for part in one.split("/"))


@given(ANY_TEXT, ANY_TEXT)
def test_every_name_that_is_made_is_taken(seller: str, attempt: str) -> None:
    assert checked(object_name(seller, attempt)) == object_name(seller, attempt)


@pytest.mark.parametrize(
    "name",
    ["", "daybook", "daybook/", "/daybook/a", "other/a/b", "daybook/../a", "daybook/a/.b", "daybook//a", "daybook/a b",
     "daybook/a#1", "daybook/a\n", "daybook/é"],
)  # fmt: skip
def test_no_other_name_is_taken(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of an object"):
        checked(name)
