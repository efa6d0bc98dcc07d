"""Every situation of examples/scenarios.toml, at the wire."""

import asyncio
import gzip
from collections.abc import Iterator

import pytest

from daybook.api.practice import HTML
from daybook.reports.scenarios.draws import fraction, seconds
from daybook.reports.scenarios.scenario import Time
from tests.api.practising import Practice, practising
from tests.api.serving import CA, REPORTS, US

FIXED = "GET_AFN_INVENTORY_DATA"
DRAWN = "GET_FBA_MYI_ALL_INVENTORY_DATA"
NOTHING = "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
UPSTREAM = "GET_RESERVED_INVENTORY_DATA"
FATAL = "GET_FBA_REIMBURSEMENTS_DATA"
FATAL_MUTE = "GET_FBA_RECOMMENDED_REMOVAL_DATA"
FATAL_PLAIN = "GET_FBA_INVENTORY_PLANNING_DATA"
MIXED = "GET_FBA_FULFILLMENT_REMOVAL_SHIPMENT_DETAIL_DATA"
TOO_SOON = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
QUOTA = "GET_SELLER_FEEDBACK_DATA"
THROTTLED = "GET_STRANDED_INVENTORY_UI_DATA"
FAILING = "GET_STRANDED_INVENTORY_LOADER_DATA"
HTML_503 = "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT"
SOMETIMES = "GET_EPR_MONTHLY_REPORTS"
SHORT_TOKEN = "GET_EPR_QUARTERLY_REPORTS"
UNKNOWN = "GET_REFERRAL_FEE_PREVIEW_REPORT"
PLAIN = "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA"
CP1252 = "GET_MERCHANT_LISTINGS_DATA_LITE"
WINDOWS_31J = "GET_MERCHANT_LISTINGS_DATA_LITER"
CUT = "GET_FBA_STORAGE_FEE_CHARGES_DATA"
DEAD_LINK = "GET_FBA_OVERAGE_FEE_CHARGES_DATA"
SHORT_LINK = "GET_FBA_FULFILLMENT_INBOUND_NONCOMPLIANCE_DATA"
SHARED = "GET_MERCHANT_CANCELLED_LISTINGS_DATA"
OTHERS = "GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA"


@pytest.fixture
def practice(database_url: str, runner: asyncio.Runner) -> Iterator[Practice]:
    """A Daybook with the scenarios of the example."""
    with practising(database_url, runner) as practice:
        yield practice


# How long it takes


@pytest.mark.requirement("R004-247", "R004-248")
def test_a_report_is_in_the_queue_and_in_progress_for_its_times(practice: Practice) -> None:
    report_id = practice.ask(FIXED)
    practice.work()
    seen = []
    for span in (29, 1, 119, 1):
        seen.append(practice.status(report_id))
        practice.wait(span)
    report = practice.client.report(report_id)
    assert seen == ["IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS"]
    assert report["processingStatus"] == "DONE"
    assert report["processingStartTime"] == "2026-11-21T12:00:30+00:00"
    assert report["processingEndTime"] == "2026-11-21T12:02:30+00:00"
    assert practice.text(report["reportDocumentId"]) == "seller-sku\tQuantity Available\nLAMP-1\t7\n"


def test_a_report_that_a_scenario_holds_up_says_so(practice: Practice) -> None:
    """Before it begins, and while it is in progress; behind another report it is that one which it waits for."""
    report_id = practice.ask(FIXED)
    practice.wait(1)
    behind = practice.ask(FIXED)
    practice.work()
    first, second = practice.why(report_id), practice.why(behind)
    practice.wait(30)
    then, blocked = practice.why(report_id), practice.why(behind)
    assert first == "A practice scenario keeps it in the queue until 2026-11-21 12:00:30 UTC."
    assert then == "A practice scenario keeps it in progress until 2026-11-21 12:02:31 UTC."
    assert "scenario" not in second + blocked
    assert report_id in blocked


def test_one_report_of_the_type_in_progress_holds_the_next(practice: Practice) -> None:
    first = practice.ask(FIXED)
    practice.wait(1)
    second = practice.ask(FIXED)
    practice.wait(29)
    practice.wait(119)
    assert (practice.status(first), practice.status(second)) == ("IN_PROGRESS", "IN_QUEUE")
    practice.wait(1)
    assert (practice.status(first), practice.status(second)) == ("DONE", "IN_PROGRESS")
    practice.wait(120)
    assert practice.status(second) == "DONE"


def test_a_report_that_waits_in_the_queue_can_be_cancelled(practice: Practice) -> None:
    report_id = practice.ask(FIXED)
    practice.work()
    assert practice.client.delete(f"{REPORTS}/{report_id}").status == 200
    practice.wait(30)
    assert practice.outcome(report_id) == ("CANCELLED", "cancelled_by_request")


