"""Page tokens: what was sealed comes back, and nothing else is taken."""

import base64
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput
from daybook.kernel.paging import open_page, page_of, seal_page

KEY = bytes(32)
SCOPE = "getReports/A1FIRSTSELLER"
PAGES = st.dictionaries(st.text(max_size=10), st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5)))


@given(page=PAGES)
def test_a_sealed_page_comes_back_whole(page: dict[str, object]) -> None:
    assert open_page(KEY, SCOPE, seal_page(KEY, SCOPE, page)) == page


def test_a_token_needs_no_encoding_in_a_query() -> None:
    assert re.fullmatch(r"[\w-]+", seal_page(KEY, SCOPE, {"name": "??>>~~é"}))


@pytest.mark.parametrize(
    ("key", "scope"),
    [(b"\1" * 32, SCOPE), (KEY, "getReports/A2SECONDSELLER"), (KEY, "getReportSchedules/A1FIRSTSELLER"), (KEY, "")],
    ids=["another key", "another seller", "another operation", "no scope"],
)
def test_a_token_is_refused_wherever_it_was_not_given(key: bytes, scope: str) -> None:
    token = seal_page(KEY, SCOPE, {"n": 1})
    with pytest.raises(InvalidInput):
        open_page(key, scope, token)


@given(data=st.data())
def test_a_token_with_any_bit_changed_is_refused(data: st.DataObject) -> None:
    token = seal_page(KEY, SCOPE, {"n": 1, "p": [2, "x"]})
    sealed = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidInput):
        open_page(KEY, SCOPE, base64.urlsafe_b64encode(bytes(sealed)).decode().rstrip("="))


@given(data=st.data())
def test_a_token_with_any_character_added_or_changed_is_refused(data: st.DataObject) -> None:
    token = seal_page(KEY, SCOPE, {"n": 1, "p": [2, "xy"]})
    at = data.draw(st.integers(0, len(token)))
    wrong = token[:at] + data.draw(st.characters()) + token[at + data.draw(st.sampled_from([0, 1])) :]
    assume(wrong != token)
    with pytest.raises(InvalidInput):
        open_page(KEY, SCOPE, wrong)


@given(token=st.text(max_size=60))
def test_no_made_up_token_is_taken(token: str) -> None:
    with pytest.raises(InvalidInput):
        open_page(KEY, SCOPE, token)


def test_the_refusal_does_not_say_why() -> None:
    token = seal_page(KEY, SCOPE, {"n": 1})
    told = set()
    for wrong in ("", "x", token[:-1], token + "A", "é"):
        with pytest.raises(InvalidInput) as refused:
            open_page(KEY, SCOPE, wrong)
        told.add((refused.value.message, refused.value.details))
    assert len(told) == 1


@pytest.mark.parametrize("found", [[], ["a"], ["a", "b"]])
def test_what_fits_on_a_page_has_no_next_one(found: list[str]) -> None:
    assert page_of(found, 2, str.upper) == (found, None)


def test_the_token_of_the_next_page_is_made_from_the_last_of_this_one() -> None:
    assert page_of(["a", "b", "c"], 2, str.upper) == (["a", "b"], "B")
