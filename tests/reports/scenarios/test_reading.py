"""Scenarios as they are written: read to the letter, and refused with place and reason."""

import re
from typing import get_args

import msgspec
import pytest

from daybook.contract.operations import OPERATIONS
from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.reports.report_types import report_types
from daybook.reports.scenarios.reading import scenario_of, scenarios_of
from daybook.reports.scenarios.scenario import (
    Cut,
    DocumentForm,
    Ending,
    ForcedAnswer,
    LinkLife,
    OperationName,
    OtherApplication,
    Quota,
    Scenario,
    Time,
    TooSoon,
)
from tests.house.tree import ROOT

TYPES = report_types()
HEAD = '[[scenario]]\nreportType = "GET_AFN_INVENTORY_DATA"\n'


def refusal(text: str) -> str:
    """What is said against a file."""
    with pytest.raises(Misconfigured) as refused:
        scenarios_of(text, "practice.toml", TYPES)
    return refused.value.message


def test_the_example_is_right_and_has_one_scenario_for_each_report_type() -> None:
    text = (ROOT / "examples" / "scenarios.toml").read_text("utf-8")
    scenarios = scenarios_of(text, "scenarios.toml", TYPES)
    assert len({scenario.report_type for scenario in scenarios}) == len(scenarios) == text.count("[[scenario]]")


def test_the_example_shows_every_part() -> None:
    text = (ROOT / "examples" / "scenarios.toml").read_text("utf-8")
    used = {name for scenario in scenarios_of(text, "scenarios.toml", TYPES) for name in scenario.content}
    assert used == {
        "seed", "inQueue", "inProgress", "endings", "tooSoon", "quota", "answers", "accessTokenSeconds",
        "unknownSeconds", "document", "cut", "link", "otherApplication",
    }  # fmt: skip


def test_a_scenario_is_read_with_all_that_it_says() -> None:
    text = """
        [[scenario]]
        sellerId = "A1SELLER"
        seed = -7
        inQueue = 30
        inProgress = { median = 180, sigma = 1 }
        tooSoon = { minutes = 0.5 }
        quota = { perDay = 20 }
        endings = [{ status = "FATAL", text = "Nein: 日本", share = 0.5 }]
        answers = [{ operation = "getReports", status = 503, first = 3 }]
    """
    assert scenarios_of(text, "practice.toml", TYPES) == [
        Scenario(
            seller_id="A1SELLER",
            report_type="*",
            seed=-7,
            in_queue=30.0,
            in_progress=Time(median=180.0, sigma=1.0),
            too_soon=TooSoon(minutes=0.5),
            quota=Quota(per_day=20),
            endings=(Ending(status="FATAL", text="Nein: 日本", share=0.5),),
            answers=(ForcedAnswer(operation="getReports", status=503, first=3),),
        )
    ]


def test_what_is_left_out_changes_nothing_and_an_empty_file_holds_none() -> None:
    [scenario] = scenarios_of("[[scenario]]\n", "practice.toml", TYPES)
    assert (scenario.key, scenario.content) == (("*", "*"), {})
    assert scenarios_of("# nothing yet\n", "practice.toml", TYPES) == []


def test_every_operation_can_be_answered_for() -> None:
    assert get_args(OperationName) == tuple(operation.name for operation in OPERATIONS)


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        ("inQeue = 3", "inQeue", "there is no 'inQeue' here; perhaps inQueue is meant"),
        ("banana = 3", "banana", "there is no 'banana' here; there are sellerId, reportType, seed, "),
        ('inQueue = "long"', "inQueue", "expected a number or a table, got a text"),
        ("inQueue = -1", "inQueue", "expected a number >= 0.0"),
        ("inQueue = nan", "inQueue", "expected a number >= 0.0"),
        ("inQueue = 1e9", "inQueue", "expected a number <= 2592000.0"),
        ("inQueue = {}", "inQueue", "it needs either `between` or `median`"),
        ("inQueue = { between = [9, 3] }", "inQueue", "`between` names the shorter time first"),
        ("inQueue = { between = [9] }", "inQueue.between", "expected a list of length 2, got 1"),
        ("inProgress = { median = 9 }", "inProgress", "`median` and `sigma` go together"),
        ("inProgress = { between = [1, 2], median = 9, sigma = 1 }", "inProgress", "it needs either `between` or"),
        ("seed = 1.5", "seed", "expected a whole number, got a number"),
        ("endings = [{ status = 'DOEN' }]", "endings[0].status", "'DOEN' is none of DONE, CANCELLED, FATAL"),
        ("endings = [{ status = 'DONE' }]", "endings[0]", "a report that is DONE needs the `text` of its document"),
        (
            "endings = [{ status = 'CANCELLED', text = 'x' }]",
            "endings[0]",
            "a report that is CANCELLED has no document",
        ),
        (
            "endings = [{ status = 'DONE', text = 'x', errorDetails = 'y' }]",
            "endings[0]",
            "only a report that is FATAL",
        ),
        ("endings = [{ status = 'FATAL', text = 'x', errorDetails = 'y' }]", "endings[0]", "exclude each other"),
        ("endings = [{ status = 'FATAL', outcome = 'cancelled_upstream' }]", "endings[0]", "an `outcome` to choose"),
        ("endings = [{ status = 'FATAL', first = 1, share = 0.5 }]", "endings[0]", "`first` and `share` exclude"),
        ("endings = { status = 'FATAL' }", "endings", "expected a list, got a table"),
        ("endings = [{ share = 0.5 }]", "endings[0]", "it lacks `status`"),
        ("answers = [{ operation = 'getReport', status = 502 }]", "answers[0].status", "502 is none of 429, 500, 503"),
        (
            "answers = [{ operation = 'getRepot', status = 500 }]",
            "answers[0].operation",
            "'getRepot' is none of getR",
        ),
        (
            "answers = [{ operation = 'getReport', status = 500, firs = 1 }]",
            "answers[0].firs",
            "perhaps first is mean",
        ),
        (
            "answers = [{ operation = 'getReport', status = 500, share = 0 }]",
            "answers[0].share",
            "expected a number >",
        ),
        ("tooSoon = {}", "tooSoon", "it lacks `minutes`"),
        ("tooSoon = 30", "tooSoon", "expected a table, got a whole number"),
        ("quota = { requests = 4 }", "quota", "`requests` and `minutes` go together"),
        ("quota = {}", "quota", "it needs `requests` and `minutes`, or `perDay`"),
        ("accessTokenSeconds = 0", "accessTokenSeconds", "expected a whole number >= 1"),
        ("document = { charset = 'latin1' }", "document.charset", "'latin1' is none of Cp1252, Windows-31J"),
        ("document = { plain = 1 }", "document.plain", "expected true or false, got a whole number"),
        ("cut = { at = 1 }", "cut.at", "expected a number < 1.0"),
        ("link = { seconds = 301 }", "link.seconds", "expected a whole number <= 300"),
        ("sellerId = 'A SELLER'", "sellerId", "it is neither a seller's id nor *"),
    ],
)
def test_a_mistake_is_named_by_file_line_key_and_reason(line: str, place: str, reason: str) -> None:
    said = refusal(f"# a comment\n[[scenario]]\n\n{HEAD}# why\n{line}\n")
    assert said.startswith(f"practice.toml, line 7: scenario 2 is wrong, at {place}: ")
    assert reason in said