def test_times_are_drawn_by_the_seed_the_seller_the_type_and_the_reports_number(practice: Practice) -> None:
    names = practice.daybook.first, DRAWN
    for number in (1, 2, 3):
        in_queue = seconds(Time(between=(5, 50)), fraction(2021, "inQueue", *names, number))
        time = Time(median=180, sigma=1.0, most=3600)
        in_progress = seconds(time, fraction(2021, "inProgress", *names, number))
        report_id = practice.ask(DRAWN)
        practice.work()
        practice.wait(in_queue - 0.001)
        before = practice.status(report_id)
        practice.wait(0.002)
        begun = practice.status(report_id)
        practice.wait(in_progress - 0.003)
        still = practice.status(report_id)
        practice.wait(0.005)
        assert [before, begun, still, practice.status(report_id)] == ["IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS", "DONE"]


# How it ends


@pytest.mark.requirement("R001-012", "R001-014", "R004-244")
def test_a_report_without_data_is_cancelled(practice: Practice) -> None:
    report_id = practice.ask(NOTHING)
    practice.work()
    practice.wait(10)
    assert practice.outcome(report_id) == ("CANCELLED", "no_data")
    assert "reportDocumentId" not in practice.client.report(report_id)


def test_a_report_that_the_marketplace_cancels_is_told_from_one_without_data(practice: Practice) -> None:
    report_id = practice.ask(UPSTREAM)
    practice.work()
    practice.wait(10)
    assert practice.outcome(report_id) == ("CANCELLED", "cancelled_upstream")


@pytest.mark.requirement("R001-017", "R004-246")
def test_a_report_can_be_fatal_with_a_document_that_says_why(practice: Practice) -> None:
    report_id = practice.ask(FATAL)
    practice.work()
    practice.wait(10)
    told = practice.told(practice.client.report(report_id)["reportDocumentId"])
    answer = practice.download(told["url"])
    assert practice.outcome(report_id) == ("FATAL", "failed")
    assert "compressionAlgorithm" not in told
    assert answer.json == {"errorDetails": "The report data for the requested date range is not yet available."}


@pytest.mark.requirement("R001-016", "R001-018")
def test_a_report_can_be_fatal_without_a_word(practice: Practice) -> None:
    report_id = practice.ask(FATAL_MUTE)
    practice.work()
    practice.wait(10)
    assert practice.outcome(report_id) == ("FATAL", "failed")
    assert "reportDocumentId" not in practice.client.report(report_id)


def test_the_document_of_a_fatal_report_can_be_plain_though_it_is_said_to_be_gzip(practice: Practice) -> None:
    report_id = practice.ask(FATAL_PLAIN)
    practice.work()
    practice.wait(10)
    told = practice.told(practice.client.report(report_id)["reportDocumentId"])
    assert told["compressionAlgorithm"] == "GZIP"
    assert practice.download(told["url"]).body == b"The requested data is unavailable."


def test_shares_of_endings_are_drawn_by_the_seed(practice: Practice) -> None:
    ended = []
    for number in range(1, 41):
        report_id = practice.ask(MIXED)
        practice.work()
        practice.wait(10)
        names = ("ending", practice.daybook.first, MIXED)
        expected = "DONE"
        if fraction(5, 0, number, *names) < 0.2:
            expected = "FATAL"
        elif fraction(5, 1, number, *names) < 0.25:
            expected = "CANCELLED"
        ended.append((practice.status(report_id), expected))
    assert [status for status, _ in ended] == [expected for _, expected in ended]
    assert {status for status, _ in ended} == {"DONE", "CANCELLED", "FATAL"}


# How often it may be asked for


def test_a_type_that_is_asked_for_too_soon_is_cancelled_then_fatal_then_refused(practice: Practice) -> None:
    ids = []
    for _ in range(3):
        ids.append(practice.ask(TOO_SOON))
        practice.wait(60)
    refused = practice.try_to_ask(TOO_SOON)
    assert [practice.outcome(report_id) for report_id in ids] == [
        ("DONE", "data"), ("CANCELLED", "too_soon"), ("FATAL", "too_soon"),
    ]  # fmt: skip
    assert refused.refusal == (429, "QuotaExceeded")
    assert "reportDocumentId" not in practice.client.report(ids[2])
    practice.wait(30 * 60 - 60)
    assert practice.outcome(practice.ask(TOO_SOON)) == ("IN_QUEUE", None)
    practice.work()


