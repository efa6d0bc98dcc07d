"""getReports: the filters. Its pages are in test_paging.py."""

from datetime import timedelta

import pytest

from tests.api.production import begin, done, fail, finish_without_data
from tests.api.serving import (
    ALL_LISTINGS,
    CA,
    DE,
    DECODING,
    FAULTY_LISTINGS,
    MX,
    OPEN_LISTINGS,
    REPORTS,
    US,
    Client,
    Daybook,
)

NOON = "2026-11-21T12:00:00Z"


@pytest.mark.requirement("R004-014", "R004-017", "R004-022")
def test_only_reports_of_the_given_types_are_listed_newest_first(daybook: Daybook, first: Client) -> None:
    ids = []
    for report_type in (ALL_LISTINGS, OPEN_LISTINGS, FAULTY_LISTINGS, ALL_LISTINGS):
        daybook.clock.advance(1)
        ids.append(first.ask(report_type))
    assert first.listed(reportTypes=(OPEN_LISTINGS, ALL_LISTINGS)) == [ids[3], ids[1], ids[0]]


def test_reports_of_one_instant_are_listed_once_each_in_a_stable_order(first: Client) -> None:
    ids = {first.ask() for _ in range(5)}
    assert set(first.listed()) == ids
    assert first.listed() == first.listed()


@DECODING
@pytest.mark.requirement("R004-020", "R004-021")
@pytest.mark.parametrize("query", ["", "?pageSize=5", "?reporttypes=X", f"?createdSince={NOON}&marketplaceIds={US}"])
def test_without_types_and_without_a_token_the_types_are_missing(first: Client, query: str) -> None:
    answer = first.get(f"{REPORTS}{query}")
    assert answer.refusal == (400, "InvalidInput")
    assert (answer.error["message"], answer.error["details"]) == (
        "One or more required parameters missing",
        "reportTypes;",
    )


def test_an_unknown_type_is_refused_by_name(first: Client) -> None:
    answer = first.get(REPORTS, reportTypes=(ALL_LISTINGS, "GET_NOTHING"))
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == "Invalid Report Type GET_NOTHING"


# Statuses


@pytest.fixture
def in_each_status(daybook: Daybook, first: Client) -> dict[str, str]:
    """Reports by their status."""
    ids = {}
    for status in ("FATAL", "CANCELLED", "DONE", "IN_PROGRESS", "IN_QUEUE"):
        ids[status] = first.ask()
        daybook.clock.advance(1)
    fail(daybook, begin(daybook))
    finish_without_data(daybook, begin(daybook))
    done(daybook, ids["DONE"])
    begin(daybook)
    found = {status: first.report(id)["processingStatus"] for status, id in ids.items()}
    assert found == {status: status for status in ids}
    return ids


@pytest.mark.requirement("R004-023", "R004-025")
@pytest.mark.parametrize(
    "status",
    [
        pytest.param("CANCELLED", marks=pytest.mark.requirement("R004-250")),
        pytest.param("DONE", marks=pytest.mark.requirement("R004-251")),
        pytest.param("FATAL", marks=pytest.mark.requirement("R004-252")),
        pytest.param("IN_PROGRESS", marks=pytest.mark.requirement("R004-253")),
        pytest.param("IN_QUEUE", marks=pytest.mark.requirement("R004-254")),
    ],
)
def test_a_status_picks_its_reports_and_without_one_all_are_listed(
    first: Client, in_each_status: dict[str, str], status: str
) -> None:
    assert first.listed(processingStatuses=status) == [in_each_status[status]]
    assert set(first.listed()) == set(in_each_status.values())


@pytest.mark.requirement("R004-023", "R004-024", "R004-255")
def test_statuses_add_up_and_all_five_of_them_are_everything(first: Client, in_each_status: dict[str, str]) -> None:
    two = first.listed(processingStatuses=("DONE", "FATAL"))
    assert set(two) == {in_each_status["DONE"], in_each_status["FATAL"]}
    five = tuple(in_each_status)
    assert set(first.listed(processingStatuses=five)) == set(in_each_status.values())
    assert set(first.listed(processingStatuses=five * 40)) == set(in_each_status.values())


