"""Quantities, statuses and dates, as people and programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.catalog.files.values import instant_of, quantity_of, said_status


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("", None),
        ("0", 0),
        (" 12 ", 12),
        ("007", 7),
        ("12.0", 12),
        ("12,00", 12),
        ("1,000", 1000),
        ("1.000", 1000),
        ("1 000 000", 1_000_000),
        ("-3", 0),
        ("2147483647", 2**31 - 1),
    ],
)
def test_a_quantity_is_a_whole_number_of_pieces(text: str, quantity: int | None) -> None:
    assert quantity_of(text) == (quantity, "")


@pytest.mark.parametrize("text", ["many", "1.5", "5+", "-", "--3", "1,00,000", "1.000,000", "1e3", "²", "9" * 100])
def test_what_is_no_quantity_is_said_to_be_none(text: str) -> None:
    assert quantity_of(text) == (None, "this is not a number of pieces.")


def test_more_pieces_than_a_database_holds_are_refused() -> None:
    assert quantity_of("2147483648") == (None, "this is more than 2,147,483,647 pieces.")


@given(st.integers(0, 2**31 - 1))
def test_every_way_to_write_a_quantity_means_the_same(quantity: int) -> None:
    for text in (f"{quantity}", f"{quantity:,}", f"{quantity:,}".replace(",", "."), f"{quantity}.0"):
        assert quantity_of(text) == (quantity, "")


@pytest.mark.parametrize(
    ("text", "status"),
    [("", None), ("Active", "Active"), ("INACTIVE", "Inactive"), (" draft ", "Inactive"), ("Incomplete", "Inactive")],
)
def test_a_status_is_read_in_any_case(text: str, status: str | None) -> None:
    assert said_status(text) == (status, "")


def test_an_unknown_status_is_said() -> None:
    assert said_status("perhaps") == (None, "this is neither Active nor Inactive.")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-02T10:15:22Z", "2025-03-02T10:15:22+00:00"),
        ("2025-03-02T10:15:22+02:00", "2025-03-02T08:15:22+00:00"),
        ("2025-03-02", "2025-03-02T00:00:00+00:00"),
        ("2025-03-02 10:15", "2025-03-02T10:15:00+00:00"),
        ("2025-03-02 10:15:22 PST", "2025-03-02T18:15:22+00:00"),
        ("2025-07-02 10:15:22 PDT", "2025-07-02T17:15:22+00:00"),
        ("02/03/2025 10:15:22 GMT", "2025-03-02T10:15:22+00:00"),
        ("02/07/2025 10:15:22 MEST", "2025-07-02T08:15:22+00:00"),
        ("2025/03/02 10:15:22 JST", "2025-03-02T01:15:22+00:00"),
        ("2025-03-02 10:15:22 IST", "2025-03-02T04:45:22+00:00"),
    ],
)
def test_a_date_is_an_instant_in_utc(text: str, instant: str) -> None:
    found, wrong = instant_of(text)
    assert not wrong
    assert found is not None
    assert found.isoformat() == instant


@pytest.mark.parametrize(
    "text", ["yesterday", "2025-13-01", "02/03/2025", "2025-03-02 10:15:22 XYZ", "0001-01-01T00:00:00+05:00", "9" * 500]
)
def test_what_is_no_date_is_said_to_be_none(text: str) -> None:
    found, wrong = instant_of(text)
    assert found is None
    assert "2025-03-02T10:15:22Z" in wrong


def test_no_date_is_no_fault() -> None:
    assert instant_of(" ") == (None, "")
