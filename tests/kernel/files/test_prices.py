"""Prices and currencies, as people and programs write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.files.prices import currency_of, price_of


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("", None, ""),
        ("   ", None, ""),
        ("0", "0", ""),
        ("12.50", "12.50", ""),
        ("12,50", "12.50", ""),
        ("12,5", "12.5", ""),
        ("007.10", "7.10", ""),
        (".5", "0.5", ""),
        (",99", "0.99", ""),
        ("1.234,56", "1234.56", ""),
        ("1,234.56", "1234.56", ""),
        ("1'234.56", "1234.56", ""),
        ("1 234,56", "1234.56", ""),
        ("1\u202f234,56", "1234.56", ""),
        ("1,23,456.00", "123456.00", ""),
        ("1.234.567", "1234567", ""),
        ("1,234,567", "1234567", ""),
        ("1,234", "1234", ""),
        ("0.125", "0.125", ""),
        ("0,125", "0.125", ""),
        ("1234.567", "1234.567", ""),
        ("12.9899999999999998", "12.9899999999999998", ""),
        ("$12.50", "12.50", ""),
        ("12,50 €", "12.50", "EUR"),
        ("€ 1.234,56", "1234.56", "EUR"),
        ("£9.99", "9.99", "GBP"),
        ("USD 12.50", "12.50", "USD"),
        ("12.50 usd", "12.50", "USD"),
        ("C$ 3", "3", "CAD"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("Rs.500", "500", "INR"),
        ("₹1,23,456.00", "123456.00", "INR"),
        ("99 zł", "99", "PLN"),
        ("1.500 kr.", None, ""),
        ("¥1,980", "1980", ""),
        ("円 1980", "1980", "JPY"),
    ],
)
def test_a_price_is_an_exact_decimal_with_its_currency(text: str, amount: str | None, currency: str) -> None:
    assert price_of(text, "")[:2] == (amount, currency)


@pytest.mark.parametrize(
    "text",
    ["N/A", "-", "-5.00", "+5", "12.50.1", "1,2,3", "1.23,456.7", "12 pcs", "$5 USD", "1e3", "1,23.45", "12.", "1 2",
     "٣", "1" * 13, "0." + "1" * 19, "1" * 100, "5 apples", "1.234,567,8", "1/2"],
)  # fmt: skip
def test_what_is_no_price_is_said_to_be_none(text: str) -> None:
    assert price_of(text, "") == (None, "", "this is not a price.")


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ",", "1.234"),
        ("1,234", ".", "1234"),
        ("9,99", ".", "9.99"),
    ],
)
def test_a_separator_before_three_digits_is_what_the_decimal_mark_says(text: str, mark: str, amount: str) -> None:
    assert price_of(text, mark) == (amount, "", "")


def test_a_point_before_three_digits_is_not_guessed() -> None:
    amount, _, wrong = price_of("1.234", "")
    assert amount is None
    assert "decimal mark" in wrong


@given(st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False))
def test_every_way_to_write_a_price_means_the_same(price: Decimal) -> None:
    exact = f"{price:.2f}"
    english = f"{price:,.2f}"
    german = english.translate({ord(","): ".", ord("."): ","})
    for text in (exact, english, german, english.replace(",", " "), exact.replace(".", ",")):
        assert price_of(text, "") == (exact, "", "")


@given(st.text())
def test_any_text_gives_an_amount_or_a_reason(text: str) -> None:
    amount, _, wrong = price_of(text, "")
    if amount is not None:
        assert not wrong
        assert format(Decimal(amount), "f") == amount
    assert amount is not None or wrong or not text.strip()


@pytest.mark.parametrize(
    ("text", "currency", "wrong"),
    [("", "", ""), (" eur ", "EUR", ""), ("$", "", ""), ("US$", "USD", ""), ("ABC", "", "this is not a currency.")],
)
def test_a_currency_is_a_code_or_a_sign(text: str, currency: str, wrong: str) -> None:
    assert currency_of(text) == (currency, wrong)