@DECODING
@pytest.mark.requirement("R004-024", "R004-026", "R004-255")
@pytest.mark.parametrize("wrong", ["", ",", "READY", "done", "DONE,IN_LIMBO", "DONE ", "%00"])
def test_what_is_no_status_is_refused_by_the_parameters_name(first: Client, wrong: str) -> None:
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&processingStatuses={wrong}")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == "One or more parameters does not conform to the schema constraints."
    assert answer.error["details"].startswith("processingStatuses;")


# Marketplaces


@pytest.mark.requirement("R004-027", "R004-030")
def test_a_report_is_listed_when_one_of_its_marketplaces_is_asked_for(first: Client) -> None:
    us, ca, both = first.ask(), first.ask(marketplace_ids=(CA,)), first.ask(marketplace_ids=(US, CA))
    assert set(first.listed(marketplaceIds=US)) == {us, both}
    assert set(first.listed(marketplaceIds=CA)) == {ca, both}
    assert set(first.listed(marketplaceIds=(MX, CA))) == {ca, both}
    assert set(first.listed(marketplaceIds=(US, CA))) == {us, ca, both}
    assert first.listed(marketplaceIds=(MX, DE)) == []


@pytest.mark.parametrize("nearly", [US[:-1], US[1:], US.lower(), "%25", "_" * len(US), "A" * 2000, "!", "'"])
def test_a_marketplace_matches_whole_and_to_the_letter(first: Client, nearly: str) -> None:
    first.ask()
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&marketplaceIds={nearly}")
    assert (answer.status, answer.json) == (200, {"reports": []})


# Creation times


@pytest.mark.requirement("R004-036", "R004-039", "R004-041")
def test_creation_times_bound_what_is_listed_and_both_bounds_belong_to_it(daybook: Daybook, first: Client) -> None:
    ids = []
    for _ in range(4):
        ids.append(first.ask())
        daybook.clock.advance(60)
    since, until = "2026-11-21T12:01:00Z", "2026-11-21T12:02:00Z"
    assert first.listed(createdSince=since) == [ids[3], ids[2], ids[1]]
    assert first.listed(createdUntil=until) == [ids[2], ids[1], ids[0]]
    assert first.listed(createdSince=since, createdUntil=until) == [ids[2], ids[1]]
    assert first.listed(createdSince="2026-11-21T12:01:00.000001Z", createdUntil="2026-11-21T12:01:59.999999Z") == []
    assert first.listed(createdSince=until, createdUntil=since) == []


@DECODING
@pytest.mark.requirement("R004-036", "R004-039")
@pytest.mark.parametrize(
    "noon",
    [
        NOON,
        "2026-11-21T12:00:00%2B00:00",
        "2026-11-21T12:00:00+00:00",
        "2026-11-21T05:00:00.000-07:00",
        "2026-11-21T12:00",
        "20261121T120000Z",
    ],
)
def test_a_creation_time_is_read_in_any_iso_8601_form(first: Client, noon: str) -> None:
    report_id = first.ask()
    query = f"reportTypes={ALL_LISTINGS}&createdSince={noon}&createdUntil={noon}"
    assert [report["reportId"] for report in first.get(f"{REPORTS}?{query}").json["reports"]] == [report_id]


def test_a_date_alone_is_its_midnight(first: Client) -> None:
    report_id = first.ask()
    assert first.listed(createdSince="2026-11-21") == [report_id]
    assert first.listed(createdUntil="2026-11-21") == []
    assert first.listed(createdSince="2026-11-22") == []


@DECODING
@pytest.mark.parametrize("name", ["createdSince", "createdUntil"])
@pytest.mark.parametrize("wrong", ["", "now", "2026-02-30", "0001-01-01T00:00:00%2B14:00", "1e9", "%00", "9" * 500])
def test_what_is_no_date_time_is_refused_by_the_parameters_name(first: Client, name: str, wrong: str) -> None:
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&{name}={wrong}")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["details"].startswith(f"{name};")


