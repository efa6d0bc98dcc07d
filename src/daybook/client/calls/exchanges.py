"""What was called, and what came of it: the last calls of a client, each with the id to name when asking about it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

KEPT = 256
"""How many of the last calls a client remembers."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered, or was not (`status` 0). The path has no query: a link's holds a secret.

    `fault` is why there was no answer, or the beginning of one that refuses. Two are equal that ask for the same and
    are answered with the same status.
    """

    method: str
    path: str
    status: int
    operation: str = field(default="", compare=False)
    request_id: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)
    seconds: float = field(default=0.0, compare=False)
    fault: str = field(default="", compare=False)


class Exchanges:
    """The last calls, oldest first; `heard` is told of each."""

    def __init__(self, heard: Callable[[Exchange], None] | None = None, kept: int = KEPT) -> None:
        self._heard = heard
        self._kept: deque[Exchange] = deque(maxlen=kept)

    def add(self, exchange: Exchange) -> None:
        """One more."""
        self._kept.append(exchange)
        if self._heard is not None:
            self._heard(exchange)

    def request_id(self, operation: str, ending: str) -> str:
        """The request id of the last call of the operation whose path ends so; empty where none is remembered."""
        told = (one for one in reversed(self.last()) if one.operation == operation and one.path.endswith(ending))
        return next((one.request_id for one in told), "")

    def last(self) -> tuple[Exchange, ...]:
        """All that are remembered."""
        return tuple(self._kept)