def test_a_type_is_asked_for_anew_once_the_time_has_passed(practice: Practice) -> None:
    practice.done(TOO_SOON)
    practice.wait(30 * 60 - 1)
    soon = practice.ask(TOO_SOON)
    practice.wait(30 * 60)
    late = practice.ask(TOO_SOON)
    practice.work()
    assert (practice.outcome(soon), practice.outcome(late)) == (("CANCELLED", "too_soon"), ("DONE", "data"))


def test_another_seller_is_not_too_soon(practice: Practice) -> None:
    practice.done(TOO_SOON)
    other = practice.daybook.client(seller_id=practice.daybook.second)
    report_id = other.ask(TOO_SOON)
    practice.work()
    assert other.report(report_id)["processingStatus"] == "DONE"


def test_a_quota_of_some_minutes_refuses_and_opens_again(practice: Practice) -> None:
    asked = [practice.try_to_ask(QUOTA).status for _ in range(5)]
    practice.wait(15 * 60)
    assert asked == [202, 202, 202, 202, 429]
    assert practice.try_to_ask(QUOTA).status == 202


def test_a_quota_of_a_day_opens_at_midnight_utc(practice: Practice) -> None:
    for _ in range(5):
        assert [practice.try_to_ask(QUOTA).status for _ in range(4)] == [202] * 4
        practice.wait(15 * 60)
    assert practice.try_to_ask(QUOTA).refusal == (429, "QuotaExceeded")
    practice.wait(12 * 3600 - 75 * 60 - 1)
    assert practice.try_to_ask(QUOTA).status == 429
    practice.wait(1)
    assert practice.try_to_ask(QUOTA).status == 202


# What calls are answered


@pytest.mark.requirement("R004-178", "R004-179", "R004-180", "R004-181")
def test_the_first_calls_are_throttled(practice: Practice) -> None:
    refused = [practice.try_to_ask(THROTTLED) for _ in range(2)]
    report_id = practice.ask(THROTTLED)
    practice.work()
    looks = [practice.look(report_id).status for _ in range(3)]
    assert [answer.refusal for answer in refused] == [(429, "QuotaExceeded")] * 2
    assert all("x-amzn-requestid" in answer.headers for answer in refused)
    assert not any("x-amzn-ratelimit-limit" in answer.headers for answer in refused)
    assert looks == [429, 429, 200]


@pytest.mark.requirement("R004-182", "R004-183", "R004-184", "R004-185")
def test_the_first_calls_fail(practice: Practice) -> None:
    report_id = practice.ask(FAILING)
    practice.work()
    answers = [practice.look(report_id) for _ in range(3)]
    assert [answer.status for answer in answers] == [500, 500, 200]
    assert answers[0].error["message"] == "We encountered an internal error. Please try again."
    assert "x-amzn-requestid" in answers[0].headers
    assert "x-amzn-ratelimit-limit" not in answers[0].headers


@pytest.mark.requirement("R004-186", "R004-188", "R004-189")
def test_the_first_calls_are_answered_in_html(practice: Practice) -> None:
    report_id = practice.ask(HTML_503)
    practice.work()
    answers = [practice.look(report_id) for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].body == HTML.encode()
    assert answers[0].headers["content-type"] == "text/html; charset=utf-8"
    assert "x-amzn-requestid" in answers[0].headers


def test_what_the_first_calls_are_answered_is_counted_for_each_seller(practice: Practice) -> None:
    other = practice.daybook.client(seller_id=practice.daybook.second)
    ids = {practice.client: practice.ask(FAILING), other: other.ask(FAILING)}
    assert [client.get(f"{REPORTS}/{id}").status for client, id in ids.items() for _ in range(3)] == [500, 500, 200] * 2


def test_a_share_of_the_calls_goes_wrong_and_by_the_same_seed_the_same_ones(practice: Practice) -> None:
    report_id = practice.ask(SOMETIMES)
    statuses = [practice.look(report_id).status for _ in range(60)]
    wrong = (429, 500, 503)
    expected = [
        next(
            (
                status
                for place, status in enumerate(wrong)
                if fraction(11, place, number, "getReport", practice.daybook.first) < 0.1
            ),
            200,
        )
        for number in range(1, 61)
    ]
    assert statuses == expected
    assert set(statuses) == {200, *wrong}


def test_only_the_calls_about_the_type_are_answered_so(practice: Practice) -> None:
    failing, fixed = practice.ask(FAILING), practice.ask(FIXED)
    assert practice.look(fixed).status == 200
    assert practice.look(failing).status == 500


@pytest.mark.requirement("R004-166")
def test_an_access_token_is_expired_before_its_time(practice: Practice) -> None:
    practice.client.token  # noqa: B018  given out now
    report_id = practice.ask(SHORT_TOKEN)
    practice.wait(19)
    before = practice.look(report_id)
    practice.wait(1)
    after = practice.look(report_id)
    renewed = practice.daybook.client().get(f"{REPORTS}/{report_id}")
    assert before.status == 200
    assert (after.status, after.error["details"]) == (403, "The access token you provided has expired.")
    assert renewed.status == 200


