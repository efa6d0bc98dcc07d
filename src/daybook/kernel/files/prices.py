"""Prices and currencies, as people and programs write them."""

import re
from functools import lru_cache

_REMEMBERED = 4096
_LONGEST = 64
_GROUP = 3
"""Digits between two separators of thousands."""

_NO_PRICE = "this is not a price."
_PLAIN = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,2})?")
_PRICE = re.compile(r"((?:[^0-9.,+-]|(?<=[^\W\d_])\.)*)([0-9.,'\u2019\s]*[0-9])([^0-9.,+-]*)")
_DIGITS = re.compile(r"([0-9]{0,12})(?:\.([0-9]{1,18}))?")
_GROUPS = re.compile(r"[0-9]{1,3}(?: [0-9]{2,3})* [0-9]{3}")
_SPACES = re.compile(r"(?<=[0-9])['\u2019\s](?=[0-9]{3})")

_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "R$": "BRL", "ZŁ": "PLN", "US$": "USD",
    "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "MX$": "MXN", "S$": "SGD",
    "RS": "INR", "RS.": "INR", "R": "ZAR", "TL": "TRY", "円": "JPY", "$": "", "¥": "", "￥": "", "KR": "", "KR.": "",
}  # fmt: skip
"""Currencies by sign; a sign of several currencies says nothing beyond the marketplace's own."""

_CODES = re.compile(
    "AED|AUD|BGN|BRL|CAD|CHF|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NGN|NOK|NZD|PHP|PLN|RON|"
    "RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)


@lru_cache(_REMEMBERED)
def price_of(text: str, mark: str) -> tuple[str | None, str, str]:
    """The amount as an exact decimal, its currency or "", and what is wrong.

    Separators explain themselves by their places: "1.234,56" and "1,234.56" are the same. What remains is one separator
    before three digits: there `mark`, the decimal mark ("." or ","), decides. Without it ("") "1,234" is 1234, for no
    price has three decimals, but "1.234" is refused, for programs do write such numbers.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text, "", ""
    if not text:
        return None, "", ""
    match = _PRICE.fullmatch(text) if len(text) <= _LONGEST else None
    if not match or (match[1].strip() and match[3].strip()):
        return None, "", _NO_PRICE
    currency, wrong = currency_of(match[1] or match[3])
    if wrong:
        return None, "", _NO_PRICE
    amount, wrong = _amount(_SPACES.sub("", match[2].strip()), mark)
    return amount, currency, wrong


def _amount(number: str, mark: str) -> tuple[str | None, str]:
    point = _decimal_mark(number, mark)
    if point is None:
        return None, "this may be thousands or decimals: say which is the decimal mark, . or ,"
    whole, _, decimals = number.rpartition(point) if point else (number, "", "")
    match = _DIGITS.fullmatch(f"{_ungrouped(whole, point)}.{decimals}" if decimals else _ungrouped(whole, point))
    if not match:
        return None, _NO_PRICE
    return match[1].lstrip("0").zfill(1) + (f".{match[2]}" if match[2] else ""), ""


def _ungrouped(whole: str, point: str) -> str:
    """The digits before the decimals, without the other separator where it makes groups; else the text as it is."""
    other = "," if "," in whole else "."
    grouped = other in whole and other != point and _GROUPS.fullmatch(whole.replace(other, " "))
    return whole.replace(other, "") if grouped else whole


def _decimal_mark(number: str, mark: str) -> str | None:
    """The separator before the decimals, "" where there are none, None where it cannot be known."""
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return ""
    separator, before, after = number[last], number[:last], number[last + 1 :]
    if "." in before or "," in before:
        return "" if separator in before else separator
    if len(after) != _GROUP or not 0 < len(before) <= _GROUP or before.startswith("0"):
        return separator
    if mark:
        return separator if separator == mark else ""
    return None if separator == "." else ""


@lru_cache(_REMEMBERED)
def currency_of(text: str) -> tuple[str, str]:
    """A currency's three letters from its code or sign, "" for a sign of several, and what is wrong."""
    plain = text.strip().upper()
    if plain in _SIGNS:
        return _SIGNS[plain], ""
    if not plain or _CODES.fullmatch(plain):
        return plain, ""
    return "", "this is not a currency."
