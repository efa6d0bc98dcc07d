"""Identifiers and secrets, made from a source of randomness that is an argument.

The shapes are those that clients know from Amazon (reports: digits; documents: `amzn1.spdoc...`), but nothing may be
read out of an id: they are opaque strings, unique together with their seller.
"""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from itertools import count

from daybook.kernel.clock import to_micros

Randomness = Callable[[int], bytes]
"""Answers that many random bytes."""

_ID_RANDOM_DIGITS = 9


class Ids:
    """Makes every identifier and secret of a running Daybook."""

    def __init__(self, randomness: Randomness = secrets.token_bytes) -> None:
        self._randomness = randomness
        self._requests = count(1)

    def bytes(self, count: int) -> bytes:
        """So many random bytes, for what makes secrets by rules of its own."""
        return self._randomness(count)

    def _number(self, digits: int) -> str:
        return str(int.from_bytes(self._randomness(16), "big") % 10**digits).zfill(digits)

    def timed(self, now: datetime) -> str:
        """A report's or a schedule's id.

        Digits that grow with time, so that the newest rows stand together in an index.
        """
        return f"{to_micros(now) // 1000}{self._number(_ID_RANDOM_DIGITS)}"

    def message(self, now: datetime) -> str:
        """A delivery's id, which receivers know as webhook-id: it grows with time, and has no dot in it."""
        return f"msg_{self.timed(now)}"

    def unique(self) -> str:
        """A random UUID of version 4, as text: authorisation ids, object names, a marketplace's request ids."""
        digits = self._randomness(16).hex()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def request(self) -> str:
        """A request's id, in the shape of a UUID: a random beginning for this object, and a count.

        Every answer has one, and it is no secret; to draw each would cost six times as much.
        """
        return f"{self._beginning}-{next(self._requests):012x}"

    @cached_property
    def _beginning(self) -> str:
        return self.unique()[:23]

    def document(self, attempt: int) -> str:
        """A report document's id, for the attempt (1, 2, ...) at producing it."""
        token = base64.b32encode(self._randomness(8)).decode().rstrip("=")
        return f"amzn1.spdoc.1.4.na.{self.unique()}.T{token}.{attempt}"

    def client(self) -> str:
        """An application's client id."""
        return f"amzn1.application-oa2-client.{self._randomness(16).hex()}"

    def secret(self, prefix: str) -> str:
        """256 random bits behind a prefix that says what the secret is for: `Atza|`, `Atzr|`, ..."""
        return prefix + base64.urlsafe_b64encode(self._randomness(32)).decode().rstrip("=")
