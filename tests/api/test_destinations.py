"""/daybook/v1/destinations."""

import base64

import pytest
import sqlalchemy as sa

from daybook.notifications.signing import key_of, verify
from tests.api.notifying import DELIVERIES, DESTINATIONS, URL, add, end_report, subscribe
from tests.api.serving import DECODING, NOW, Client, Daybook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BASIC = {"authMethod": "BASIC_AUTH", "authHeaderName": "X-Auth", "userName": "u", "password": "hunter2"}
OAUTH = {"authMethod": "OAUTH", "authUrl": "https://login.example/", "clientId": "c", "clientSecret": "hunter3"}


def test_a_new_destination_is_told_with_its_secret_this_once(first: Client) -> None:
    made = add(first, name="ERP")
    assert key_of(made.pop("secret"))
    assert made == {
        "destinationId": made["destinationId"],
        "sellerId": made["sellerId"],
        "url": URL,
        "status": "ACTIVE",
        "callsAtOnce": 2,
        "createdTime": "2026-11-21T12:00:00+00:00",
        "changedTime": "2026-11-21T12:00:00+00:00",
        "name": "ERP",
    }
    assert first.get(f"{DESTINATIONS}/{made['destinationId']}").json == made
    assert first.get(DESTINATIONS).json == {"destinations": [made]}


def test_nothing_that_is_secret_is_in_any_answer_or_in_the_database(daybook: Daybook, first: Client) -> None:
    made = add(first, secret=SECRET, authDetails=BASIC, headers={"X-Key": "hunter4"})
    path = f"{DESTINATIONS}/{made['destinationId']}"
    assert (made["authMethod"], made["headerNames"]) == ("BASIC_AUTH", ["X-Key"])
    answers = [first.get(path), first.get(DESTINATIONS), first.patch(path, {"name": "other", "authDetails": OAUTH})]
    with daybook.store.reading() as tx:
        stored = repr(tx.destinations(daybook.first)) + repr(
            tx.events_of(daybook.first, "destination", made["destinationId"])
        )
    for text in [*(answer.body.decode() for answer in answers), stored]:
        assert not any(secret in text for secret in (SECRET, SECRET[6:], "hunter2", "hunter3", "hunter4"))


def test_a_secret_that_does_not_open_hides_neither_its_destination_nor_the_others(
    daybook: Daybook, first: Client
) -> None:
    broken, whole = add(first, name="Broken", headers={"X-Key": "k"}), add(first, name="Whole", headers={"X-Key": "k"})
    with daybook.store.transaction() as tx:
        of_another = sa.text("UPDATE destination SET sealed = :sealed WHERE destination_id = :id")
        sealed = {one.name: one.sealed for one in tx.destinations(daybook.first)}["Whole"]
        tx.connection.execute(of_another, {"sealed": sealed, "id": broken["destinationId"]})
    told = {one["name"]: one for one in first.get(DESTINATIONS).json["destinations"]}
    assert told["Whole"] == {name: value for name, value in whole.items() if name != "secret"}
    assert "headerNames" not in told["Broken"]
    assert told["Broken"]["secretFault"]
    assert first.get(f"{DESTINATIONS}/{broken['destinationId']}").json == told["Broken"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://inside.example/", "stands for 10.0.0.7, which is not an address of the public internet"),
        ("http://127.0.0.1/", "127.0.0.1 is not an address of the public internet"),
        ("http://169.254.169.254/latest", "not an address of the public internet"),
        ("ftp://hooks.example/", "no URL that can be called"),
        ("https://user:pw@hooks.example/", "a name or a password in it"),
        ("https://unknown.example/", "not found"),
        ("", "no URL that can be called"),
    ],
)
def test_a_url_that_may_not_be_called_is_refused_with_the_reason(first: Client, url: str, told: str) -> None:
    path = f"{DESTINATIONS}/{add(first)['destinationId']}"
    refused = [first.post(DESTINATIONS, {"url": url}), first.patch(path, {"url": url})]
    refused.append(first.post(DESTINATIONS, {"url": URL, "authDetails": OAUTH | {"authUrl": url or "gopher://x/"}}))
    for answer in refused:
        assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput")
        assert told in answer.json["errors"][0]["message"] or url == ""
    assert len(first.get(DESTINATIONS).json["destinations"]) == 1


