"""The catalogue has every code that can stand in Last Error, and says what to do about each."""

import ast
import re
from collections.abc import Iterator

import pytest

from daybook.kernel.errors import NotFound
from daybook.operations.codes import SENTENCES, Code
from daybook.operations.error_codes import error_codes, find_code, search_codes
from daybook.sandbox import exchange
from tests.house.tree import SOURCE

ROOMS = ("operations", "marketplaces", "sandbox")
CODED = {"Fault": 0, "Issue": 0, "issue": 0, "GrantRefused": 0}
"""Calls that are given a code, and at which place."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the rooms that know codes."""
    for room in ROOMS:
        for module in sorted((SOURCE / room).rglob("*.py")):
            yield module.relative_to(SOURCE).as_posix(), ast.parse(module.read_text("utf-8"))


def test_every_code_of_daybooks_own_is_in_it() -> None:
    codes = error_codes()
    assert [code.value for code in Code if codes.get(code) is None or codes[code].source != "daybook"] == []
    assert {entry.code for entry in codes.values() if entry.source == "daybook"} == {code.value for code in Code}


def test_what_a_code_of_daybooks_own_means_stands_with_the_code() -> None:
    assert {code: find_code(code).meaning for code in Code} == SENTENCES


@pytest.mark.requirement("R000-009", "R000-010")
def test_no_code_that_the_code_base_raises_is_missing() -> None:
    known, missing = error_codes(), []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODED and node.args:
                first = node.args[CODED[node.func.id]]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in known:
                    missing.append((path, first.value))
    assert missing == []


def test_no_issue_code_that_the_code_base_names_is_missing() -> None:
    known = error_codes()
    named = {
        (path, node.value)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\d{4,8}", node.value)
    }
    assert ("sandbox/checks.py", "90220") in named
    assert {(path, code) for path, code in named if code not in known} == set()


def test_every_refusal_of_the_sandbox_is_in_it() -> None:
    assert {kind.code for kind in exchange._STATUS} | {"NOT_FOUND", "InternalFailure"} <= error_codes().keys()  # noqa: SLF001


@pytest.mark.parametrize("entry", error_codes().values(), ids=lambda entry: entry.code)
def test_an_entry_says_in_sentences_what_it_means_and_what_to_do(entry: object) -> None:
    meaning, advice = getattr(entry, "meaning", ""), getattr(entry, "advice", "")
    for text in (meaning, advice):
        assert re.fullmatch(r"[A-Z`].+\.", text, re.DOTALL), text
        assert "|" not in text


def test_a_code_is_found_in_any_case_and_what_comes_near_is_named() -> None:
    assert find_code("pricebelowfloor").code == "PriceBelowFloor"
    with pytest.raises(NotFound) as raised:
        find_code("902200")
    assert "90220" in raised.value.details
    with pytest.raises(NotFound, match="No error code 'zzz' is known") as raised:
        find_code("zzz")
    assert "lists all" in raised.value.details


def test_words_find_the_entries_that_hold_all_of_them() -> None:
    assert {"18027", "18320", "100588"} <= {entry.code for entry in search_codes(["Main", "image"])}
    assert search_codes(["main", "image", "brand"]) == []
    assert len(search_codes([])) == len(error_codes())
