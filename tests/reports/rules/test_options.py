"""Options of a report type: how they are declared, what may be given, and what is bound for it."""

from datetime import UTC, datetime

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.reports.rules.options import empty_values, read_option, read_options, unknown_names, wrong_values

WRITTEN = ["a=x|y", "b!=LIST", "c=|x|y", "d=LIST:x|y", "e!=TEXT(200)"]


@pytest.mark.parametrize(
    ("declared", "given", "bound"),
    [
        ("order=name|id", "id", "id"),
        ("order=name|id", None, "name"),
        ("order!=name|id", "name", "name"),
        ("brand=TEXT", "O'Neil; DROP", "O'Neil; DROP"),
        ("brand=TEXT", None, None),
        ("least=INTEGER", "12", 12),
        ("since=INSTANT", "2026-11-01T10:00:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("since=INSTANT", "2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("ids=LIST", "a, b,,c", ["a", "b", "c"]),
        ("all=|true|false", None, None),
        ("all=|true|false", "true", "true"),
        ("kinds=LIST:a|b|c", "c, a", ["c", "a"]),
        ("kinds=LIST:a|b|c", None, None),
        ("asin=TEXT(3)", "abc", "abc"),
    ],
)
def test_what_is_bound_is_what_was_given_or_the_default(declared: str, given: str | None, bound: object) -> None:
    assert read_option(declared).bound(given) == bound


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        ("order=name|id", "price", "It may be name, id."),
        ("order!=name|id", None, "It is declared order!=name|id."),
        ("least=INTEGER", "many", "It is to be INTEGER."),
        ("all=|true|false", "perhaps", "It may be true, false."),
        ("kinds=LIST:a|b", "a,d", "It may be a, b."),
        ("kinds=LIST:a|b", ",", "It may be a, b."),
        ("asin=TEXT(3)", "abcd", "3 are the most: give fewer."),
        ("since=INSTANT", "yesterday", "It is to be INSTANT."),
    ],
)
def test_what_may_not_be_given_is_refused(declared: str, given: str | None, reason: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_option(declared).bound(given)
    assert raised.value.details == reason


def test_an_option_is_told_as_the_registry_writes_it() -> None:
    assert [str(read_option(text)) for text in WRITTEN] == WRITTEN


def test_a_row_has_any_number_of_options() -> None:
    assert [option.name for option in read_options("  a=x|y   b=TEXT ")] == ["a", "b"]
    assert read_options("") == ()
    with pytest.raises(ValueError, match="there are two options a"):
        read_options("a=x A=y")


@pytest.mark.parametrize("text", ["a", "a=", "=x", "a=x||y", "a=|", "a=x|TEXT", "a=LIST:TEXT", "a=|TEXT", "a b=x"])
def test_what_is_no_declaration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="option"):
        read_option(text)


def test_every_wrong_value_is_told_and_names_are_alike_in_big_and_small_letters() -> None:
    options = read_options("period!=DAY|WEEK least=INTEGER view!=A|B")
    given = {"PERIOD": "HOUR", "least": "many", "other": "x"}
    assert [error.message for error in wrong_values(options, given)] == [
        "The option period is 'HOUR'.",
        "The option least is 'many'.",
        "The option view must be given.",
    ]
    assert list(wrong_values(options, {"Period": "DAY", "VIEW": "A"})) == []
    assert unknown_names(options, given | {"Least": "1"}) == ["other"]


def test_an_empty_value_is_told_once() -> None:
    options = read_options("period!=DAY|WEEK")
    assert (list(wrong_values(options, {"period": ""})), empty_values({"period": "", "x": " "})) == ([], ["period"])


def test_a_long_value_is_not_told_back_whole() -> None:
    [error] = wrong_values(read_options("a=x|y"), {"a": "z" * 1000})
    assert len(error.message) < 150