@DECODING
@pytest.mark.parametrize(
    "members",
    [
        {"headers": {"Host": "x"}},
        {"headers": {"webhook-id": "x"}},
        {"headers": {"X-Daybook-Sequence": "7"}},
        {"headers": {"X-A": "one\r\nX-B: two"}},
        {"authDetails": {"authMethod": "BASIC_AUTH"}},
        {"authDetails": {"authMethod": "DIGEST"}},
        {"authDetails": BASIC | {"authHeaderName": "webhook-signature"}},
        {"secret": "whsec_short"},
        {"callsAtOnce": 0},
        {"callsAtOnce": 9},
        {"name": "n" * 101},
        {"status": "PAUSED"},
        {"url": 7},
    ],
)
def test_what_is_wrong_with_a_destination_is_told(first: Client, members: dict[str, object]) -> None:
    answer = first.post(DESTINATIONS, {"url": URL} | members)
    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput")
    assert first.get(DESTINATIONS).json == {"destinations": []}


def test_a_change_leaves_what_it_does_not_name(daybook: Daybook, first: Client) -> None:
    made = add(first, authDetails=BASIC, headers={"X-Key": "k"})
    path = f"{DESTINATIONS}/{made['destinationId']}"
    changed = first.patch(path, {"url": "https://other.example/", "callsAtOnce": 4}).json
    assert (changed["url"], changed["callsAtOnce"], changed["authMethod"]) == (
        "https://other.example/",
        4,
        "BASIC_AUTH",
    )
    assert "authMethod" not in first.patch(path, {"authDetails": "NONE", "headers": {}}).json
    assert first.post(f"{path}/test", {}).status == 200
    outgoing, authorization = daybook.outside.received[-1]
    assert (outgoing.url, authorization) == ("https://other.example/", None)
    assert "X-Key" not in outgoing.headers


def test_a_test_sends_a_signed_sample_now_and_is_on_record(daybook: Daybook, first: Client) -> None:
    made = add(first, secret=SECRET, headers={"X-Key": "k"})
    answer = first.post(f"{DESTINATIONS}/{made['destinationId']}/test", {"format": "standard"})
    assert (answer.status, answer.json["delivered"]) == (200, True)
    attempt = answer.json["attempt"]
    assert (attempt["httpStatus"], attempt["milliseconds"], attempt["answer"]) == (200, 12, "seen")
    outgoing, _ = daybook.outside.received[-1]
    assert verify([SECRET], outgoing.headers, outgoing.body, NOW)
    assert outgoing.headers["X-Key"] == "k"
    listed = first.get(DELIVERIES).json["deliveries"]
    assert [(one["deliveryId"], one["eventType"], one["status"]) for one in listed] == [
        (answer.json["deliveryId"], "TEST", "DELIVERED")
    ]


def test_a_test_without_a_body_is_of_the_usual_format_and_one_that_fails_says_why(
    daybook: Daybook, first: Client
) -> None:
    made = add(first)
    daybook.outside.status = 301
    try:
        answer = first.send("POST", f"{DESTINATIONS}/{made['destinationId']}/test")
    finally:
        daybook.outside.status = 200
    assert (answer.status, answer.json["delivered"]) == (200, False)
    assert answer.json["attempt"]["error"] == "redirect"
    assert "never followed" in answer.json["attempt"]["errorMeaning"]
    assert "failingSince" not in first.get(f"{DESTINATIONS}/{made['destinationId']}").json