def test_a_report_is_not_known_in_its_first_seconds(practice: Practice) -> None:
    report_id = practice.ask(UNKNOWN)
    first = practice.look(report_id)
    practice.wait(4.9)
    assert first.refusal == practice.look(report_id).refusal == (404, "NotFound")
    assert practice.client.listed(reportTypes=UNKNOWN) == [report_id]
    practice.wait(0.1)
    assert practice.look(report_id).status == 200


# How the document comes


def test_a_document_is_plain_though_it_is_said_to_be_gzip(practice: Practice) -> None:
    told = practice.told(practice.done(PLAIN))
    assert told["compressionAlgorithm"] == "GZIP"
    assert practice.download(told["url"]).body == b"sku\tquantity\nLAMP-1\t2\n"


@pytest.mark.parametrize(
    ("report_type", "charset", "codec", "text"),
    [
        (CP1252, "Cp1252", "cp1252", "seller-sku\titem-name\nPINATA-1\tPiñata für 12 € – groß\n"),
        (WINDOWS_31J, "Windows-31J", "cp932", "出品者SKU\t商品名\nLAMP-1\t電気スタンド①\n"),
    ],
)
def test_a_document_comes_in_another_charset_and_says_so(
    practice: Practice, report_type: str, charset: str, codec: str, text: str
) -> None:
    told = practice.told(practice.done(report_type))
    answer = practice.download(told["url"])
    assert answer.headers["content-type"] == f"text/plain; charset={charset}"
    assert gzip.decompress(answer.body) == text.encode(codec)


def test_the_first_download_breaks_off_in_the_middle(practice: Practice) -> None:
    told = practice.told(practice.done(CUT))
    first, second = practice.download(told["url"]), practice.download(told["url"])
    size = int(first.headers["content-length"])
    assert (first.status, len(first.body)) == (200, size // 2)
    assert (second.status, len(second.body)) == (200, size)
    assert second.body.startswith(first.body)


def test_the_rest_of_a_download_that_broke_off_can_be_fetched(practice: Practice) -> None:
    told = practice.told(practice.done(CUT))
    first = practice.download(told["url"])
    rest = practice.download(told["url"], range=f"bytes={len(first.body)}-")
    whole = practice.download(told["url"])
    assert (rest.status, first.body + rest.body) == (206, whole.body)


@pytest.mark.requirement("R004-237")
def test_the_first_link_has_expired_when_it_arrives(practice: Practice) -> None:
    document_id = practice.done(DEAD_LINK)
    first, second = practice.told(document_id), practice.told(document_id)
    assert practice.download(first["url"]).status == 403
    assert practice.download(second["url"]).status == 200


def test_a_link_lives_for_its_seconds(practice: Practice) -> None:
    told = practice.told(practice.done(SHORT_LINK))
    practice.wait(29)
    before = practice.download(told["url"]).status
    practice.wait(1)
    assert (before, practice.download(told["url"]).status) == (200, 403)


def test_requests_that_ask_for_nearly_the_same_share_one_document(practice: Practice) -> None:
    first = practice.done(SHARED)
    practice.wait(59 * 60)
    second = practice.done(SHARED)
    practice.wait(60)
    third = practice.done(SHARED)
    assert first == second
    assert third != first


def test_requests_that_ask_for_something_else_share_nothing(practice: Practice) -> None:
    ids = [
        practice.done(SHARED),
        practice.done(SHARED, reportOptions={"custom": "true"}),
        practice.done(SHARED, marketplace_ids=(US, CA)),
        practice.done(SHARED, dataStartTime="2026-11-20T00:00:00Z", dataEndTime="2026-11-21T00:00:00Z"),
    ]
    assert len(set(ids)) == 4


# What others do


def test_another_application_asks_for_a_report_again_and_again(practice: Practice) -> None:
    [first] = practice.client.listed(reportTypes=OTHERS)
    practice.wait(9 * 60)
    assert practice.client.listed(reportTypes=OTHERS) == [first]
    practice.wait(60)
    second, again = practice.client.listed(reportTypes=OTHERS)
    assert again == first
    assert practice.text(practice.client.report(second)["reportDocumentId"]) == "order-id\tsku\nR-1\tLAMP-1\n"


def test_what_another_application_asks_for_is_asked_for_every_seller(practice: Practice) -> None:
    other = practice.daybook.client(seller_id=practice.daybook.second)
    assert len(other.listed(reportTypes=OTHERS)) == 1
