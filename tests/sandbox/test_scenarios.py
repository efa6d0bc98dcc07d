"""What an operator lets happen: the same again by the seed, whatever the order of the calls."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from daybook.kernel.errors import Misconfigured
from daybook.sandbox.scenario import read_scenarios
from tests.sandbox.practising import SELLER, SHIRT, Practice, codes, error

SKUS = [f"SHIRT-{number}" for number in range(300)]


def test_a_share_is_rejected_with_200_and_an_issue(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path,
        '[[scenario]]\nseed = 7\nrejections = [{share = 0.1, code = "18299", attributeNames = ["brand"]}]',
        usage_plan_times=1000,
    )
    told = Counter(practice.put(sku)["status"] for sku in SKUS)
    assert 15 <= told["INVALID"] <= 45
    assert told["ACCEPTED"] == len(SKUS) - told["INVALID"]
    rejected = next(line for line in practice.lines() if line.scenario)
    assert (rejected.scenario, rejected.status, rejected.acted) == ("rejections[0]", 200, False)
    [issue] = json.loads(bytes(rejected.answer))["issues"]  # type: ignore[arg-type]
    assert (issue["code"], issue["attributeNames"], issue["severity"]) == ("18299", ["brand"], "ERROR")


def test_the_same_items_meet_the_same_in_any_order(tmp_path: Path) -> None:
    scenario = "[[scenario]]\nseed = 3\nanswers = [{answer = 429, share = 0.2}]\nrejections = [{share = 0.2}]"
    met = []
    for number, skus in enumerate([SKUS, random.Random(5).sample(SKUS, len(SKUS))]):  # noqa: S311  the same in every run
        folder = tmp_path / str(number)
        folder.mkdir()
        practice = Practice.scripted(folder, scenario, usage_plan_times=1000)
        for sku in (*skus, *skus):
            practice.put(sku)
        met.append({(line.sku, line.of_item, line.status, line.scenario) for line in practice.lines()})
    assert met[0] == met[1]
    assert len({scenario for *_, scenario in met[0]}) == 3


@pytest.mark.parametrize(("answer", "status", "code"), [(429, 429, "QuotaExceeded"), (500, 500, "InternalFailure")])
def test_the_first_calls_are_answered_otherwise_and_nothing_is_done(
    tmp_path: Path, answer: int, status: int, code: str
) -> None:
    practice = Practice.scripted(
        tmp_path, f'[[scenario]]\nanswers = [{{answer = {answer}, first = 2, operation = "putListingsItem"}}]'
    )
    assert practice.call("GET").status == 404
    assert [error(practice.call("PUT", sku, SHIRT)) for sku in ("A", "B")] == [(status, code)] * 2
    assert practice.put("C")["status"] == "ACCEPTED"
    assert [line.acted for line in practice.lines() if line.operation == "putListingsItem"] == [False, False, True]


def test_each_item_fails_at_first(tmp_path: Path) -> None:
    practice = Practice.scripted(tmp_path, "[[scenario]]\nanswers = [{answer = 500, firstOfItem = 1}]")
    statuses = [practice.call("PUT", sku, SHIRT).status for sku in ("A", "B", "A", "B")]
    assert statuses == [500, 500, 200, 200]


def test_503_is_a_page_of_html(tmp_path: Path) -> None:
    practice = Practice.scripted(tmp_path, "[[scenario]]\nanswers = [{answer = 503, first = 1}]")
    told = practice.call("PUT", body=SHIRT)
    assert (told.status, told.content_type) == (503, "text/html")
    assert told.body.startswith(b"<html>")


@pytest.mark.parametrize("answer", ['"half"', '"nothing"', "500, acts = true"])
def test_a_change_may_be_made_though_nobody_is_told(tmp_path: Path, answer: str) -> None:
    rule = f'{{operation = "putListingsItem", answer = {answer}, first = 1}}'
    practice = Practice.scripted(tmp_path, f"[[scenario]]\nanswers = [{rule}]")
    practice.call("PUT", body=SHIRT)
    assert practice.lines()[-1].acted
    assert practice.item()["sku"] == "SHIRT-1"


def test_an_answer_that_is_lost_may_come_without_the_change(tmp_path: Path) -> None:
    practice = Practice.scripted(tmp_path, '[[scenario]]\nanswers = [{answer = "half", first = 1, acts = false}]')
    told = practice.call("PUT", body=SHIRT)
    assert (told.sent, practice.lines()[-1].sent, practice.lines()[-1].acted) == ("half", "half", False)
    assert practice.call("GET").status == 404


def test_a_change_that_was_accepted_gains_issues_later(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path,
        '[[scenario]]\nprocessing = 60\nlateIssues = [{firstOfItem = 1, code = "8541", attributeNames = ["brand"]}]',
    )
    answer = practice.put()
    assert (answer["status"], answer["issues"]) == ("ACCEPTED", [])
    assert practice.call("GET").status == 404
    practice.passes(seconds=60)
    item = practice.item()
    assert (codes(item), item["summaries"], item["attributes"]) == (["8541"], [], {})
    practice.put()
    practice.passes(seconds=60)
    item = practice.item()
    assert (codes(item), item["summaries"][0]["status"]) == ([], ["BUYABLE", "DISCOVERABLE"])


def test_a_late_error_leaves_an_item_as_it_was_and_a_warning_does_not(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path,
        '[[scenario]]\nlateIssues = [{operation = "deleteListingsItem"}, '
        '{operation = "patchListingsItem", severity = "WARNING", code = "18448"}]',
    )
    practice.put()
    patch = {"op": "replace", "path": "/attributes/item_name", "value": [{"value": "New", "language_tag": "en_US"}]}
    practice.patch(patch)
    item = practice.item()
    assert (codes(item), item["summaries"][0]["itemName"]) == (["18448"], "New")
    practice.call("DELETE")
    item = practice.item()
    assert (codes(item), item["summaries"][0]["status"]) == (["8541"], [])
    assert item["attributes"]["item_name"][0]["value"] == "New"


def test_no_change_is_in_effect_before_an_earlier_one(tmp_path: Path) -> None:
    practice = Practice.scripted(tmp_path, "[[scenario]]\nseed = 1\nprocessing = {between = [0, 100]}")
    for number in range(5):
        name = [{"value": f"Name {number}"}]
        practice.put(body={"productType": "SHIRT", "attributes": {"item_name": name}})
    practice.passes(seconds=100)
    assert practice.item()["summaries"][0]["itemName"] == "Name 4"


def test_everything_is_away_for_an_hour_and_back_again(tmp_path: Path) -> None:
    practice = Practice.scripted(tmp_path, "[[scenario]]\n[scenario.down]\nafterSeconds = 10\nseconds = 3600")
    practice.put()
    practice.passes(seconds=10)
    assert (practice.call("GET").status, practice.grant().status) == (503, 503)
    practice.passes(seconds=3599)
    assert practice.call("PUT", body=SHIRT).status == 503
    practice.passes(seconds=1)
    assert practice.with_token().item()["sku"] == "SHIRT-1"


def test_tokens_may_end_early_and_be_refused(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path,
        '[[scenario]]\naccessTokenSeconds = 60\nanswers = [{operation = "token", answer = 500, firstOfItem = 1}]',
    )
    assert practice.token == ""
    practice.with_token()
    practice.put()
    practice.passes(seconds=60)
    told = practice.call("GET")
    assert json.loads(told.body)["errors"][0]["details"] == "The access token you provided has expired."


def test_a_sellers_own_scenario_goes_before_that_of_all(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path, f'[[scenario]]\nanswers = [{{answer = 500}}]\n[[scenario]]\nsellerId = "{SELLER}"\n'
    )
    assert practice.put()["status"] == "ACCEPTED"
    practice.with_token("A2OTHER")
    assert practice.call("GET", seller_id="A2OTHER").status == 500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[scenario]]\nrejektions = []", "line 2: scenario 1 is wrong, at rejektions: there is no 'rejektions' here"),
        ("[[scenario]]\nanswers = [{answer = 418}]", "at answers[0].answer: 418 is none of 429, 500, 503, half, not"),
        ('[[scenario]]\nsellerId = "?"', "at sellerId: it is neither a seller's id nor *"),
        ("[[scenario]]\n[[scenario]]", "line 2: scenario 2 is wrong, at sellerId: scenario 1 is for the same seller"),
        ("[[scenario]]\nanswers = [{answer = 500, first = 1, firstOfItem = 2}]", "`firstOfItem` excludes `first`"),
        ("[[scenario]]\nrejections = [{share = 2}]", "at rejections[0].share"),
        ("[[sketch]]", "holds 'sketch'"),
        ("[[", "are not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_its_reason(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "practice.toml"
    file.write_text(text)
    with pytest.raises(Misconfigured) as raised:
        read_scenarios(file)
    assert said in raised.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.toml cannot be read"):
        read_scenarios(tmp_path / "none.toml")