def test_a_url_is_vetted_again_before_a_test_and_before_it_is_enabled(
    daybook: Daybook, first: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{DESTINATIONS}/{add(first)['destinationId']}"
    sent = len(daybook.outside.received)
    guard = daybook.door.courier.guard
    monkeypatch.setattr(guard, "_resolver", lambda name, port: ["127.0.0.1"])
    for verb in ("test", "enable"):
        answer = first.post(f"{path}/{verb}", {})
        assert answer.status == 400
        assert "not an address of the public internet" in answer.json["errors"][0]["message"]
    assert len(daybook.outside.received) == sent


def test_a_rotation_tells_the_new_secret_and_until_when_both_sign(daybook: Daybook, first: Client) -> None:
    made = add(first)
    path = f"{DESTINATIONS}/{made['destinationId']}"
    rotated = first.post(f"{path}/rotate", {"overlapSeconds": 3600}).json
    assert rotated["secret"] != made["secret"]
    assert rotated["bothSignUntil"] == "2026-11-21T13:00:00+00:00"
    first.post(f"{path}/test", {})
    outgoing, _ = daybook.outside.received[-1]
    assert all(verify([one["secret"]], outgoing.headers, outgoing.body, NOW) for one in (made, rotated))


@DECODING
@pytest.mark.parametrize("seconds", [-1, 30 * 86_400 + 1, 10**15])
def test_an_overlap_outside_its_bounds_is_refused(first: Client, seconds: int) -> None:
    path = f"{DESTINATIONS}/{add(first)['destinationId']}"
    answer = first.post(f"{path}/rotate", {"overlapSeconds": seconds})
    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput")


def test_a_destination_is_disabled_and_enabled(first: Client) -> None:
    path = f"{DESTINATIONS}/{add(first)['destinationId']}"
    disabled = first.send("POST", f"{path}/disable").json
    assert (disabled["status"], disabled["statusReason"]) == ("INACTIVE", "by_request")
    enabled = first.send("POST", f"{path}/enable").json
    assert (enabled["status"], "statusReason" in enabled) == ("ACTIVE", False)


def test_what_is_removed_is_gone_with_its_subscriptions(daybook: Daybook, first: Client) -> None:
    made = add(first)
    subscribe(first, made["destinationId"])
    end_report(daybook, "R1")
    assert first.delete(f"{DESTINATIONS}/{made['destinationId']}").status == 200
    assert first.get(f"{DESTINATIONS}/{made['destinationId']}").status == 404
    assert first.get("/daybook/v1/subscriptions").json == {"subscriptions": []}


def test_another_sellers_destination_is_as_good_as_none(first: Client, second: Client) -> None:
    path = f"{DESTINATIONS}/{add(first)['destinationId']}"
    tries = [second.get(path), second.patch(path, {"name": "mine"}), second.delete(path)]
    tries += [second.post(f"{path}/{verb}", {}) for verb in ("test", "rotate", "enable", "disable")]
    assert {(answer.status, answer.json["errors"][0]["code"]) for answer in tries} == {(404, "NotFound")}
    assert second.get(DESTINATIONS).json == {"destinations": []}
    assert second.get(DESTINATIONS, sellerId="A1").refusal == (403, "Unauthorized")


def test_an_operator_sees_everybodys_and_says_whose_it_changes(daybook: Daybook, first: Client, second: Client) -> None:
    mine, theirs = add(first), add(second)
    operator = daybook.operator()
    every = [one["destinationId"] for one in operator.get(DESTINATIONS).json["destinations"]]
    assert {mine["destinationId"], theirs["destinationId"]} <= set(every)
    one = operator.get(DESTINATIONS, sellerId=daybook.second).json["destinations"]
    assert [found["destinationId"] for found in one] == [theirs["destinationId"]]
    path = f"{DESTINATIONS}/{theirs['destinationId']}"
    assert operator.get(path).refusal == (400, "InvalidInput")
    assert operator.get(path, sellerId=daybook.first).status == 404
    assert operator.get(path, sellerId="NOBODY").status == 404
    assert operator.patch(f"{path}?sellerId={daybook.second}", {"name": "seen"}).json["name"] == "seen"
