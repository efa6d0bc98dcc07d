"""/daybook/v1/followed-reports."""

import pytest

from tests.api.receiving import FIRST, FOLLOWED, REQUEST, WORDS, add, deliver, listed, path_of, sample
from tests.api.serving import DECODING, Client, Daybook


def follow(client: Client, report_id: str = REQUEST, **members: object) -> dict[str, object]:
    """A report that is followed, as it is answered."""
    answer = client.post(FOLLOWED, {"source": "walmart", "reportId": report_id, **members})
    assert answer.status == 201, answer.body
    return dict(answer.json)


def test_a_report_that_is_followed_waits_for_its_marketplace(first: Client) -> None:
    made = follow(first, reportType="ITEM", requestedTime="2026-11-21T11:00:00Z")
    assert made == {
        "source": "walmart",
        "reportId": REQUEST,
        "sellerId": made["sellerId"],
        "status": "WAITING",
        "statusMeaning": "The marketplace has not ended it, as far as it has answered.",
        "requestedTime": "2026-11-21T11:00:00+00:00",
        "createdTime": "2026-11-21T12:00:00+00:00",
        "reportType": "ITEM",
        "nextLookTime": "2026-11-21T12:00:00+00:00",
    }
    assert follow(first) == made  # again, without a type: as it is
    assert first.get(FOLLOWED).json == {"followedReports": [made]}


@pytest.mark.requirement("R002-026", "R002-030")
def test_what_came_in_about_it_is_shown_with_it(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first)["url"])
    deliver(daybook.wire, path, FIRST)
    assert [one["status"] for one in listed(first)] == ["UNMATCHED"]
    follow(first)
    daybook.clock.advance(1)
    deliver(daybook.wire, path, sample("ERROR", "another"))
    whole = first.get(f"{FOLLOWED}/walmart/{REQUEST}").json
    assert [(one["reportStatus"], one["status"]) for one in whole["inbound"]] == [
        ("ERROR", "MATCHED"), ("READY", "MATCHED"),
    ]  # fmt: skip
    assert whole["inbound"][0]["errorDescription"] == WORDS
    assert whole["report"]["status"] == "WAITING"  # news is a hint
    assert [(step["toStatus"], step["actor"][:11]) for step in whole["history"]] == [("WAITING", "application")]


def test_pages_are_the_newest_first_and_miss_nothing(daybook: Daybook, first: Client) -> None:
    for number in range(5):
        follow(first, f"r{number}")
        daybook.clock.advance(number % 2)
    seen, page = [], first.get(FOLLOWED, pageSize=2).json
    while True:
        seen += [one["reportId"] for one in page["followedReports"]]
        if "nextToken" not in page:
            break
        page = first.get(FOLLOWED, nextToken=page["nextToken"]).json
    assert seen == ["r4", "r3", "r2", "r1", "r0"]
    assert len(first.get(FOLLOWED, status="WAITING").json["followedReports"]) == 5
    assert first.get(FOLLOWED, status="READY").json == {"followedReports": []}


def test_each_seller_follows_its_own(first: Client, second: Client) -> None:
    follow(first)
    assert second.get(f"{FOLLOWED}/walmart/{REQUEST}").status == 404
    assert second.get(FOLLOWED).json == {"followedReports": []}
    token = [follow(first, "other"), first.get(FOLLOWED, pageSize=1).json["nextToken"]][1]
    assert second.get(FOLLOWED, nextToken=token).status == 400


@DECODING
@pytest.mark.parametrize(
    "members",
    [{"source": "ebay"}, {"reportId": ""}, {"reportId": "a b"}, {"requestedTime": "soon"}, {"reportType": "\n"},
     {"requestedTime": "2026-11-21T12:00:01Z"}],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(first: Client, members: dict[str, str]) -> None:
    answer = first.post(FOLLOWED, {"source": "walmart", "reportId": "r", **members})
    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput")


@DECODING
def test_what_is_not_there_is_not_found(first: Client) -> None:
    assert first.get(f"{FOLLOWED}/walmart/r").status == 404
    assert first.get(f"{FOLLOWED}/ebay/r").status == 400
    assert first.get(FOLLOWED, status="LOUD").status == 400
