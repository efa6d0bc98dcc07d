"""How the cells of a line are read: each reader answers the value as JSON text, or says what is wrong."""

import json
import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from daybook.kernel.files.prices import currency_of, price_of
from daybook.operations.codes import Code
from daybook.operations.kinds.kind import Refused
from daybook.shapes import decode

_REMEMBERED = 4096
_SHOWN = 60
_MOST_PIECES = 2**31 - 1
_WHOLE = re.compile(r"([0-9]{1,10})(?:[.,]0{1,2})?")


def shown(value: str) -> str:
    """As much of a value as an error tells back."""
    return value if len(value) <= _SHOWN else value[:_SHOWN] + "..."


@lru_cache(_REMEMBERED)
def price(text: str, mark: str) -> str:
    """An amount above zero as an exact decimal in a string: `"12.50"`."""
    amount, _, wrong = price_of(text, mark)
    if amount is None:
        raise Refused(Code.NOT_A_PRICE, "price", text, wrong or "this is not a price.")
    if not amount.strip("0."):
        raise Refused(Code.NOT_A_PRICE, "price", text, "a price is above zero.")
    return f'"{amount}"'


@lru_cache(_REMEMBERED)
def currency_in(text: str, mark: str) -> str:
    """The currency that stands beside an amount in its own cell (`12,50 EUR`); empty where none does."""
    return price_of(text, mark)[1]


@lru_cache(_REMEMBERED)
def currency(text: str, mark: str) -> str:
    """A currency's three letters, from its code or sign."""
    del mark
    found, wrong = currency_of(text)
    if wrong or not found:
        raise Refused(Code.UNKNOWN_CURRENCY, "currency", text, "this is not a currency: write EUR, USD ...")
    return f'"{found}"'


@lru_cache(_REMEMBERED)
def quantity(text: str, mark: str) -> str:
    """A whole number from 0 to 2,147,483,647."""
    del mark
    whole = _WHOLE.fullmatch(text)
    if not whole or int(whole[1]) > _MOST_PIECES:
        raise Refused(
            Code.NOT_A_QUANTITY, "quantity", text, f"a quantity is a whole number from 0 to {_MOST_PIECES:,}."
        )
    return str(int(whole[1]))


def words(column: str, longest: int) -> Callable[[str, str], str]:
    """A reader of a name of at most so many characters."""

    @lru_cache(_REMEMBERED)
    def read(text: str, mark: str) -> str:
        del mark
        if len(text) > longest:
            raise Refused(Code.VALUE_TOO_LONG, column, text, f"it has {len(text):,} characters; {longest} are allowed.")
        if not text.isprintable():
            raise Refused(Code.UNPRINTABLE_VALUE, column, text, "it holds a character that cannot be printed.")
        return json.dumps(text, ensure_ascii=False)

    return read


def one_of(column: str, *allowed: str) -> Callable[[str, str], str]:
    """A reader of one of these words."""

    def read(text: str, mark: str) -> str:
        del mark
        if text.upper() not in allowed:
            raise Refused(Code.UNEXPECTED_VALUE, column, text, f"it is one of {', '.join(allowed)}.")
        return f'"{text.upper()}"'

    return read


def structure(column: str, kind: type[dict[str, object]] | type[list[object]]) -> Callable[[str, str], str]:
    """A reader of a JSON object, or of a JSON list."""
    name = "an object" if kind is dict else "a list"

    def read(text: str, mark: str) -> str:
        del mark
        try:
            found = decode(text, object)
        except msgspec.DecodeError as error:
            raise Refused(Code.NOT_JSON, column, text, f"this is not JSON: {error}.") from error
        if not isinstance(found, kind) or not found:
            raise Refused(Code.UNEXPECTED_VALUE, column, text, f"JSON of {name} that is not empty is wanted.")
        return msgspec.json.encode(found).decode()

    return read
