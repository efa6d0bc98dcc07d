"""Statuses, their moves, and the words that each reader has for them."""

import json
import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.notifications.formats import walmart
from daybook.notifications.news import EndedReport, EventType, News
from daybook.operations.codes import SENTENCES as CODE_SENTENCES
from daybook.operations.codes import Code, Source, source_of
from daybook.operations.status import (
    BATCH_MOVES,
    BATCH_SENTENCES,
    ENDED,
    FIRST,
    MOVES,
    MOVING,
    SENDABLE,
    SENTENCES,
    SHOWN,
    BatchStatus,
    Shown,
    Status,
    statuses_shown,
)
from daybook.operations.vocabulary import NO_WORD, OPERATIONS, REPORT_OUTCOMES, REPORT_STATUSES, Words
from daybook.reports.status import Outcome
from daybook.reports.status import Status as ReportStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.requirement("R000-003", "R000-004")
def test_exactly_three_words_are_shown_and_every_status_has_one() -> None:
    assert [word.value for word in Shown] == ["Queued", "Success", "Error"]
    assert set(SHOWN) == set(Status) == set(SENTENCES) == set(MOVES)
    assert {SHOWN[status] for status in FIRST - {Status.INVALID}} == {Shown.QUEUED}
    assert {status for word in Shown for status in statuses_shown(word)} == set(Status)


def test_every_status_is_reached_and_what_has_ended_moves_on_only_when_it_is_retried() -> None:
    reached = FIRST.union(*MOVES.values())
    assert reached == set(Status)
    assert {status for status in ENDED if MOVES[status]} == {Status.REJECTED}
    assert MOVES[Status.REJECTED] == {Status.QUEUED}
    assert set(SENDABLE) == {status for status in Status if Status.SENDING in MOVES[status]}
    assert MOVING | ENDED | {Status.HELD} == set(Status)
    assert set(BATCH_MOVES) == set(BatchStatus) == set(BATCH_SENTENCES)


@given(st.randoms())
def test_any_walk_along_the_moves_can_come_to_an_end(chance: random.Random) -> None:
    status = chance.choice(sorted(FIRST))
    for _ in range(50):
        if status in ENDED:
            break
        status = chance.choice(sorted(MOVES[status]))
    seen, ahead = {status}, [status]
    while ahead:
        more = MOVES[ahead.pop()] - seen
        seen |= more
        ahead += more
    assert seen & ENDED


TABLE = {
    "queued": Words("Queued", "Pending", NO_WORD, "IN_QUEUE", NO_WORD),
    "held": Words("Queued", "Pending", NO_WORD, "IN_QUEUE", NO_WORD),
    "throttled": Words("Queued", "Pending", NO_WORD, "IN_QUEUE", NO_WORD),
    "sending": Words("Queued", "Pending", NO_WORD, "IN_PROGRESS", NO_WORD),
    "uncertain": Words("Queued", "Pending", NO_WORD, "IN_PROGRESS", NO_WORD),
    "accepted": Words("Queued", "Pending", NO_WORD, "IN_PROGRESS", NO_WORD),
    "success": Words("Success", "Finished", NO_WORD, "DONE", "READY"),
    "invalid": Words("Error", "Error", "error validation", NO_WORD, NO_WORD),
    "rejected": Words("Error", "Error", "error Amazon Response", "FATAL", "ERROR"),
    "cancelled": Words("Error", "Error", NO_WORD, "CANCELLED", "ERROR"),
}


@pytest.mark.requirement("X-01")
@pytest.mark.parametrize("state", TABLE)
def test_every_state_has_its_word_in_every_vocabulary(state: str) -> None:
    assert OPERATIONS[state] == TABLE[state]
    assert set(OPERATIONS) == set(TABLE)


ENDINGS = {
    "data": Words("Success", "Finished", NO_WORD, "DONE", "READY"),
    "no_data": Words("Success", "Finished", NO_WORD, "CANCELLED", "ERROR"),
    "cancelled_by_request": Words("Error", "Error", NO_WORD, "CANCELLED", NO_WORD),
    "cancelled_upstream": Words("Error", "Error", NO_WORD, "CANCELLED", "ERROR"),
    "too_soon": Words("Error", "Error", NO_WORD, "CANCELLED", "ERROR"),
    "failed": Words("Error", "Error", "error Amazon Response", "FATAL", "ERROR"),
}


@pytest.mark.requirement("X-01")
@pytest.mark.parametrize("outcome", ENDINGS)
def test_every_ending_of_a_report_has_its_words_and_is_told_in_them(outcome: str) -> None:
    assert REPORT_OUTCOMES[outcome] == ENDINGS[outcome]
    assert {one.value for one in Outcome} == set(REPORT_OUTCOMES) == set(ENDINGS)
    assert told_of(ENDINGS[outcome].report, outcome) == ENDINGS[outcome].notification


@pytest.mark.requirement("X-01")
def test_a_report_that_has_not_ended_waits_in_every_vocabulary_and_nothing_is_told() -> None:
    assert set(REPORT_STATUSES) == {"IN_QUEUE", "IN_PROGRESS"}
    for word, words in REPORT_STATUSES.items():
        assert words == Words("Queued", "Pending", NO_WORD, word, NO_WORD)
    assert {one.value for one in ReportStatus} == {
        words.report for words in (REPORT_OUTCOMES | REPORT_STATUSES).values()
    }


def told_of(status: str, outcome: str) -> str:
    """What the older format of notifications says of a report that ended so; a dash where nothing is sent."""
    report = EndedReport("GET_X", "v1", status, outcome, NOW, NOW)
    news = News("e", EventType.REPORT_ENDED, NOW, "A1", "report", "R1", 1, report, {})
    body = walmart.encode(news, "S1")
    return NO_WORD if body is None else str(json.loads(body)["payload"]["requestStatus"])


@pytest.mark.requirement("X-02")
def test_a_report_without_data_is_a_success_and_a_cancelled_one_an_error() -> None:
    assert REPORT_OUTCOMES["no_data"] == Words("Success", "Finished", NO_WORD, "CANCELLED", "ERROR")
    assert REPORT_OUTCOMES["cancelled_by_request"] == Words("Error", "Error", NO_WORD, "CANCELLED", NO_WORD)


@pytest.mark.requirement("X-06")
def test_every_code_says_whose_error_it_is() -> None:
    assert set(CODE_SENTENCES) == set(Code)
    sources = Counter(source_of(code) for code in Code)
    assert sources[Source.TRANSPORT] == 4
    assert source_of("NotAPrice") is Source.LOCAL
    assert source_of("Throttled") is Source.TRANSPORT
    assert source_of("90220") is Source.MARKETPLACE
