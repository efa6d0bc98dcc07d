"""The statuses of a report: which there are, who moves them, and that nothing else moves."""

import itertools

import pytest

from daybook.reports.status import ENDED, MOVES, SENTENCES, Outcome, Status

LEGAL = {
    ("IN_QUEUE", "IN_PROGRESS"),
    ("IN_QUEUE", "CANCELLED"),
    ("IN_PROGRESS", "DONE"),
    ("IN_PROGRESS", "CANCELLED"),
    ("IN_PROGRESS", "FATAL"),
}


@pytest.mark.requirement("R004-249")
def test_there_are_five_statuses_in_amazons_words() -> None:
    assert {status.value for status in Status} == {"CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"}


@pytest.mark.parametrize("pair", [*itertools.product(Status, Status)], ids=lambda pair: f"{pair[0]} to {pair[1]}")
def test_a_move_is_legal_only_where_the_reference_has_it(pair: tuple[Status, Status]) -> None:
    assert (pair[1] in MOVES[pair[0]]) == ((pair[0].value, pair[1].value) in LEGAL)


def test_a_report_that_has_ended_never_moves_again() -> None:
    assert {Status.DONE, Status.CANCELLED, Status.FATAL} == ENDED


def test_every_status_and_outcome_has_a_sentence_for_people() -> None:
    assert set(SENTENCES) == {*Status, *Outcome}
    assert [word for word, sentence in SENTENCES.items() if not sentence.endswith(".")] == []
