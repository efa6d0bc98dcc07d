"""The record is what tests judge by, and what a sandbox that starts again knows."""

import json
from pathlib import Path

import pytest

from daybook.kernel.errors import Misconfigured
from daybook.sandbox.record import Record, lines
from tests.sandbox.practising import SELLER, SHIRT, US, Practice, codes


def test_a_line_has_the_request_the_answer_and_what_came_of_it(practice: Practice) -> None:
    answer = practice.put()
    [line] = practice.lines()
    assert (line.number, line.operation, line.seller_id, line.marketplace_id, line.sku) == (
        2,
        "putListingsItem",
        SELLER,
        US,
        "SHIRT-1",
    )
    assert (line.status, line.sent, line.acted, line.due, line.key, line.client_id) == (
        200,
        "whole",
        True,
        practice.time.clock(),
        "key-1",
        "books",
    )
    assert json.loads(bytes(line.request)) == SHIRT  # type: ignore[arg-type]
    assert json.loads(bytes(line.answer)) == answer  # type: ignore[arg-type]


def test_what_is_not_json_is_told_as_text(practice: Practice) -> None:
    practice.call("PUT", body=b"\xff{\nnonsense")
    [line] = practice.lines()
    assert json.loads(bytes(line.request)) == "\N{REPLACEMENT CHARACTER}{\nnonsense"  # type: ignore[arg-type]
    assert len(practice.record.read_text().splitlines()) == 2


def test_json_with_line_breaks_is_still_one_line(practice: Practice) -> None:
    practice.call("PUT", body=json.dumps(SHIRT, indent=2).encode())
    assert practice.lines()[0].acted


def test_a_sandbox_that_starts_again_has_its_items_and_goes_on_counting(tmp_path: Path) -> None:
    practice = Practice.scripted(
        tmp_path,
        '[[scenario]]\nprocessing = 60\nlateIssues = [{first = 1, operation = "patchListingsItem", code = "8005"}]\n'
        'answers = [{answer = 500, first = 1, operation = "deleteListingsItem"}]',
    )
    for sku in ("A", "B", "C"):
        practice.put(sku)
    patch = {"op": "replace", "path": "/attributes/item_name", "value": [{"value": "New", "language_tag": "en_US"}]}
    for sku in ("A", "B"):
        practice.patch(patch, sku=sku)
    assert [practice.call("DELETE", "C").status for _ in range(2)] == [500, 200]
    again = practice.again()
    again.passes(seconds=60)
    assert (codes(again.item("A")), again.item("A")["summaries"][0]["itemName"]) == (["8005"], "A shirt")
    assert (codes(again.item("B")), again.item("B")["summaries"][0]["itemName"]) == ([], "New")
    assert again.call("GET", "C").status == 404
    assert again.call("DELETE", "C").status == 200
    numbers = [line.number for line in lines(practice.record)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_line_that_was_cut_short_is_taken_away(practice: Practice) -> None:
    practice.put()
    with practice.record.open("ab") as file:
        file.write(b'{"number": 3, "at"')
    assert len(practice.lines()) == 1
    again = practice.again()
    assert again.item()["sku"] == "SHIRT-1"
    assert [line.number for line in lines(practice.record)] == [1, 2, 3, 4]


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text('{"number": 1}\n')
    with pytest.raises(Misconfigured, match=r"record.jsonl, line 1 is no line of a record"):
        list(lines(file))


def test_a_record_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be opened"):
        Record(tmp_path / "none" / "record.jsonl")


def test_a_record_may_be_on_the_disk_before_an_answer_leaves_or_be_none_at_all(tmp_path: Path) -> None:
    for record in (Record(tmp_path / "record.jsonl", sync=True), Record(None)):
        practice = Practice(tmp_path / "other.jsonl").with_token()
        practice.marketplace.record = record
        assert practice.put()["status"] == "ACCEPTED"
        record.close()
        record.close()
    assert [line.operation for line in lines(tmp_path / "record.jsonl")] == ["putListingsItem"]
