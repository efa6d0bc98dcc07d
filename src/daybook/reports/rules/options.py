"""Options of a report type: how a row or a header declares them, and what may be given.

`NAME=VALUES`, or `NAME!=VALUES` where one must be given. Of values between bars the first is the default; a bar before
them means that there is none; `LIST:` before them, that several may stand there with commas. One word in capitals says
what else may be given, with a number of characters if there is a limit: `TEXT(200)`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from daybook.kernel.errors import TOLD, InvalidInput

_OPTION = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(!?)=(LIST:)?(\S+)")
_KIND = re.compile(r"([A-Z]+)\(([1-9][0-9]{0,5})\)")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _list(text: str) -> list[str]:
    return [value.strip() for value in text.split(",") if value.strip()]


KINDS: Mapping[str, Callable[[str], object]] = {"TEXT": str, "INTEGER": int, "INSTANT": _instant, "LIST": _list}
"""What may stand where values are not listed; a LIST has commas between its values."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its name, the values that it may have (or one of KINDS), and whether a request must give it.

    `several`: whether more than one of the values may be given. `longest`: how many characters, where that is limited.
    """

    name: str
    values: tuple[str, ...]
    required: bool
    several: bool = False
    longest: int | None = None

    def __str__(self) -> str:
        return f"{self.name}{'!' if self.required else ''}={self.notation}"

    @property
    def notation(self) -> str:
        """Its values as they are declared."""
        limit = f"({self.longest})" if self.longest else ""
        return f"{'LIST:' if self.several else ''}{'|'.join(self.values)}{limit}"

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values that it may have; none where they are not listed."""
        return () if self.values[0] in KINDS else tuple(value for value in self.values if value)

    @property
    def default(self) -> str | None:
        """What counts where a request gives nothing; None where nothing does."""
        return None if self.required or self.several or self.values[0] in KINDS else self.values[0] or None

    def bound(self, given: str | None) -> object:
        """What is bound for the value of a request; None where there is none. Raises InvalidInput."""
        if given is None:
            return self._absent()
        if self.longest is not None and len(given) > self.longest:
            raise InvalidInput(
                f"The option {self.name} has {len(given)} characters.", f"{self.longest} are the most: give fewer."
            )
        if self.allowed:
            return self._listed(given)
        try:
            return KINDS[self.values[0]](given)
        except ValueError as error:
            raise self._wrong(given, f"It is to be {self.values[0]}.") from error

    def _absent(self) -> object:
        if self.required:
            raise InvalidInput(f"The option {self.name} must be given.", f"It is declared {self}.")
        return self.default

    def _listed(self, given: str) -> object:
        values = _list(given) if self.several else [given]
        if not values or any(value not in self.allowed for value in values):
            raise self._wrong(given, f"It may be {', '.join(self.allowed)}.")
        return values if self.several else given

    def _wrong(self, given: str, what_may_be: str) -> InvalidInput:
        return InvalidInput(f"The option {self.name} is {given[:TOLD]!r}.", what_may_be)


def read_option(text: str) -> Option:
    """An option from `name=a|b|c`. Raises ValueError with the reason."""
    found = _OPTION.fullmatch(text)
    if found is None:
        raise ValueError("an option is NAME=VALUES or NAME!=VALUES without blanks, such as `order=name|id`.")
    kind, longest = _kind(found[4])
    values = tuple(kind.split("|"))
    several = bool(found[3])
    listed = values[1:] if values[0] == "" and len(values) > 1 else values
    if "" in listed or ((len(values) > 1 or several) and set(values) & KINDS.keys()):
        raise ValueError(f"the values of an option are words between bars, or one of {', '.join(KINDS)} alone.")
    return Option(found[1], values, bool(found[2]), several, longest)


def _kind(text: str) -> tuple[str, int | None]:
    limited = _KIND.fullmatch(text)
    if limited is None or limited[1] not in KINDS:
        return text, None
    return limited[1], int(limited[2])


def read_options(text: str) -> tuple[Option, ...]:
    """The options of a row, parted by blanks. Raises ValueError with the reason."""
    options = tuple(read_option(word) for word in text.split())
    names = [option.name.lower() for option in options]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"there are two options {name}.")
    return options


def wrong_values(options: tuple[Option, ...], given: Mapping[str, str]) -> Iterator[InvalidInput]:
    """What is wrong with the values that were given, and with those that were not.

    In a name big letters are as good as small ones.
    """
    values = {name.lower(): value for name, value in given.items()}
    for option in options:
        value = values.get(option.name.lower())
        if value == "":
            continue  # told by `empty_values`
        try:
            option.bound(value)
        except InvalidInput as error:
            yield error


def empty_values(given: Mapping[str, str]) -> list[str]:
    """The options with nothing in them, which Amazon refuses of every type (amzn/selling-partner-api-models#4747)."""
    return sorted(name[:TOLD] for name, value in given.items() if not value)


def unknown_names(options: tuple[Option, ...], given: Mapping[str, str]) -> list[str]:
    """The options that were given and that there are not."""
    known = {option.name.lower() for option in options}
    return sorted(name[:TOLD] for name in given if name.lower() not in known)
