"""What a kind of operation is: what its lines hold, what is sent for them, and what undoes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from daybook.operations.calls import Plan
from daybook.operations.codes import Code

Body = Mapping[str, Any]


class Refused(Exception):
    """A value that cannot be sent: its code, the column, the value, and a sentence."""

    def __init__(self, code: Code, column: str, value: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.column = column
        self.value = value
        self.sentence = sentence


Read = Callable[[str, str], str]
"""A cell, which is not empty, and the file's decimal mark in; the value as JSON text out. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind's lines: its name in a header, the member of the body that it fills, and how it is read."""

    name: str
    member: str
    read: Read
    about: str
    example: str = ""
    required: bool = False


class Known(NamedTuple):
    """What is known of one SKU in one marketplace: by what was last in effect, or else by the catalog."""

    price: str | None = None
    currency: str = ""
    quantity: int | None = None
    listing: Body | None = None
    """The body of the last put that was in effect."""


NOTHING_KNOWN = Known()

Restore = Callable[[Known], tuple[str, Body] | None]
"""What was known before an operation in; the kind and body of the operation that brings it back out, if there is one.
"""

Rebuild = Callable[[Body, Known], Body | None]
"""An operation's body and what the catalog has now in; the body as it would be now out, if the catalog can tell."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of operation. `changes` names what of a listing it changes: two lines of a batch that change the same of
    one SKU are one too many. `chunk` is how many records a worker takes at most in one turn.
    """

    name: str
    about: str
    plan: Plan
    columns: Sequence[Column]
    changes: str
    restore: Restore
    rebuild: Rebuild
    chunk: int = 1000

    @property
    def priced(self) -> bool:
        """Whether it can set a price, which the price guard then judges."""
        return any(column.member == "price" for column in self.columns)


def listing_before(known: Known) -> tuple[str, Body] | None:
    """For a kind that changes a listing as a whole or in parts: the last put that was in effect brings it back."""
    return None if known.listing is None else ("put_listing", known.listing)


def nothing_to_rebuild(body: Body, known: Known) -> Body | None:
    """For a kind that does not rest on the catalog: it stays as it is."""
    del known
    return body