@pytest.mark.requirement("R004-037", "R004-038")
@pytest.mark.parametrize("query", [{}, {"createdSince": "2020-01-01T00:00:00Z"}, {"createdSince": "0001-01-01"}])
def test_nothing_older_than_ninety_days_is_listed(daybook: Daybook, query: dict[str, str]) -> None:
    old = daybook.client().ask()
    daybook.clock.advance(days=1)
    young = daybook.client().ask()
    daybook.clock.advance(days=89)
    assert daybook.client().listed(**query) == [young, old]
    daybook.clock.advance(0.000001)
    assert daybook.client().listed(**query) == [young]


@pytest.mark.requirement("R004-040")
@pytest.mark.parametrize("query", [{}, {"createdUntil": "9999-12-31T23:59:59Z"}])
def test_a_listing_goes_up_to_now(first: Client, query: dict[str, str]) -> None:
    report_id = first.ask()
    assert first.listed(**query) == [report_id]


# The page size


@pytest.mark.requirement("R004-034")
def test_a_page_holds_ten_unless_it_is_said(first: Client) -> None:
    for _ in range(11):
        first.ask()
    assert len(first.listed()) == 10


@pytest.mark.requirement("R004-031", "R004-035")
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_page_holds_no_more_than_its_size(first: Client, size: int) -> None:
    for _ in range(3):
        first.ask()
    assert len(first.listed(pageSize=size)) == size


@DECODING
@pytest.mark.requirement("R004-031", "R004-032", "R004-033")
@pytest.mark.parametrize("wrong", ["0", "101", "-1", "", "ten", "1.0", "1e1", "0x10", "9" * 40, "5,6", "%20", "%D9%A1"])
def test_what_is_no_page_size_is_refused(first: Client, wrong: str) -> None:
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&pageSize={wrong}")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["details"].startswith("pageSize;")


# How lists are written


@pytest.mark.requirement("R004-017", "R004-046")
@pytest.mark.parametrize(
    "written",
    [
        f"reportTypes={ALL_LISTINGS},{OPEN_LISTINGS}",
        f"reportTypes={ALL_LISTINGS}%2C{OPEN_LISTINGS}",
        f"reportTypes={ALL_LISTINGS}&reportTypes={OPEN_LISTINGS}",
        f"reportTypes={ALL_LISTINGS},&reportTypes=,{OPEN_LISTINGS},{ALL_LISTINGS}",
    ],
    ids=["commas", "encoded commas", "repeated", "mixed"],
)
def test_a_list_is_read_joined_by_commas_or_repeated(first: Client, written: str) -> None:
    ids = {first.ask(ALL_LISTINGS), first.ask(OPEN_LISTINGS)}
    answer = first.get(f"{REPORTS}?{written}")
    assert {report["reportId"] for report in answer.json["reports"]} == ids
    assert len(answer.json["reports"]) == 2


def test_parameters_that_nobody_knows_are_ignored(first: Client) -> None:
    report_id = first.ask()
    strangers = "MarketplaceId=A&MarketplaceIds=A&marketplace_ids=A&PageSize=0&createdsince=x&%00=%00&&=&x"
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&{strangers}")
    assert [report["reportId"] for report in answer.json["reports"]] == [report_id]


@DECODING
@pytest.mark.parametrize("name", ["pageSize", "createdSince", "createdUntil", "nextToken"])
def test_one_value_given_twice_is_refused(first: Client, name: str) -> None:
    answer = first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&{name}=5&{name}=5")
    assert answer.refusal == (400, "InvalidInput")


def test_a_listing_without_reports_is_empty(first: Client) -> None:
    assert first.get(REPORTS, reportTypes=ALL_LISTINGS).json == {"reports": []}


@pytest.mark.requirement("R004-232", "R004-226")
def test_a_report_is_listed_as_it_is_told(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    daybook.clock.now += timedelta(minutes=5)
    done(daybook, report_id)
    assert first.get(REPORTS, reportTypes=ALL_LISTINGS).json["reports"] == [first.report(report_id)]
