"""createReport and createReportSchedule by the rules of their report types."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daybook.accounts.applications import set_lenient
from daybook.api.server import create_api
from daybook.report_types.registry import registry
from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.reports.report_types import report_types
from daybook.reports.rows import read_report_types
from tests.api.serving import ALL_LISTINGS, CA, DE, MX, REPORTS, SCHEDULES, US, Client, Daybook
from tests.api.wire import Wire

RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
ORDERS_EU = "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"
DISCOUNTS = "FEE_DISCOUNTS_REPORT"
OWN = "GET_OWN_DATA"
TABLE = f"""\
report_type,status,schedulable,marketplaces,marketplace_rule,every,dates,options,answers
{OWN},current,yes,NA,exactly-1,12 hours,both ends; at most 31 days,groupBy!=DAY|WEEK asins=TEXT(5),\
unknown=400 period=400
GET_UNSURE_DATA,unsure,no,NA,exactly-1,12 hours,both ends; at most 31 days,groupBy!=DAY|WEEK,unknown=400
"""
SQL = """\
-- report type: GET_STOCK
-- format: TSV
-- option: order=name|id
-- option: brand!=TEXT
-- data range: required
-- schedulable: yes

SELECT 1 AS n
"""


@pytest.fixture(autouse=True)
def strict_again(daybook: Daybook) -> Iterator[None]:
    """The next test's agency is not lenient."""
    yield
    be_lenient(daybook, lenient=False)


@pytest.fixture
def own(daybook: Daybook, runner: asyncio.Runner) -> Daybook:
    """The same Daybook, with types of its operator's own."""
    door = replace(daybook.door, types=report_types(read_report_types(TABLE, "own.csv")))
    return replace(daybook, door=door, wire=Wire(create_api(door), runner))


def refused(client: Client, path: str = REPORTS, **members: object) -> dict[str, str]:
    """The error that a body with these members is answered with."""
    answer = client.post(path, {"marketplaceIds": [US], **members})
    assert answer.refusal == (400, "InvalidInput"), answer.body
    return answer.error


def warnings(daybook: Daybook, client: Client, report_id: str) -> list[str]:
    """With what the report was taken."""
    answer = client.get(f"/daybook/v1/reports/{report_id}")
    return list(answer.json["history"][0].get("evidence", {}).get("warnings", []))


def be_lenient(daybook: Daybook, application: str = "agency", *, lenient: bool = True) -> None:
    with daybook.store.transaction() as tx:
        set_lenient(tx, daybook.applications[application].client_id, lenient=lenient)


@pytest.mark.requirement("R004-213", "R004-215", "R004-216")
def test_a_range_that_is_too_long_is_refused_with_its_rule_its_row_what_was_given_and_what_to_do(first: Client) -> None:
    error = refused(first, reportType=RETURNS, dataStartTime="2026-08-01T00:00:00Z", dataEndTime="2026-10-01T00:00:00Z")
    row = next(each.row for each in report_types() if each.name == RETURNS)
    assert error["message"] == f"{RETURNS}: the range of data is 60 days at most."
    assert error["details"] == (
        "It is 2026-08-01T00:00:00+00:00 to 2026-10-01T00:00:00+00:00. "
        "Ask for it in parts, the first until 2026-09-30T00:00:00+00:00. "
        f"(Line {row} of report_types.csv, dates: at most 60 days.)"
    )
    assert first.listed(reportTypes=RETURNS) == []
    first.ask(RETURNS, dataStartTime="2026-08-01T00:00:00Z", dataEndTime="2026-09-30T00:00:00Z")


def test_a_range_that_must_be_given_is_asked_for(first: Client) -> None:
    error = refused(first, reportType=SALES, dataStartTime="2026-08-01T00:00:00Z")
    assert error["message"] == f"{SALES}: dataStartTime and dataEndTime must both be given."
    assert error["details"].startswith("Give dataEndTime.")


@pytest.mark.requirement("R004-217")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([US], "your report could not be applied to any marketplaces"),
        ([US, DE], "Some of the marketplaces are not allowed for this Report"),
    ],
)
def test_a_marketplace_without_the_type_is_refused_in_amazons_words(
    second: Client, asked: list[str], message: str
) -> None:
    error = refused(second, reportType=ORDERS_EU, marketplaceIds=asked)
    assert error["message"] == f"Report rejected for this client. {message}"
    assert "has GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING in EU, not in US: leave it out." in error["details"]
    second.ask(ORDERS_EU, (DE,))


def test_an_option_with_nothing_in_it_is_refused_of_every_type(first: Client) -> None:
    assert refused(first, reportType=ALL_LISTINGS, reportOptions={"custom": ""})["message"] == (
        "The option 'custom' is empty."
    )


