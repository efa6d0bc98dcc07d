"""Reads what operators write to the letter: what is wrong is named by its place and its reason."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, get_args

import msgspec
from msgspec import Struct

from daybook.kernel.errors import TOLD, Misconfigured
from daybook.shapes import convert

S = TypeVar("S", bound=Struct)

TABLE = "scenario"
_PLACED = re.compile(r"^(?P<why>.*?)(?: - at `\$\.?(?P<at>.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_PLAIN = {
    " | null": "",
    "`float | object`": "a number or a table",
    "`object": "`table",
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "a text",
    "`array`": "a list",
    "`bool`": "true or false",
    "`table`": "a table",
    "Object missing required field": "it lacks",
}
"""What the reader calls things, and what people do."""


class Mistake(Exception):
    """What is wrong with a scenario, and where: a path such as `answers[0].status`, empty for the whole."""

    def __init__(self, why: str, at: str) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


@dataclass(frozen=True, slots=True)
class Form(Generic[S]):
    """What a table is read as: `top`, with other structs at some of its members; `advice` says where to read on."""

    top: type[S]
    parts: Mapping[str, type[Struct]]
    advice: str

    def read(self, content: object) -> S:
        """One table. Raises Mistake."""
        try:
            return convert(content, self.top)
        except msgspec.ValidationError as error:
            raise self._mistake(content, str(error)) from error

    def read_all(self, text: str, place: str, read: Callable[[object, int], S]) -> list[S]:
        """The tables of a file, each by `read`, with its number from 1. Raises Misconfigured naming file, line, key."""
        found = []
        for number, table in enumerate(self._tables(text, place), 1):
            try:
                found.append(read(table, number))
            except Mistake as mistake:
                raise self._misconfigured(text, place, number, mistake) from mistake
        return found

    def _tables(self, text: str, place: str) -> list[object]:
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Misconfigured(f"The scenarios in {place} are not TOML: {error}.", self.advice) from error
        others = sorted(content.keys() - {TABLE})
        if others or not isinstance(content.get(TABLE, []), list):
            raise Misconfigured(
                f"{place} holds {others[0][:TOLD] if others else f'a {TABLE} that is no list'!r}.",
                f"A file of scenarios holds nothing but [[{TABLE}]] tables.",
            )
        tables: list[object] = content.get(TABLE, [])
        return tables

    def _mistake(self, content: object, said: str) -> Mistake:
        """What the reader said, in an operator's words, with what would have been right."""
        found = _PLACED.match(said)
        why, at = (found["why"], found["at"] or "") if found else (said, "")
        unknown = _UNKNOWN.match(why)
        part = self.parts.get(re.split(r"[.\[]", at)[0], self.top)
        if unknown:
            names = [field.encode_name for field in msgspec.structs.fields(part)]
            near = get_close_matches(unknown[1], names, n=1)
            hint = f"perhaps {near[0]} is meant" if near else f"there are {', '.join(names)}"
            return Mistake(f"there is no {unknown[1][:TOLD]!r} here; {hint}", f"{at}.{unknown[1][:TOLD]}".lstrip("."))
        if why.startswith("Invalid enum value"):
            return Mistake(f"{_written(content, at)!r} is none of {_allowed(part, at)}", at)
        if "matching regex" in why:
            return Mistake("it is neither a seller's id nor *", at)
        for word, plain in _PLAIN.items():
            why = why.replace(word, plain)
        return Mistake(why[:1].lower() + why[1:], at)

    def _misconfigured(self, text: str, place: str, number: int, mistake: Mistake) -> Misconfigured:
        line = line_of(text, number, mistake.at)
        where = f"{place}, line {line}" if line else place
        key = f", at {mistake.at}" if mistake.at else ""
        return Misconfigured(f"{where}: scenario {number} is wrong{key}: {mistake.why}.", self.advice)


def _allowed(part: type[Struct], at: str) -> str:
    name = at.rpartition(".")[2]
    kind = next(field.type for field in msgspec.structs.fields(part) if field.encode_name == name)
    choices = [choice for one in (kind, *get_args(kind)) for choice in get_args(one) or (one,)]
    return ", ".join(str(choice) for choice in dict.fromkeys(choices) if isinstance(choice, str | int))


def _written(content: object, at: str) -> object:
    """What stands at the path; it may be long."""
    value: Any = content
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", at):
        value = value[name or int(index)]
    return value[:TOLD] if isinstance(value, str) else value


def line_of(text: str, number: int, at: str) -> int | None:
    """The line of a scenario's key, or else of its head; None where the text does not show it plainly."""
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{TABLE}\s*\]\]", line)]
    if len(heads) < number:
        return None
    first, last = heads[number - 1], (*heads, len(lines))[number]
    key = re.split(r"[.\[]", at)[0]
    pattern = re.compile(rf"\s*(\[+\s*{TABLE}\s*\.\s*)?{re.escape(key)}\b")
    within = (place for place in range(first + 1, last) if key and pattern.match(lines[place]))
    return next(within, first) + 1
