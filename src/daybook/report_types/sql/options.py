"""Options of a report type: how a header declares them, and what a request's values become when they are bound.

In the notation of the registry: `NAME=VALUES`, or `NAME!=VALUES` where one must be given. Of values between bars the
first is the default. A word in capitals says what else may stand there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from daybook.kernel.errors import InvalidInput

_OPTION = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(!?)=(\S+)")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _list(text: str) -> list[str]:
    return [value.strip() for value in text.split(",") if value.strip()]


KINDS: Mapping[str, Callable[[str], object]] = {"TEXT": str, "INTEGER": int, "INSTANT": _instant, "LIST": _list}
"""What may stand where values are not listed; a LIST has commas between its values."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its name, the values that it may have (or one of KINDS), and whether a request must give it."""

    name: str
    values: tuple[str, ...]
    required: bool

    def __str__(self) -> str:
        return f"{self.name}{'!' if self.required else ''}={'|'.join(self.values)}"

    def bound(self, given: str | None) -> object:
        """What is bound for the value of a request; None where there is none. Raises InvalidInput."""
        if given is None:
            return self._absent()
        kind = KINDS.get(self.values[0])
        if kind is None:
            return self._listed(given)
        try:
            return kind(given)
        except ValueError as error:
            raise InvalidInput(f"The option {self.name} is {given!r}.", f"It is to be {self.values[0]}.") from error

    def _absent(self) -> object:
        if self.required:
            raise InvalidInput(f"The option {self.name} must be given.", f"It is declared {self}.")
        return None if self.values[0] in KINDS else self.values[0]

    def _listed(self, given: str) -> str:
        if given not in self.values:
            raise InvalidInput(f"The option {self.name} is {given!r}.", f"It may be {', '.join(self.values)}.")
        return given


def read_option(text: str) -> Option:
    """An option from `name=a|b|c`. Raises ValueError with the reason."""
    found = _OPTION.fullmatch(text)
    if found is None:
        raise ValueError("an option is NAME=VALUES or NAME!=VALUES without blanks, such as `order=name|id`.")
    values = tuple(found[3].split("|"))
    if "" in values or (len(values) > 1 and set(values) & KINDS.keys()):
        raise ValueError(f"the values of an option are words between bars, or one of {', '.join(KINDS)} alone.")
    return Option(found[1], values, bool(found[2]))