@pytest.mark.requirement("R004-213")
def test_what_a_type_does_not_have_is_taken_with_a_warning(daybook: Daybook, first: Client) -> None:
    report_id = first.ask(reportOptions={"reportPeriod": "WEEK"})
    [warning] = warnings(daybook, first, report_id)
    assert warning.startswith(f"{ALL_LISTINGS}: there is no option 'reportPeriod'. It has these: custom, preferred")
    assert warnings(daybook, first, first.ask(reportOptions={"custom": "true"})) == []


def test_what_amazon_answers_with_an_empty_report_is_taken_with_a_warning(daybook: Daybook, first: Client) -> None:
    told = warnings(daybook, first, first.ask(LEDGER, reportOptions={"aggregateByLocation": "PLANET"}))
    assert [each.split(". ")[0] for each in told] == [
        f"{LEDGER}: the option aggregateByLocation is 'PLANET'",
        f"{LEDGER}: dataStartTime and dataEndTime must both be given",
    ]


def test_what_ends_a_report_fatal_is_taken_and_the_warning_says_so(daybook: Daybook, first: Client) -> None:
    members = {"dataStartTime": "2026-11-01T00:00:00Z", "dataEndTime": "2026-11-02T00:00:00Z"}
    [warning] = warnings(daybook, first, first.ask(SALES, (US, CA), **members))
    assert warning.startswith(
        f"{SALES}: it takes exactly one marketplace. There are 2, CA, US: ask for each by itself."
    )
    assert warning.endswith("The report ends FATAL, and its document says why.")


@pytest.mark.requirement("R004-217", "R004-213", "R004-215", "R004-216")
def test_all_that_is_wrong_is_told_at_once(own: Daybook) -> None:
    error = refused(
        own.client(),
        reportType=OWN,
        marketplaceIds=[US, CA, DE],
        dataStartTime="2026-08-01T00:00:00Z",
        reportOptions={"groupBy": "HOUR", "asins": "123456", "colour": "red", "size": ""},
    )
    assert error["message"] == (
        "9 rules are broken: "
        "Report rejected for this client. Some of the marketplaces are not allowed for this Report; "
        f"{OWN}: it takes exactly one marketplace; "
        "The option 'size' is empty; "
        f"{OWN}: the option groupBy is 'HOUR'; {OWN}: the option asins has 6 characters; "
        f"{OWN}: there is no option 'colour'; {OWN}: there is no option 'size'; "
        f"{OWN}: dataStartTime and dataEndTime must both be given; "
        f"{OWN}: the range of data is 31 days at most."
    )
    assert "9. It is 2026-08-01T00:00:00+00:00 to 2026-11-21T12:00:00+00:00." in error["details"]
    assert "4. It may be DAY, WEEK. (Line 2 of own.csv, options.)" in error["details"]


def test_a_range_that_is_none_is_told_with_the_rest_and_not_judged_by_the_type(own: Daybook) -> None:
    error = refused(own.client(), reportType=OWN, dataStartTime="2026-12-01T00:00:00Z")
    assert error["message"] == (
        f"2 rules are broken: dataStartTime is in the future; {OWN}: the option groupBy must be given."
    )


def test_a_row_that_is_unsure_only_warns(own: Daybook) -> None:
    client = own.client()
    report_id = client.ask("GET_UNSURE_DATA", (US, CA), reportOptions={"colour": "red"})
    assert len(warnings(own, client, report_id)) == 4


# Lenient applications


def test_a_lenient_application_is_warned_where_others_are_refused(own: Daybook) -> None:
    client, newcomer = own.client(), own.client("newcomer")
    refused(client, reportType=OWN)
    be_lenient(own)
    told = warnings(own, client, client.ask(OWN))
    assert [each.split(". ")[0] for each in told] == [
        f"{OWN}: the option groupBy must be given",
        f"{OWN}: dataStartTime and dataEndTime must both be given",
    ]
    assert all(each.endswith("For an application that is not lenient the request is refused (400).") for each in told)
    refused(newcomer, reportType=OWN)
    be_lenient(own, lenient=False)
    refused(client, reportType=OWN)


def test_a_lenient_application_may_ask_for_what_others_begin(daybook: Daybook, first: Client) -> None:
    refused(first, reportType=SETTLEMENT)
    be_lenient(daybook)
    [warning] = warnings(daybook, first, first.ask(SETTLEMENT))
    assert warning.startswith(f"Request for report type {SETTLEMENT} is not allowed at this time")


