"""/daybook/v1/receivers, and /inbound/walmart, where Walmart calls."""

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from daybook.kernel.errors import Unavailable
from daybook.notifications.inbound.receivers import LONGEST_BODY, MOST
from tests.api.receiving import FIRST, RECEIVERS, REQUEST, SECOND, WORDS, add, deliver, listed, path_of, sample
from tests.api.serving import DECODING, Client, Daybook

BASIC = {"authMethod": "BASIC_AUTH", "authHeaderName": "X-Walmart", "userName": "u", "password": "hunter2"}
HMAC = {"authMethod": "HMAC", "authHeaderName": "WM_SEC.SIGNATURE", "clientSecret": "hunter3"}
OAUTH = {"authMethod": "OAUTH", "clientId": "c", "clientSecret": "hunter4"}
FORM = b"grant_type=client_credentials"
DIGEST = hmac.digest(b"hunter3", FIRST, hashlib.sha256)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_receivers_url_is_told_once_and_kept_nowhere(daybook: Daybook, first: Client) -> None:
    made = add(first, name="walmart")
    assert made["url"].startswith("https://reports.example/inbound/walmart/inb_")
    token = made["url"].rpartition("/")[2]
    assert len(token) >= 47  # 256 random bits
    told = first.get(RECEIVERS)
    assert told.json == {"receivers": [{name: value for name, value in made.items() if name != "url"}]}
    with daybook.store.reading() as tx:
        kept = repr(tx.receivers(daybook.first)) + repr(tx.events_of(daybook.first, "receiver", made["receiverId"]))
    assert token not in kept + told.body.decode()
    assert hashlib.sha256(token.encode()).hexdigest() in kept


@pytest.mark.requirement("R002-022", "R002-023", "R002-027", "R002-031")
def test_both_samples_are_taken_and_told_in_their_own_words(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first)["url"])
    for body in (FIRST, SECOND):
        answer = deliver(daybook.wire, path, body)
        assert (answer.status, answer.body) == (200, b"{}")
        daybook.clock.advance(1)
    second, one = listed(first)
    assert (one["subjectId"], one["reportStatus"], one["reportType"], one["account"]) == (
        REQUEST, "READY", "ITEM", "10902014482",
    )  # fmt: skip
    assert (second["reportStatus"], second["errorDescription"]) == ("ERROR", WORDS)
    assert first.get(f"/daybook/v1/inbound/{one['inboundId']}").json["body"] == FIRST.decode()


@pytest.mark.requirement("R002-025")
def test_an_event_that_came_before_changes_nothing_and_is_answered_200(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first)["url"])
    deliver(daybook.wire, path)
    before = listed(first)
    daybook.clock.advance(days=29)
    assert [deliver(daybook.wire, path).status for _ in range(3)] == [200, 200, 200]
    assert deliver(daybook.wire, path, sample("ERROR")).status == 200  # the same id, other words
    assert listed(first) == before


@pytest.mark.requirement("R002-029", "R002-030")
def test_what_is_not_known_is_kept_and_shown(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first)["url"])
    assert deliver(daybook.wire, path, sample("PAUSED_BY_MOON", "e1")).status == 200
    daybook.clock.advance(1)
    assert deliver(daybook.wire, path, b'{"kind":"something new"}').status == 200
    other, paused = listed(first)
    assert (paused["status"], paused["reportStatus"]) == ("UNMATCHED", "PAUSED_BY_MOON")
    assert (other["status"], other["shape"], other["eventId"][:7]) == ("KEPT", "unknown", "sha256:")


SUPPLIER = (
    b'{"source":{"eventType":"REPORT_STATUS_SUPPLIER","eventId":"s"},'
    b'"payload":{"vendorId":"7","channelType":"1P","requestId":"r","requestStatus":"READY"}}'
)
GUIDE = b'{"event":"report.failed","requestId":"r","status":"FAILED","downloadUrl":"https://evil.example/"}'
FEED = (
    b'{"source":{"eventType":"REPORT_STATUS","eventId":"f"},'
    b'"payload":{"feedId":"F@1","feedStatus":"PROCESSED","itemsReceived":1}}'
)


