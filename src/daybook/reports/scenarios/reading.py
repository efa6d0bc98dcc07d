"""Reads scenarios to the letter: what is wrong is named by its place and its reason, and then nothing of it holds."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

import msgspec
from msgspec import Struct

from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.reports.report_types import ReportTypes
from daybook.reports.scenarios.scenario import (
    ANY,
    Cut,
    DocumentForm,
    Ending,
    ForcedAnswer,
    LinkLife,
    OtherApplication,
    Quota,
    Scenario,
    Time,
    TooSoon,
)

TABLE = "scenario"
_PARTS: Mapping[str, type[Struct]] = {
    "": Scenario,
    "inQueue": Time,
    "inProgress": Time,
    "endings": Ending,
    "tooSoon": TooSoon,
    "quota": Quota,
    "answers": ForcedAnswer,
    "document": DocumentForm,
    "cut": Cut,
    "link": LinkLife,
    "otherApplication": OtherApplication,
}
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
_ADVICE = "docs/scenarios.md has every part."
_TOLD = 100  # characters of what was written that are told back


class Mistake(Exception):
    """What is wrong with a scenario, and where: a path such as `answers[0].status`, empty for the whole."""

    def __init__(self, why: str, at: str) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


def scenario_of(content: object, types: ReportTypes) -> Scenario:
    """One scenario, as it came in JSON. Raises InvalidInput naming what is wrong."""
    try:
        return _converted(content, types)
    except Mistake as mistake:
        raise InvalidInput(f"The scenario is wrong: {mistake.why}.", f"At {mistake.at or 'its top'}.") from mistake


def stored_scenario(content: object) -> Scenario:
    """A scenario that was checked when it was put. Raises InvalidInput where this version cannot read it."""
    try:
        return msgspec.convert(content, Scenario)
    except msgspec.ValidationError as error:
        raise InvalidInput("The scenario cannot be read.", str(error)) from error


def scenarios_of(text: str, place: str, types: ReportTypes) -> list[Scenario]:
    """The scenarios of a file. Raises Misconfigured naming file, line, key and reason."""
    tables = _tables(text, place)
    scenarios: dict[tuple[str, str], int] = {}
    found = []
    for number, table in enumerate(tables, 1):
        try:
            scenario = _converted(table, types)
            _require_new(scenario, scenarios, number)
        except Mistake as mistake:
            raise _misconfigured(text, place, number, mistake) from mistake
        found.append(scenario)
    return found


def _tables(text: str, place: str) -> list[object]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"The scenarios in {place} are not TOML: {error}.", _ADVICE) from error
    others = sorted(content.keys() - {TABLE})
    if others or not isinstance(content.get(TABLE, []), list):
        raise Misconfigured(
            f"{place} holds {others[0][:_TOLD] if others else f'a {TABLE} that is no list'!r}.",
            f"A file of scenarios holds nothing but [[{TABLE}]] tables.",
        )
    tables: list[object] = content.get(TABLE, [])
    return tables


def _converted(content: object, types: ReportTypes) -> Scenario:
    try:
        scenario = msgspec.convert(content, Scenario)
    except msgspec.ValidationError as error:
        raise _mistake(content, str(error)) from error
    if scenario.report_type != ANY:
        try:
            types.find(scenario.report_type)
        except InvalidInput as unknown:
            raise Mistake(f"{unknown.message}. {unknown.details}".rstrip("."), "reportType") from unknown
    return scenario


def _require_new(scenario: Scenario, known: dict[tuple[str, str], int], number: int) -> None:
    earlier = known.setdefault(scenario.key, number)
    if earlier != number:
        raise Mistake(f"scenario {earlier} is for the same seller and report type", "reportType")


def _mistake(content: object, said: str) -> Mistake:
    """What the reader said, in an operator's words, with what would have been right."""
    found = _PLACED.match(said)
    why, at = (found["why"], found["at"] or "") if found else (said, "")
    unknown = _UNKNOWN.match(why)
    part = _PARTS.get(re.split(r"[.\[]", at)[0], Scenario)
    if unknown:
        names = [field.encode_name for field in msgspec.structs.fields(part)]
        near = get_close_matches(unknown[1], names, n=1)
        hint = f"perhaps {near[0]} is meant" if near else f"there are {', '.join(names)}"
        return Mistake(f"there is no {unknown[1][:_TOLD]!r} here; {hint}", f"{at}.{unknown[1][:_TOLD]}".lstrip("."))
    if why.startswith("Invalid enum value"):
        return Mistake(f"{_written(content, at)!r} is none of {_allowed(part, at)}", at)
    if "matching regex" in why:
        return Mistake("it is neither a seller's id nor *", at)
    for word, plain in _PLAIN.items():
        why = why.replace(word, plain)
    return Mistake(why[:1].lower() + why[1:], at)


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
    return value[:_TOLD] if isinstance(value, str) else value


def _misconfigured(text: str, place: str, number: int, mistake: Mistake) -> Misconfigured:
    line = line_of(text, number, mistake.at)
    where = f"{place}, line {line}" if line else place
    key = f", at {mistake.at}" if mistake.at else ""
    return Misconfigured(f"{where}: scenario {number} is wrong{key}: {mistake.why}.", _ADVICE)


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
