"""Options of a SQL report type, and what is bound for them."""

from datetime import UTC, datetime

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.report_types.sql.options import read_option


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
        ("since=INSTANT", "yesterday", "It is to be INSTANT."),
    ],
)
def test_what_may_not_be_given_is_refused(declared: str, given: str | None, reason: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_option(declared).bound(given)
    assert raised.value.details == reason


def test_an_option_is_told_as_the_registry_writes_it() -> None:
    assert [str(read_option(text)) for text in ("a=x|y", "b!=LIST")] == ["a=x|y", "b!=LIST"]