@pytest.mark.parametrize(
    "members",
    [
        {"reportType": "GET_NOTHING"},
        {"reportType": OWN, "marketplaceIds": [DE]},
        {"reportType": OWN, "dataStartTime": "2026-12-01T00:00:00Z"},
        {"reportType": OWN, "dataStartTime": "2026-11-02T00:00:00Z", "dataEndTime": "2026-11-01T00:00:00Z"},
    ],
    ids=["a type that is not there", "another's marketplace", "the future", "backwards"],
)
def test_what_cannot_be_served_is_refused_of_a_lenient_application_too(own: Daybook, members: dict[str, Any]) -> None:
    be_lenient(own)
    refused(own.client(), **members)


# Schedules


@pytest.mark.requirement("R004-210")
def test_a_schedule_is_refused_for_its_marketplaces_options_and_period_at_once(own: Daybook) -> None:
    error = refused(own.client(), SCHEDULES, reportType=OWN, marketplaceIds=[US, MX], period="PT8H")
    assert error["message"] == (
        f"3 rules are broken: {OWN}: it takes exactly one marketplace; {OWN}: the option groupBy must be given; "
        f"{OWN}: it is made anew once in 12 hours at most."
    )
    assert "3. With the period PT8H it would be asked for more often. (Line 2 of own.csv, every.)" in error["details"]
    assert own.client().get(SCHEDULES, reportTypes=OWN).json == {"reportSchedules": []}


@pytest.mark.parametrize("period", ["PT12H", "P1D", "P1M"])
def test_a_schedule_that_asks_seldom_enough_is_made_whatever_range_its_reports_will_have(
    own: Daybook, period: str
) -> None:
    body = {"reportType": OWN, "marketplaceIds": [US], "period": period, "reportOptions": {"groupBy": "DAY"}}
    assert own.client().post(SCHEDULES, body).status == 201


def test_a_lenient_applications_schedule_is_made_and_its_ledger_warns(own: Daybook) -> None:
    client = own.client()
    be_lenient(own)
    made = client.post(SCHEDULES, {"reportType": OWN, "marketplaceIds": [US], "period": "PT5M"})
    assert made.status == 201
    with own.store.reading() as tx:
        [event] = tx.events_of(own.first, "schedule", made.json["reportScheduleId"])
    assert len(event.evidence["warnings"]) == 2


def test_a_period_shorter_than_a_type_is_made_anew_is_warned_of(daybook: Daybook, first: Client) -> None:
    made = first.post(SCHEDULES, {"reportType": DISCOUNTS, "marketplaceIds": [US], "period": "PT1H"})
    with daybook.store.reading() as tx:
        [event] = tx.events_of(daybook.first, "schedule", made.json["reportScheduleId"])
    [warning] = event.evidence["warnings"]
    assert warning.startswith(f"{DISCOUNTS}: it is made anew once in 24 hours at most.")


# Report types written as SQL


@pytest.fixture
def with_sql(daybook: Daybook, runner: asyncio.Runner, tmp_path: Path) -> Daybook:
    """The same Daybook, with a type that is a SQL file."""
    (tmp_path / "stock.sql").write_text(SQL)
    types = registry(SqlSettings(tmp_path, {}, Limits(), tmp_path / "work")).types
    door = replace(daybook.door, types=types)
    return replace(daybook, door=door, wire=Wire(create_api(door), runner))


def test_a_request_for_sql_is_refused_for_its_options_and_range_with_the_files_line(with_sql: Daybook) -> None:
    error = refused(with_sql.client(), reportType="GET_STOCK", reportOptions={"order": "price", "Colour": "red"})
    assert error["message"] == (
        "4 rules are broken: GET_STOCK: the option order is 'price'; GET_STOCK: the option brand must be given; "
        "GET_STOCK: there is no option 'Colour'; "
        "GET_STOCK: a range of data is needed: dataStartTime, and a later dataEndTime."
    )
    assert "1. It may be name, id. (Line 1 of stock.sql, options.)" in error["details"]
    assert "3. It has these: order, brand." in error["details"]


def test_a_request_for_sql_with_all_it_needs_is_taken(with_sql: Daybook) -> None:
    client = with_sql.client()
    members: dict[str, Any] = {"reportOptions": {"BRAND": "x", "order": "id"}, "dataStartTime": "2026-11-01T00:00:00Z"}
    assert warnings(with_sql, client, client.ask("GET_STOCK", **members)) == []


def test_a_schedule_of_sql_is_refused_for_its_options(with_sql: Daybook) -> None:
    error = refused(with_sql.client(), SCHEDULES, reportType="GET_STOCK", period="P1D")
    assert error["message"] == "GET_STOCK: the option brand must be given."