@pytest.mark.parametrize(
    ("body", "headers", "shape", "told"),
    [
        (FIRST, {}, "walmart", ("UNMATCHED", "report", REQUEST, "READY")),
        (SUPPLIER, {}, "walmart-supplier", ("UNMATCHED", "report", "r", "READY")),
        (GUIDE, {"x-event-id": "g"}, "walmart-guide", ("UNMATCHED", "report", "r", "FAILED")),
        (FEED, {}, "walmart-feed", ("KEPT", "feed", "F@1", "PROCESSED")),
    ],
)
@DECODING
def test_each_of_walmarts_shapes_comes_in(
    daybook: Daybook, first: Client, body: bytes, headers: dict[str, str], shape: str, told: tuple[str, ...]
) -> None:
    assert deliver(daybook.wire, path_of(add(first)["url"]), body, headers).status == 200
    (one,) = listed(first)
    assert one["shape"] == shape
    assert (one["status"], one["subject"], one["subjectId"], one["reportStatus"]) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"", "not JSON"), (b"{", "not JSON"), (b"[]", "not a JSON object"), (b'{"a":"\xff"}', "not JSON")],
)
@DECODING
def test_what_is_no_json_is_refused_and_logged(daybook: Daybook, first: Client, body: bytes, told: str) -> None:
    made = add(first)
    with capture_logs() as logs:
        answer = deliver(daybook.wire, path_of(made["url"]), body)
    assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput")
    assert [log["receiver"] for log in logs if told in log["reason"]] == [made["receiverId"]]
    assert listed(first) == []


@DECODING
def test_a_url_that_is_not_known_and_a_proof_that_is_not_good_look_the_same(daybook: Daybook, first: Client) -> None:
    made = add(first, authDetails=BASIC)
    path = path_of(made["url"])
    answers = [
        deliver(daybook.wire, path),
        deliver(daybook.wire, path, headers={"x-walmart": "garbage"}),
        deliver(daybook.wire, "/inbound/walmart/inb_nobody"),
        deliver(daybook.wire, "/inbound/walmart/%00"),
        deliver(daybook.wire, path[:-1]),
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(401, answers[0].body)}
    assert first.delete(f"{RECEIVERS}/{made['receiverId']}").status == 200
    assert deliver(daybook.wire, path, headers={"x-walmart": basic("u", "hunter2")}).status == 401
    assert listed(first) == []


@pytest.mark.requirement("R002-033")
@pytest.mark.parametrize(
    ("details", "name", "good", "bad"),
    [
        (BASIC, "x-walmart", basic("u", "hunter2"), basic("u", "hunter3")),
        (BASIC, "x-walmart", basic("u", "hunter2")[6:], "dTpodW50ZXI"),
        (HMAC, "wm_sec.signature", DIGEST.hex(), DIGEST.hex()[:-1] + "x"),
        (HMAC, "wm_sec.signature", DIGEST.hex().upper(), DIGEST.hex()[2:]),
        (HMAC, "wm_sec.signature", base64.b64encode(DIGEST).decode(), "="),
        (HMAC, "wm_sec.signature", base64.urlsafe_b64encode(DIGEST).decode().rstrip("="), "\xff\x00"),
    ],
)
def test_a_proof_is_asked_for(
    daybook: Daybook, first: Client, details: dict[str, str], name: str, good: str, bad: str
) -> None:
    made = add(first, authDetails=details)
    assert made["authMethod"] == details["authMethod"]
    path = path_of(made["url"])
    assert deliver(daybook.wire, path, headers={name: bad}).status == 401
    assert deliver(daybook.wire, path).status == 401
    assert deliver(daybook.wire, path, headers={name: good}).status == 200
    assert len(listed(first)) == 1


