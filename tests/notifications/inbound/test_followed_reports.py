"""Reports that are followed: the marketplace's answer moves them, news has it asked, and a lost one only delays."""

from datetime import timedelta

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.notifications.inbound.asking import Away, Told
from daybook.notifications.inbound.followed_reports import LEAST_APART, PLANS, Draft, follow
from daybook.notifications.inbound.status import MOVES, SENTENCES, FollowedStatus, InboundStatus, Source
from tests.api.receiving import REQUEST, WORDS
from tests.notifications.inbound.following import AWAY, SELLER, Following


@pytest.mark.requirement("R002-022", "X-07")
def test_news_that_a_report_is_ready_has_it_asked_about_and_so_made_downloadable(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    assert following.work() == 1
    assert (following.status(), following.report().word) == (FollowedStatus.WAITING, "INPROGRESS")
    following.clock.now += timedelta(seconds=20)
    following.marketplace.words[REQUEST] = "READY"
    following.news("READY")
    assert following.work() == 1
    report = following.report()
    assert (report.status, report.ended_at, report.next_look_at) == (FollowedStatus.READY, following.clock.now, None)
    assert [event.to_status for event in following.history()] == ["WAITING", "WAITING", "READY"]
    assert following.wait(days=1) == 0


@pytest.mark.requirement("R002-023")
def test_a_report_that_failed_has_the_words_of_the_news_where_the_marketplace_has_none(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    following.work()
    following.clock.now += timedelta(seconds=20)
    following.marketplace.words[REQUEST] = "ERROR"
    following.news("ERROR")
    following.work()
    assert (following.status(), following.report().description) == (FollowedStatus.FAILED, WORDS)
    assert following.history()[-1].evidence["errorDescription"] == WORDS


def test_the_words_may_come_after_the_failure_was_found(following: Following) -> None:
    following.marketplace.words[REQUEST] = "ERROR"
    following.follow()
    following.work()
    assert (following.status(), following.report().description) == (FollowedStatus.FAILED, "")
    following.news("ERROR")
    assert following.report().description == WORDS
    assert following.work() == 0


def test_news_alone_makes_nothing_ready(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    following.work()
    following.clock.now += timedelta(minutes=1)
    following.news("READY")
    following.work()
    assert following.status() is FollowedStatus.WAITING
    following.connected = False
    following.clock.now += timedelta(minutes=1)
    following.news("READY")
    following.work()
    assert following.status() is FollowedStatus.WAITING


@pytest.mark.requirement("R002-026", "R002-027")
@pytest.mark.parametrize(("before", "after"), [("READY", "ERROR"), ("ERROR", "READY")])
@pytest.mark.parametrize("agrees", [True, False])
def test_of_news_that_contradicts_the_marketplace_is_the_judge(
    following: Following, before: str, after: str, agrees: bool
) -> None:
    following.marketplace.words[REQUEST] = before
    following.follow()
    following.work()
    was = following.status()
    following.clock.now += timedelta(minutes=5)
    if agrees:
        following.marketplace.words[REQUEST] = after
    following.news(before)
    following.news(after)
    assert following.work() == 1
    assert (following.status() is not was) == agrees
    assert {one.reading.status for one in following.inbound()} == {after, before}
    assert {one.status for one in following.inbound()} == {InboundStatus.MATCHED}
    assert len(following.inbound()) == 2


def test_news_that_comes_late_costs_no_look(following: Following) -> None:
    following.marketplace.words[REQUEST] = "READY"
    following.follow()
    following.work()
    following.news("INPROGRESS")
    following.news("READY")
    assert following.work() == 0
    assert len(following.inbound()) == 2


def test_an_answer_that_would_undo_an_end_leaves_it(following: Following) -> None:
    following.marketplace.words[REQUEST] = "READY"
    following.follow()
    following.work()
    following.clock.now += timedelta(minutes=1)
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.news("ERROR")
    assert following.work() == 1
    assert (following.status(), following.report().word) == (FollowedStatus.READY, "INPROGRESS")
    assert following.next_due() is None


def test_every_status_has_a_sentence_and_only_legal_moves() -> None:
    for status in (*FollowedStatus, *InboundStatus):
        assert status in SENTENCES
    assert set(MOVES) == set(FollowedStatus)
    assert [status for status, after in MOVES.items() if FollowedStatus.WAITING in after] == [FollowedStatus.LOST]


@pytest.mark.requirement("X-07")
def test_with_every_notification_lost_a_report_ends_by_looks_alone(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    looks = following.wait(minutes=25)
    following.marketplace.words[REQUEST] = "READY"
    ended = following.clock.now
    looks += following.wait(minutes=10)
    assert following.status() is FollowedStatus.READY
    assert following.report().ended_at is not None
    assert following.report().ended_at - ended < timedelta(minutes=5)  # type: ignore[operator]
    assert looks < 40


@pytest.mark.requirement("R002-030")
def test_news_of_a_report_that_nobody_follows_waits_for_it(following: Following) -> None:
    first = following.news("READY")
    assert first is not None
    assert first.status is InboundStatus.UNMATCHED
    following.marketplace.words[REQUEST] = "READY"
    following.follow()
    assert [one.status for one in following.inbound()] == [InboundStatus.MATCHED]
    assert following.history()[0].evidence == {"news": 1}
    following.work()
    assert following.status() is FollowedStatus.READY


@pytest.mark.requirement("R002-030")
def test_thousands_of_reports_that_are_unknown_cost_no_call(following: Following) -> None:
    following.follow("mine")
    following.marketplace.words["mine"] = "INPROGRESS"
    following.work()
    asked = len(following.marketplace.asked)
    for number in range(200):
        following.news("READY", f"unknown-{number}")
    assert following.work() == 0
    assert len(following.marketplace.asked) == asked
    assert len(following.inbound()) == 200


@pytest.mark.requirement("R002-025")
def test_the_same_event_again_wakes_nobody(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    following.work()
    following.clock.now += timedelta(seconds=10)
    assert following.news("READY", event_id="once") is not None
    assert following.work() == 1
    following.clock.now += timedelta(seconds=5)
    assert following.news("READY", event_id="once") is None
    assert following.work() == 0


def test_a_flood_of_news_about_one_report_is_a_look_now_and_then(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()
    following.work()
    looks = 0
    for _ in range(100):
        following.clock.now += timedelta(seconds=0.1)
        following.news("READY")
        looks += following.work() if following.next_due() and following.next_due() <= following.clock.now else 0  # type: ignore[operator]
    assert looks <= 10 / LEAST_APART.total_seconds()


def test_news_that_comes_during_a_look_has_another_one_made(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow()

    def meanwhile() -> None:
        following.clock.now += timedelta(seconds=1)
        following.news("READY")

    following.marketplace.meanwhile = meanwhile
    assert following.work() == 1
    following.marketplace.words[REQUEST] = "READY"
    assert following.wait(seconds=3) == 1
    assert following.status() is FollowedStatus.READY


def test_a_marketplace_that_is_away_is_asked_ever_less_often(following: Following) -> None:
    following.marketplace.words[REQUEST] = AWAY
    following.follow()
    looks = following.wait(hours=2)
    assert 10 < looks < 60
    report = following.report()
    assert (report.status, report.fault, report.failures) == (FollowedStatus.WAITING, AWAY.message, looks)
    assert len(following.history()) == 1
    following.marketplace.words[REQUEST] = "READY"
    following.wait(minutes=11)
    assert (following.status(), following.report().fault, following.report().failures) == (FollowedStatus.READY, "", 0)


def test_a_marketplace_that_asks_to_wait_is_left_alone(following: Following) -> None:
    following.marketplace.words[REQUEST] = Away("Too often.", 1800.0)
    following.follow()
    assert following.wait(minutes=29) == 1
    assert following.wait(minutes=2) == 1


def test_a_report_that_the_marketplace_never_knew_is_lost_until_news_comes(following: Following) -> None:
    following.follow()
    assert following.wait(minutes=10) > 3
    assert following.status() is FollowedStatus.WAITING
    following.wait(minutes=10)
    assert (following.status(), following.report().fault) == (FollowedStatus.LOST, "It knows no such report.")
    assert following.wait(days=1) == 0
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.news("READY")
    assert following.work() == 1
    assert following.status() is FollowedStatus.WAITING
    following.marketplace.words[REQUEST] = "READY"
    assert following.wait(hours=1) > 0
    assert following.status() is FollowedStatus.READY


def test_a_report_that_never_ends_is_lost_one_day(following: Following) -> None:
    following.marketplace.words[REQUEST] = "INPROGRESS"
    following.follow(asked_at=following.clock.now - timedelta(days=91))
    following.work()
    assert following.status() is FollowedStatus.LOST


def test_what_is_followed_twice_is_followed_once(following: Following) -> None:
    first = following.follow(report_type="ITEM")
    following.clock.now += timedelta(minutes=1)
    assert following.follow(report_type="OTHER") == first
    assert len(following.history()) == 1


@pytest.mark.parametrize("report_id", ["", " ", "a b", "a\nb", "x" * 501, "\0"])
def test_what_is_no_id_is_refused(following: Following, report_id: str) -> None:
    with pytest.raises(InvalidInput):
        following.follow(report_id)


def test_what_was_asked_for_in_the_future_is_refused(following: Following) -> None:
    late = Draft(SELLER, Source.WALMART, "r", asked_at=following.clock.now + timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        following.store.do(lambda tx: follow(tx, tx.now, late, "the test"))


def test_without_a_marketplace_nothing_is_asked_and_nothing_lost(following: Following) -> None:
    following.connected = False
    following.follow()
    following.work()
    assert following.status() is FollowedStatus.WAITING
    following.connected = True
    following.marketplace.words[REQUEST] = "READY"
    following.work()
    assert following.status() is FollowedStatus.READY


def test_what_the_marketplace_calls_it_is_shown_as_it_came(following: Following) -> None:
    following.marketplace.words[REQUEST] = Told(FollowedStatus.WAITING, "PAUSED_BY_MOON")
    following.follow()
    following.work()
    assert (following.status(), following.report().word) == (FollowedStatus.WAITING, "PAUSED_BY_MOON")
    assert following.next_due() is not None


def test_each_marketplace_has_a_plan() -> None:
    assert set(PLANS) == set(Source)