def test_a_mistake_in_a_table_of_its_own_is_found_there() -> None:
    said = refusal(f"{HEAD}\n[[scenario.answers]]\noperation = 'getReport'\nstatus = 502\n")
    assert said.startswith("practice.toml, line 4: scenario 1 is wrong, at answers[0].status: 502 is none of")


def test_an_unknown_report_type_is_named_with_the_nearest() -> None:
    said = refusal('[[scenario]]\nreportType = "GET_AFN_INVENTORY_DATEN"\n')
    assert said.startswith("practice.toml, line 2: scenario 1 is wrong, at reportType: Invalid Report Type GET_AFN")
    assert "Did you mean GET_AFN_INVENTORY_DATA?" in said


def test_two_scenarios_for_the_same_are_one_too_many() -> None:
    assert refusal(f"{HEAD}\n{HEAD}") == (
        "practice.toml, line 5: scenario 2 is wrong, at reportType: scenario 1 is for the same seller and report type."
    )


def test_another_application_asks_for_one_type() -> None:
    said = refusal("[[scenario]]\notherApplication = { everyMinutes = 5 }\n")
    assert said == "practice.toml, line 1: scenario 1 is wrong: `otherApplication` needs a `reportType`."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[[scenario]]\ninQueue = \n",
            "The scenarios in practice.toml are not TOML: Invalid value (at line 2, column 11).",
        ),
        ("[[scenarios]]\n", "practice.toml holds 'scenarios'."),
        ("[scenario]\n", "practice.toml holds 'a scenario that is no list'."),
        ("seed = 1\n[[scenario]]\n", "practice.toml holds 'seed'."),
        ("scenario = [1]\n", "practice.toml: scenario 1 is wrong: expected a table, got a whole number."),
    ],
)
def test_a_file_that_is_no_file_of_scenarios_is_refused(text: str, said: str) -> None:
    assert refusal(text) == said


def test_in_json_the_same_names_and_the_same_reasons_hold() -> None:
    assert scenario_of({"inQueue": 3}, TYPES).in_queue == 3.0
    with pytest.raises(InvalidInput) as refused:
        scenario_of({"answers": [{"operation": "getReport", "status": 502}]}, TYPES)
    assert refused.value.message == "The scenario is wrong: 502 is none of 429, 500, 503."
    assert refused.value.details == "At answers[0].status."


def test_what_is_kept_of_a_scenario_is_read_back_the_same() -> None:
    text = (ROOT / "examples" / "scenarios.toml").read_text("utf-8")
    for scenario in scenarios_of(text, "scenarios.toml", TYPES):
        key = {"sellerId": scenario.seller_id, "reportType": scenario.report_type}
        assert scenario_of({**scenario.content, **key}, TYPES) == scenario


def test_every_part_is_told_in_the_docs() -> None:
    text = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    names = {field.encode_name for field in msgspec.structs.fields(Scenario)}
    for part in (Time, Ending, ForcedAnswer, TooSoon, Quota, DocumentForm, Cut, LinkLife, OtherApplication):
        names |= {field.encode_name for field in msgspec.structs.fields(part)}
    assert [name for name in sorted(names) if not re.search(rf"`[^`]*\b{name}\b[^`]*`", text)] == []
