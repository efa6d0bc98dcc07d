"""Reads scenarios to the letter: what is wrong is named by its place and its reason, and then nothing of it holds."""

from functools import partial

import msgspec

from daybook.kernel.errors import InvalidInput
from daybook.reports.report_types import ReportTypes
from daybook.reports.scenarios.forms import Form, Mistake
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
from daybook.shapes import convert

_FORM = Form(
    Scenario,
    {
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
    },
    "docs/scenarios.md has every part.",
)


def scenario_of(content: object, types: ReportTypes) -> Scenario:
    """One scenario, as it came in JSON. Raises InvalidInput naming what is wrong."""
    try:
        return _converted(content, types)
    except Mistake as mistake:
        raise InvalidInput(f"The scenario is wrong: {mistake.why}.", f"At {mistake.at or 'its top'}.") from mistake


def stored_scenario(content: object) -> Scenario:
    """A scenario that was checked when it was put. Raises InvalidInput where this version cannot read it."""
    try:
        return convert(content, Scenario)
    except msgspec.ValidationError as error:
        raise InvalidInput("The scenario cannot be read.", str(error)) from error


def scenarios_of(text: str, place: str, types: ReportTypes) -> list[Scenario]:
    """The scenarios of a file. Raises Misconfigured naming file, line, key and reason."""
    return _FORM.read_all(text, place, partial(_new, types, {}))


def _converted(content: object, types: ReportTypes) -> Scenario:
    scenario = _FORM.read(content)
    if scenario.report_type != ANY:
        try:
            types.find(scenario.report_type)
        except InvalidInput as unknown:
            raise Mistake(f"{unknown.message}. {unknown.details}".rstrip("."), "reportType") from unknown
    return scenario


def _new(types: ReportTypes, known: dict[tuple[str, str], int], content: object, number: int) -> Scenario:
    scenario = _converted(content, types)
    earlier = known.setdefault(scenario.key, number)
    if earlier != number:
        raise Mistake(f"scenario {earlier} is for the same seller and report type", "reportType")
    return scenario