def test_a_hmac_is_of_the_whole_body(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first, authDetails=HMAC)["url"])
    assert deliver(daybook.wire, path, FIRST + b" ", {"wm_sec.signature": DIGEST.hex()}).status == 401


def test_a_receiver_that_asks_for_oauth_gives_out_the_tokens_itself(daybook: Daybook, first: Client) -> None:
    made = add(first, authDetails=OAUTH)
    path, tokens = path_of(made["url"]), path_of(made["authUrl"])

    def granted(credentials: str, form: bytes = FORM) -> int:
        return daybook.wire.send("POST", tokens, {"authorization": credentials}, form).status

    assert [granted(basic("c", "no")), granted(""), granted(basic("c", "hunter4"), b"grant_type=x")] == [401, 401, 400]
    told = daybook.wire.send("POST", tokens, {"authorization": basic("c", "hunter4")}, FORM).json
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 900)
    token = told["access_token"]
    shown = {"authorization": f"Bearer {token}"}
    other = path_of(add(first, authDetails=OAUTH)["url"])
    assert deliver(daybook.wire, other, headers=shown).status == 401  # another receiver's
    forged = f"Bearer 9{token}"
    assert deliver(daybook.wire, path, headers={"authorization": forged}).status == 401
    assert deliver(daybook.wire, path, headers=shown).status == 200
    daybook.clock.advance(minutes=15)
    assert deliver(daybook.wire, path, headers=shown).status == 401


def test_a_body_that_is_too_long_is_refused(daybook: Daybook, first: Client) -> None:
    path = path_of(add(first)["url"])
    longest = b'{"a":"' + b"x" * (LONGEST_BODY - 8) + b'"}'
    assert deliver(daybook.wire, path, longest).status == 200
    answer = deliver(daybook.wire, path, longest + b" ")
    assert (answer.status, answer.json["errors"][0]["code"]) == (413, "RequestTooLarge")


def test_while_the_database_is_away_the_sender_is_told_to_come_again(
    daybook: Daybook, first: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(add(first)["url"])

    def away(work: Callable[..., object]) -> object:
        raise Unavailable("The database is away.")

    with monkeypatch.context() as patched:
        patched.setattr(daybook.store, "do", away)
        assert deliver(daybook.wire, path).status == 503
    assert listed(first) == []
    assert deliver(daybook.wire, path).status == 200


def test_each_seller_has_receivers_of_its_own(daybook: Daybook, first: Client, second: Client) -> None:
    made = add(first)
    assert second.get(RECEIVERS).json == {"receivers": []}
    assert second.delete(f"{RECEIVERS}/{made['receiverId']}").status == 404
    deliver(daybook.wire, path_of(made["url"]))
    (one,) = listed(first)
    assert listed(second) == []
    assert second.get(f"/daybook/v1/inbound/{one['inboundId']}").status == 404
    deliver(daybook.wire, path_of(add(second)["url"]))  # the same event id, another's
    assert len(listed(second)) == 1
    told = daybook.operator().get(RECEIVERS).json["receivers"]
    assert {one["sellerId"] for one in told} >= {daybook.first, daybook.second}


@DECODING
def test_a_receiver_that_cannot_be_is_refused(daybook: Daybook, first: Client) -> None:
    wrong: list[dict[str, object]] = [
        {"name": "x" * 101},
        {"authDetails": {"authMethod": "BASIC_AUTH"}},
        {"authDetails": OAUTH | {"authUrl": "https://login.example/"}},
    ]
    for members in wrong:
        answer = first.post(RECEIVERS, members)
        assert (answer.status, answer.json["errors"][0]["code"]) == (400, "InvalidInput"), members
    operator = daybook.operator()
    for _ in range(MOST):
        assert operator.post(f"{RECEIVERS}?sellerId={daybook.second}", {}).status in (201, 429)
