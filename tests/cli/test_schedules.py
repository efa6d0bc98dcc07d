"""`daybook schedules`."""

import pytest

from tests.cli.typing_in import Shop, Terminal

FAULTS = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
OF = ("--seller", "A1SHOP")


def plan(shop: Shop, *words: str) -> dict[str, object]:
    told: dict[str, object] = shop.terminal.json("schedules", "create", FAULTS, *OF, "--period", "P1D", *words)
    return told


def test_a_schedule_is_made_shown_listed_and_cancelled(shop: Shop) -> None:
    made = plan(shop, "--next", "2100-01-01T06:00:00Z", "--marketplace", "US", "--option", "a=1")
    schedule = made["reportScheduleId"]
    assert (made["period"], made["nextReportCreationTime"]) == ("P1D", "2100-01-01T06:00:00+00:00")
    assert made["coveredUntil"] == "2099-12-31T06:00:00+00:00"
    assert [one["reportScheduleId"] for one in shop.terminal.json("schedules", "list", *OF)] == [schedule]
    told = shop.terminal.json("schedules", "show", schedule, *OF)
    assert (told["reportOptions"], [step["to"] for step in told["history"]]) == ({"a": "1"}, ["LIVE"])
    shop.terminal.done("schedules", "cancel", schedule, *OF)
    assert shop.terminal.json("schedules", "list", *OF) == []
    assert shop.terminal("schedules", "show", schedule, *OF).code == 1


def test_people_see_when_the_next_report_is_due(shop: Shop) -> None:
    words = ("--next", "2100-01-01T06:00:00+01:00")
    ran = shop.terminal.done("schedules", "create", FAULTS, *OF, "--period", "PT12H", *words)
    assert "its first report is due at 2100-01-01 05:00:00 UTC." in ran.out
    assert "PT12H   GET_MERCHANTS_LISTINGS_FYP_REPORT on CA, US" in shop.terminal.done("schedules", "list", *OF).out


def test_a_new_schedule_takes_the_place_of_the_one_before(shop: Shop) -> None:
    earlier, later = plan(shop), plan(shop)
    assert [one["reportScheduleId"] for one in shop.terminal.json("schedules", "list", *OF)] == [
        later["reportScheduleId"]
    ]
    ran = shop.terminal("schedules", "cancel", earlier["reportScheduleId"], *OF, "--json")
    assert (ran.code, ran.error["code"]) == (1, "NotFound")


def test_a_schedule_that_is_due_fires_while_somebody_works(shop: Shop) -> None:
    plan(shop, "--next", "2026-01-01", "--marketplace", "US")
    shop.made()
    fired = shop.terminal.json("reports", "list", *OF, "--type", FAULTS)
    assert len(fired) == 1
    assert shop.terminal("reports", "wait", fired[0]["reportId"], *OF).code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((FAULTS, "--period", "P2M"), 2, "P2M"),
        ((FAULTS,), 2, "--period"),
        (("GET_MERCHANT_LISTINGS_INACTIVE_DATA", "--period", "P1D", "--marketplace", "DE"), 1, "not allowed"),
        (("GET_WEATHER", "--period", "P1D"), 1, "Invalid Report Type"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(shop: Shop, words: tuple[str, ...], code: int, told: str) -> None:
    ran = shop.terminal("schedules", "create", *words, *OF)
    assert ran.code == code
    assert told in " ".join(ran.err.split())


def test_a_period_that_is_none_is_told_in_plain_words(nowhere: Terminal) -> None:
    told = nowhere("schedules", "create", "GET_X", "--seller", "A1", "--period", "P1X")
    assert told.code == 2
    assert "Value error" not in told.err
    assert "'P1X' is not one of" in told.err
