"""The pages of getReports: every report once, however many are made meanwhile, and no token but one's own."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.kernel.paging import open_page, seal_page
from daybook.reports import pages
from daybook.reports.pages import Filters
from daybook.reports.reports import RETENTION, Report
from daybook.reports.status import Outcome, Status
from tests.api.serving import ALL_LISTINGS, CA, DECODING, OPEN_LISTINGS, REPORTS, US, Client, Daybook, with_new_sellers

KEY = bytes(32)


def page(client: Client, **query: object) -> tuple[list[str], str | None]:
    """The ids of a page, and the token of the next."""
    answer = client.get(REPORTS, **query)
    assert answer.status == 200, answer.body
    return [report["reportId"] for report in answer.json["reports"]], answer.json.get("nextToken")


def followed(client: Client, **query: object) -> list[list[str]]:
    """Every page, up to the last."""
    ids, token = page(client, **{"reportTypes": ALL_LISTINGS, **query})
    found = [ids]
    while token is not None:
        ids, token = page(client, nextToken=token)
        found.append(ids)
    return found


def asked(daybook: Daybook, client: Client, count: int) -> list[str]:
    """So many reports, a second apart, newest first."""
    ids = []
    for _ in range(count):
        ids.append(client.ask())
        daybook.clock.advance(1)
    return ids[::-1]


@pytest.mark.requirement("R004-043", "R004-044", "R004-047", "R004-048", "R004-227")
def test_following_the_token_to_the_end_meets_every_report_once(daybook: Daybook, first: Client) -> None:
    ids = asked(daybook, first, 5)
    assert followed(first, pageSize=2) == [ids[:2], ids[2:4], ids[4:]]
    assert followed(first, pageSize=4) == [ids[:4], ids[4:]]


@pytest.mark.requirement("R004-043", "R004-048")
def test_what_fits_a_page_exactly_has_no_next_one(daybook: Daybook, first: Client) -> None:
    ids = asked(daybook, first, 4)
    assert followed(first, pageSize=4) == [ids]
    assert followed(first, pageSize=2) == [ids[:2], ids[2:]]


@pytest.mark.requirement("R004-044")
def test_the_next_pages_keep_the_filters_and_the_size_of_the_first(daybook: Daybook, first: Client) -> None:
    ids = []
    for marketplace_id in (US, CA, US, CA, US):
        ids.append(first.ask(marketplace_ids=(marketplace_id,)))
        daybook.clock.advance(1)
    first.ask(OPEN_LISTINGS)
    wanted = {"pageSize": 1, "marketplaceIds": US, "createdSince": "2026-11-21T12:00:01Z"}
    assert followed(first, **wanted) == [[ids[4]], [ids[2]]]


@pytest.mark.requirement("R004-047")
def test_reports_that_arrive_between_two_pages_move_nothing(daybook: Daybook, first: Client) -> None:
    ids = asked(daybook, first, 4)
    found, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    asked(daybook, first, 3)
    assert (found, page(first, nextToken=token)) == (ids[:2], (ids[2:], None))


def test_a_page_asked_for_twice_is_the_same(daybook: Daybook, first: Client) -> None:
    asked(daybook, first, 5)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    assert page(first, nextToken=token) == page(first, nextToken=token)


def test_the_next_page_leaves_out_what_has_grown_too_old_meanwhile(daybook: Daybook) -> None:
    ids = asked(daybook, daybook.client(), 4)
    daybook.clock.now += RETENTION - timedelta(seconds=4)
    found, token = page(daybook.client(), reportTypes=ALL_LISTINGS, pageSize=2)
    daybook.clock.advance(1)
    assert (found, page(daybook.client(), nextToken=token)[0]) == (ids[:2], ids[2:3])


# The token goes alone


@DECODING
@pytest.mark.requirement("R004-045")
@pytest.mark.parametrize(
    "other",
    [
        f"reportTypes={ALL_LISTINGS}",
        "processingStatuses=DONE",
        f"marketplaceIds={US}",
        "pageSize=2",
        "createdSince=2026-11-21",
        "createdUntil=2026-11-21",
        "pageSize=nonsense",
    ],
)
def test_a_token_beside_any_other_parameter_is_refused_with_its_name(
    daybook: Daybook, first: Client, other: str
) -> None:
    asked(daybook, first, 3)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    answer = first.get(f"{REPORTS}?{other}&nextToken={token}")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"] == "NextToken cannot be specified with other input parameters"
    assert answer.error["details"] == f"{other.partition('=')[0]};"


def test_parameters_that_nobody_knows_may_stand_beside_a_token(daybook: Daybook, first: Client) -> None:
    ids = asked(daybook, first, 3)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    answer = first.get(f"{REPORTS}?nextToken={token}&MarketplaceIds={US}")
    assert [report["reportId"] for report in answer.json["reports"]] == ids[2:]


# No token but one's own


def test_a_token_of_another_seller_is_refused(daybook: Daybook, first: Client, second: Client) -> None:
    asked(daybook, first, 3)
    asked(daybook, second, 3)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    assert second.get(REPORTS, nextToken=token).refusal == (400, "InvalidInput")


def test_a_token_of_another_operation_is_refused(daybook: Daybook, first: Client) -> None:
    asked(daybook, first, 3)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=2)
    key = daybook.door.keys.of("pages")
    content = open_page(key, f"getReports/{daybook.first}", str(token))
    assert page(first, nextToken=seal_page(key, f"getReports/{daybook.first}", content))[0]
    other = seal_page(key, f"getReportSchedules/{daybook.first}", content)
    assert first.get(REPORTS, nextToken=other).refusal == (400, "InvalidInput")


@DECODING
@pytest.mark.parametrize("wrong", ["", "x", "null", "{}", "é", "\0", "A" * 100, "A" * 20_000, "..", "%", "💩"])
def test_a_made_up_token_is_refused(first: Client, wrong: str) -> None:
    assert first.get(f"{REPORTS}?nextToken={quote(wrong)}").refusal == (400, "InvalidInput")


@DECODING
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_altered_token_is_refused(daybook: Daybook, first: Client, data: st.DataObject) -> None:
    if len(first.listed()) < 2:
        asked(daybook, first, 2)
    _, token = page(first, reportTypes=ALL_LISTINGS, pageSize=1)
    at = data.draw(st.integers(0, len(str(token)) - 1))
    other = data.draw(st.sampled_from("ABCabc012-_~%").filter(lambda letter: letter != str(token)[at]))
    altered = f"{str(token)[:at]}{quote(other)}{str(token)[at + 1 :]}"
    assert first.get(f"{REPORTS}?nextToken={altered}").refusal == (400, "InvalidInput")


# Whatever arrives, and whenever

TYPES = (ALL_LISTINGS, OPEN_LISTINGS)
STATUSES = (Status.IN_QUEUE, Status.DONE, Status.FATAL)
GAPS = st.sampled_from([0, 0, 1, 1_000_000])  # microseconds; several in one instant are the hard case
MARKETPLACES = st.sampled_from([(US,), (CA,), (US, CA)])
ARRIVALS = st.lists(st.tuples(GAPS, st.sampled_from(TYPES), MARKETPLACES, st.sampled_from(STATUSES)), max_size=8)
Arrival = tuple[int, str, tuple[str, ...], Status]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=ARRIVALS,
    between=st.lists(ARRIVALS, max_size=4),
    types=st.sampled_from([TYPES, TYPES[:1]]),
    statuses=st.sets(st.sampled_from(STATUSES), max_size=2),
    marketplaces=st.sampled_from([(), (US,), (US, CA)]),
    size=st.integers(1, 4),
)
@pytest.mark.requirement("R004-047", "R004-035")
def test_pages_never_repeat_or_skip_a_report_whatever_arrives_between_them(
    daybook: Daybook,
    before: list[Arrival],
    between: list[list[Arrival]],
    types: tuple[str, ...],
    statuses: set[Status],
    marketplaces: tuple[str, ...],
    size: int,
) -> None:
    mine = with_new_sellers(daybook)
    made = added(mine, before)
    fitting = [
        report
        for report in made
        if report.report_type in types
        and report.status in (statuses or Status)
        and set(report.marketplace_ids) & set(marketplaces or report.marketplace_ids)
    ]
    filters = Filters(types, tuple(statuses), marketplaces, mine.clock.now - RETENTION, mine.clock.now, size)
    with mine.store.reading() as tx:
        found, token = pages.first_page(tx, tx.now, KEY, mine.first, filters)
    met, waiting = list(found), list(between)
    arrived: set[str] = set()  # those of the first page's own instant may be listed or not
    while token is not None:
        arrived |= {report.report_id for report in added(mine, waiting.pop() if waiting else [])}
        with mine.store.reading() as tx:
            found, token = pages.next_page(tx, tx.now, KEY, mine.first, token)
        assert len(found) <= size
        met += found
    assert len({report.report_id for report in met}) == len(met)
    order = sorted(fitting, key=lambda report: (report.created_at, report.report_id), reverse=True)
    before_all = [report.report_id for report in met if report.report_id not in arrived]
    assert before_all == [report.report_id for report in order]


def added(daybook: Daybook, arrivals: list[Arrival]) -> list[Report]:
    """Reports as they arrive, each some microseconds after the one before."""
    made = []
    with daybook.store.transaction() as tx:
        for gap, report_type, marketplace_ids, status in arrivals:
            daybook.clock.now += timedelta(microseconds=gap)
            now, id = daybook.clock.now, daybook.door.ids.timed(daybook.clock.now)
            ended = None if status is Status.IN_QUEUE else now
            report = Report(
                daybook.first, id, report_type, status, marketplace_ids, {}, now, now, now,
                finished_at=ended, outcome=Outcome.DATA if ended else None, document_id="a document",
            )  # fmt: skip
            tx.add_report(report)
            made.append(report)
    return made
