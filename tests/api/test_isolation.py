"""Nobody sees another seller's anything: every operation, tried with what another seller has."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.api.production import begin, done, finish
from tests.api.serving import (
    ALL_LISTINGS,
    DOCUMENTS,
    FAULTY_LISTINGS,
    PUBLIC_URL,
    REPORTS,
    SCHEDULES,
    US,
    Client,
    Daybook,
)
from tests.api.wire import Answer

UNKNOWN = "UNKNOWN"


def report_of(daybook: Daybook) -> str:
    return daybook.client().ask()


def schedule_of(daybook: Daybook) -> str:
    return daybook.client().plan()


def document_of(daybook: Daybook) -> str:
    return done(daybook, daybook.client().ask())


BY_ID: dict[str, tuple[Callable[[Daybook], str], Callable[[Client, str], Answer]]] = {
    "getReport": (report_of, lambda client, id: client.get(f"{REPORTS}/{id}")),
    "cancelReport": (report_of, lambda client, id: client.delete(f"{REPORTS}/{id}")),
    "getReportSchedule": (schedule_of, lambda client, id: client.get(f"{SCHEDULES}/{id}")),
    "cancelReportSchedule": (schedule_of, lambda client, id: client.delete(f"{SCHEDULES}/{id}")),
    "getReportDocument": (document_of, lambda client, id: client.get(f"{DOCUMENTS}/{id}")),
}


@pytest.mark.requirement("R004-282", "R004-073", "R001-023")
@pytest.mark.parametrize("operation", BY_ID)
def test_another_sellers_id_is_answered_as_an_unknown_one_is(daybook: Daybook, second: Client, operation: str) -> None:
    make, attempt = BY_ID[operation]
    id = make(daybook)
    foreign, unknown = attempt(second, id), attempt(second, UNKNOWN)
    assert foreign.refusal == (404, "NotFound")
    assert foreign.body.decode().replace(id, UNKNOWN) == unknown.body.decode()
    assert shape(foreign) == shape(unknown)


def shape(answer: Answer) -> dict[str, str]:
    """The headers, without what differs between any two answers."""
    return {name: value for name, value in answer.headers.items() if name not in ("x-amzn-requestid", "content-length")}


@pytest.mark.requirement("R004-282")
def test_what_another_seller_tried_to_cancel_stays(daybook: Daybook, first: Client, second: Client) -> None:
    report_id, schedule_id = first.ask(), first.plan()
    second.delete(f"{REPORTS}/{report_id}")
    second.delete(f"{SCHEDULES}/{schedule_id}")
    assert first.report(report_id)["processingStatus"] == "IN_QUEUE"
    assert first.get(f"{SCHEDULES}/{schedule_id}").status == 200


@pytest.mark.requirement("R004-282")
def test_a_seller_lists_its_own_reports_and_schedules_alone(first: Client, second: Client) -> None:
    mine, theirs = (first.ask(), first.plan()), (second.ask(), second.plan())
    for client, (report_id, schedule_id) in ((first, mine), (second, theirs)):
        assert client.listed() == [report_id]
        [schedule] = client.get(SCHEDULES, reportTypes=FAULTY_LISTINGS).json["reportSchedules"]
        assert schedule["reportScheduleId"] == schedule_id


def renamed(daybook: Daybook, noun: str, own: str, other: str) -> None:
    """The second seller's thing gets the id of the first's."""
    with daybook.store.transaction() as tx:
        statement = sa.text(f"UPDATE {noun} SET {noun.rpartition('_')[2]}_id = :other WHERE seller_id = :seller")
        assert tx.connection.execute(statement, {"other": other, "seller": daybook.second}).rowcount == 1
    assert own != other


@pytest.mark.requirement("R001-023", "R004-072", "R004-084", "R004-198", "R004-225", "R004-282")
def test_one_report_id_may_be_two_sellers_own(daybook: Daybook, first: Client, second: Client) -> None:
    report_id = first.ask()
    renamed(daybook, "report", second.ask(), report_id)
    assert second.report(report_id) == first.report(report_id)
    assert second.delete(f"{REPORTS}/{report_id}").status == 200
    assert second.report(report_id)["processingStatus"] == "CANCELLED"
    assert first.report(report_id)["processingStatus"] == "IN_QUEUE"
    with daybook.store.reading() as tx:
        moves = [tx.events_of(seller_id, "report", report_id)[-1].to_status for seller_id in daybook.sellers]
    assert moves == ["IN_QUEUE", "CANCELLED"]


@pytest.mark.requirement("R004-129", "R004-141", "R004-202", "R004-218", "R004-228")
def test_one_schedule_id_may_be_two_sellers_own(daybook: Daybook, first: Client, second: Client) -> None:
    schedule_id = first.plan("PT1H")
    renamed(daybook, "report_schedule", second.plan("P1D"), schedule_id)
    assert [client.get(f"{SCHEDULES}/{schedule_id}").json["period"] for client in (first, second)] == ["PT1H", "P1D"]
    assert second.delete(f"{SCHEDULES}/{schedule_id}").status == 200
    assert [client.get(f"{SCHEDULES}/{schedule_id}").status for client in (first, second)] == [200, 404]


@pytest.mark.requirement("R004-229", "R004-282")
def test_one_document_id_may_be_two_sellers_own(daybook: Daybook, first: Client, second: Client) -> None:
    ids = []
    for client, seller_id in ((first, daybook.first), (second, daybook.second)):
        client.ask()
        report = begin(daybook, seller_id=seller_id)
        ids.append(finish(daybook, report, f"of {seller_id}".encode(), compression=None))
    renamed(daybook, "document", ids[1], ids[0])
    contents = []
    for client in (first, second):
        url = client.get(f"{DOCUMENTS}/{ids[0]}").json["url"]
        contents.append(daybook.wire.send("GET", url.removeprefix(PUBLIC_URL)).body.decode())
    assert contents == [f"of {daybook.first}", f"of {daybook.second}"]


def test_a_seller_cannot_ask_for_a_marketplace_of_another(first: Client) -> None:
    body = {"reportType": ALL_LISTINGS, "marketplaceIds": [US, "A1PA6795UKMFR9"]}
    assert first.post(REPORTS, body).refusal == (400, "InvalidInput")


def test_a_token_reaches_the_seller_that_it_was_given_for_and_no_other(daybook: Daybook) -> None:
    """The same application acts for both, with a token for each."""
    report_id = daybook.client("agency", daybook.first).ask()
    assert daybook.client("newcomer", daybook.first).report(report_id)["reportId"] == report_id
    for application in ("agency", "rival"):
        answer = daybook.client(application, daybook.second).get(f"{REPORTS}/{report_id}")
        assert answer.refusal == (404, "NotFound")
