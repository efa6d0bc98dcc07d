"""The silence alarm: reports end and no news comes of them."""

import json
from datetime import timedelta

from daybook.notifications.inbound.silence import Patience
from tests.notifications.inbound.following import Following
from tests.notifications.virtual.daybooks import Daybook, Receivers


def end(following: Following, report_id: str) -> None:
    """A look finds that a report has ended."""
    following.clock.now += timedelta(minutes=1)
    following.marketplace.words[report_id] = "READY"
    following.follow(report_id)
    following.work()


def test_three_reports_without_news_are_one_alarm_which_the_next_news_ends(following: Following) -> None:
    following.receiver()
    for number in range(2):
        end(following, f"r{number}")
    assert following.alerts() == []
    for number in range(2, 6):
        end(following, f"r{number}")
    assert following.alerts() == ["SILENT"]
    following.news("READY", "somebody-elses")
    following.news("READY", "somebody-elses")
    assert following.alerts() == ["SILENT", "HEARD"]
    for number in range(6, 9):
        end(following, f"r{number}")
    assert following.alerts() == ["SILENT", "HEARD", "SILENT"]


def test_one_report_without_news_is_an_alarm_after_a_time(following: Following) -> None:
    following.receiver()
    end(following, "r")
    following.marketplace.words["goes-on"] = "INPROGRESS"
    following.follow("goes-on")
    following.wait(hours=5, minutes=50)
    assert following.alerts() == []
    following.wait(minutes=30)
    assert following.alerts() == ["SILENT"]


def test_reports_that_are_told_of_are_no_silence(following: Following) -> None:
    following.receiver()
    for number in range(5):
        following.news("READY", f"r{number}")
        end(following, f"r{number}")
    assert following.alerts() == []


def test_news_between_begins_the_count_anew(following: Following) -> None:
    following.receiver()
    for number in range(2):
        end(following, f"r{number}")
    following.news("READY", "other")
    for number in range(2, 4):
        end(following, f"r{number}")
    assert following.alerts() == []


def test_where_no_news_is_expected_there_is_no_alarm(following: Following) -> None:
    for number in range(5):
        end(following, f"r{number}")
    assert following.alerts() == []


def test_patience_is_a_setting(following: Following) -> None:
    following.receiver()
    following.patience = Patience(reports=1)
    end(following, "r")
    assert following.alerts() == ["SILENT"]


def test_who_is_subscribed_hears_of_silence_once(following: Following) -> None:
    daybook = Daybook(following.store, following.clock, Receivers(following.clock))
    daybook.subscribe(daybook.destination(), event_type="INBOUND_SILENT", format="standard")
    following.receiver()
    for number in range(5):
        end(following, f"r{number}")
    following.news("READY", "another")
    daybook.work()
    (told,) = [json.loads(one.body) for one in daybook.receivers.log]
    assert (told["type"], told["data"]["resourceId"], told["data"]["reports"]) == ("inbound.silent", "walmart", 3)
