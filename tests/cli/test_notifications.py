"""`daybook destinations`, `subscriptions` and `deliveries`, with a receiver on this machine."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from daybook.kernel.clock import system_clock
from daybook.notifications.signing import verify
from tests.cli.typing_in import Shop, Terminal

OF = ("--seller", "A1SHOP")
AUTH = {"authMethod": "HMAC", "authHeaderName": "X-Sign", "clientSecret": "hunter2"}


@dataclass
class Receiver:
    """Answers 200, and keeps what it received."""

    url: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"thank you")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def daybook(shop: Shop) -> Terminal:
    """A shop whose operator lets destinations be on this machine."""
    return shop.terminal.having(DAYBOOK_DESTINATION_NETWORKS="127.0.0.0/8")


@pytest.fixture
def destination(daybook: Terminal, receiver: Receiver) -> dict[str, Any]:
    return dict(daybook.json("destinations", "add", receiver.url, "--name", "ERP", *OF))


def test_from_a_destination_to_a_verified_sample(
    daybook: Terminal, receiver: Receiver, destination: dict[str, Any]
) -> None:
    key = (destination["destinationId"], *OF)
    subscribed = daybook.json("subscriptions", "add", *key, "--report-status", "READY")
    assert (subscribed["eventType"], subscribed["format"]) == ("REPORT_STATUS", "walmart")
    tried = daybook.json("destinations", "test", *key)
    assert (tried["delivered"], tried["attempt"]["httpStatus"]) == (True, 200)
    [(headers, body)] = receiver.received
    assert verify([destination["secret"]], headers, body, system_clock())
    assert headers["webhook-id"] == tried["deliveryId"]
    assert json.loads(body)["payload"]["partnerId"] == "A1SHOP"


def test_a_destination_that_is_failing_is_told_in_the_list_and_with_where_to_look(
    daybook: Terminal, destination: dict[str, Any]
) -> None:
    assert "failing" not in daybook.done("destinations", "list").out
    with closing(sqlite3.connect(daybook.data / "daybook.sqlite")) as database, database:
        database.execute("UPDATE destination SET failing_since = created_at")
    assert "; failing\n" in daybook.done("destinations", "list").out
    shown = daybook.done("destinations", "show", destination["destinationId"], *OF).err
    assert f"daybook deliveries list --destination {destination['destinationId']} --seller A1SHOP" in shown


def test_a_secret_that_does_not_open_hides_neither_its_destination_nor_the_others(
    daybook: Terminal, receiver: Receiver, destination: dict[str, Any]
) -> None:
    key = daybook.data / "keys" / "root.key"
    key.write_text("ab" * 32)
    whole = daybook.json("destinations", "add", receiver.url, "--name", "Whole", *OF)
    told = {one["name"]: one["secretFault"] for one in daybook.json("destinations", "list")}
    assert told["Whole"] is None
    assert "sealed with a key that is not in the key file" in told["ERP"]
    ran = daybook.done("destinations", "list")
    assert [line.count("its secret does not open") for line in ran.out.splitlines()[1:]] == [1, 0]
    assert "Put back the key file" in ran.err
    lost, kept = destination["destinationId"], whole["destinationId"]
    assert "Put back the key file" in daybook.done("destinations", "show", lost, *OF).out
    assert daybook.json("destinations", "disable", lost, *OF)["status"] == "INACTIVE"
    assert daybook.json("destinations", "remove", lost, *OF)["removed"]
    assert [one["destinationId"] for one in daybook.json("destinations", "list")] == [kept]


def test_deliveries_are_listed_shown_and_replayed(
    daybook: Terminal, receiver: Receiver, destination: dict[str, Any]
) -> None:
    tried = daybook.json("destinations", "test", destination["destinationId"], *OF)
    [listed] = daybook.json("deliveries", "list", *OF, "--status", "DELIVERED")
    assert listed["deliveryId"] == tried["deliveryId"]
    shown = daybook.json("deliveries", "show", tried["deliveryId"], *OF)
    assert shown["body"].encode() == receiver.received[0][1]
    assert [one["httpStatus"] for one in shown["attempts"]] == [200]
    text = daybook.done("deliveries", "show", tried["deliveryId"], *OF).out
    assert "127.0.0.1" in text
    assert "DELIVERED" in text
    assert daybook.json("deliveries", "replay", tried["deliveryId"], *OF) == {"deliveries": 1}
    assert daybook.json("deliveries", "list", *OF)[0]["status"] == "WAITING"
    assert daybook.json("deliveries", "replay", "--status", "FAILED", *OF) == {"deliveries": 0}


def test_a_replay_says_of_what(daybook: Terminal) -> None:
    ran = daybook("deliveries", "replay", *OF, "--json")
    assert (ran.code, ran.error["message"]) == (1, "Say which deliveries.")


def test_a_destination_is_changed_rotated_disabled_enabled_and_removed(
    daybook: Terminal, receiver: Receiver, destination: dict[str, Any]
) -> None:
    key = (destination["destinationId"], *OF)
    auth = daybook.write("auth.json", json.dumps(AUTH))
    changed = daybook.json("destinations", "update", *key, "--auth", auth, "--header", "X-Key=k", "--calls", "4")
    assert (changed["authMethod"], changed["headerNames"], changed["callsAtOnce"]) == ("HMAC", ["X-Key"], 4)
    assert daybook.json("destinations", "update", *key, "--auth", "none")["authMethod"] is None
    rotated = daybook.json("destinations", "rotate", *key, "--overlap-hours", "1")
    assert rotated["secret"] != destination["secret"]
    daybook.done("destinations", "test", *key)
    headers, body = receiver.received[0]
    assert headers["x-key"] == "k"
    assert all(verify([one["secret"]], headers, body, system_clock()) for one in (destination, rotated))
    assert daybook.json("destinations", "disable", *key)["statusReason"] == "by_request"
    assert daybook.json("destinations", "enable", *key)["status"] == "ACTIVE"
    shown = daybook.done("destinations", "show", *key).out
    for word in ("ERP", receiver.url, "rotated", "operator"):
        assert word in shown
    assert daybook.json("destinations", "remove", *key)["removed"]
    assert daybook.json("destinations", "list") == []


def test_a_subscription_is_changed_replayed_and_removed(daybook: Terminal, destination: dict[str, Any]) -> None:
    made = daybook.json("subscriptions", "add", destination["destinationId"], *OF, "--report-type", "GET_X")
    key = (made["subscriptionId"], *OF)
    assert daybook.json("subscriptions", "update", *key, "--format", "standard")["reportTypes"] == ["GET_X"]
    assert daybook.json("subscriptions", "update", *key, "--report-type", "")["reportTypes"] == []
    assert daybook.json("subscriptions", "replay", *key) == {"deliveries": 0}
    assert daybook.json("subscriptions", "disable", *key)["status"] == "INACTIVE"
    assert daybook.json("subscriptions", "enable", *key)["status"] == "ACTIVE"
    assert daybook.json("subscriptions", "list", *OF) == [daybook.json("subscriptions", "show", *key)]
    assert "REPORT_STATUS V1" in daybook.done("subscriptions", "show", *key).out
    assert daybook.json("subscriptions", "remove", *key)["removed"]
    assert "There are no subscriptions." in daybook.done("subscriptions", "list").out


def test_a_type_that_does_not_exist_is_taken_with_a_warning_and_what_is_meant(
    daybook: Terminal, destination: dict[str, Any]
) -> None:
    words = ("subscriptions", "add", destination["destinationId"], *OF, "--report-type", "get_merchant_listing_data")
    assert "Warning: There is no report type get_merchant_listing_data: " in daybook.done(*words).err
    [warning] = daybook.json(*words)["warnings"]
    assert "Did you mean GET_MERCHANT_LISTINGS_DATA?" in warning
    made = daybook.json(*words[:-1], "GET_MERCHANT_LISTINGS_DATA")
    assert made["warnings"] == []
    key = (made["subscriptionId"], *OF)
    assert daybook.json("subscriptions", "update", *key, "--report-status", "READY")["warnings"] == []
    assert len(daybook.json("subscriptions", "update", *key, "--report-type", "FOO")["warnings"]) == 1


def test_a_type_of_the_operators_own_is_known(daybook: Terminal, destination: dict[str, Any]) -> None:
    own = daybook.write("own.sql", "-- report type: GET_OWN\n-- format: CSV\nSELECT 1 AS one").parent
    having = daybook.having(DAYBOOK_SQL_TYPES=str(own))
    words = ("subscriptions", "add", destination["destinationId"], *OF, "--report-type", "GET_OWN")
    assert having.json(*words)["warnings"] == []
    assert len(daybook.json(*words)["warnings"]) == 1


def test_the_words_of_notifications_stand_for_a_reports_statuses(
    daybook: Terminal, destination: dict[str, Any]
) -> None:
    words = ("subscriptions", "add", destination["destinationId"], *OF, "--report-status")
    made = daybook.json(*words, "ready", "--report-status", "Error", "--report-status", "FATAL")
    assert made["reportStatuses"] == ["DONE", "FATAL", "CANCELLED"]
    key = (made["subscriptionId"], *OF, "--report-status")
    assert daybook.json("subscriptions", "update", *key, "ERROR")["reportStatuses"] == ["FATAL", "CANCELLED"]
    assert daybook.json("subscriptions", "update", *key, "")["reportStatuses"] == []
    ran = daybook(*words, "SOON")
    assert "'SOON' is no status of REPORT_STATUS." in ran.err
    assert "READY for DONE; ERROR for FATAL and CANCELLED." in ran.err


def test_what_happened_before_anybody_subscribed_can_be_told(
    shop: Shop, daybook: Terminal, destination: dict[str, Any]
) -> None:
    report = shop.made()["reportId"]
    made = daybook.json("subscriptions", "add", destination["destinationId"], *OF)
    assert daybook.json("subscriptions", "replay", made["subscriptionId"], *OF) == {"deliveries": 1}
    [delivery] = daybook.json("deliveries", "list", *OF, "--report", report)
    assert (delivery["resourceStatus"], delivery["status"]) == ("DONE", "WAITING")


def test_no_secret_is_in_what_is_shown_later_or_in_the_data_folder(
    daybook: Terminal, receiver: Receiver, destination: dict[str, Any]
) -> None:
    auth = daybook.write("auth.json", json.dumps(AUTH))
    key = (destination["destinationId"], *OF)
    daybook.done("destinations", "update", *key, "--auth", auth)
    shown = daybook.done("destinations", "show", *key).out + daybook.done("destinations", "list", "--json").out
    stored = b"".join(file.read_bytes() for file in daybook.data.rglob("*") if file.is_file())
    for secret in (destination["secret"], destination["secret"].removeprefix("whsec_"), "hunter2"):
        assert secret not in shown
        assert secret.encode() not in stored
    assert receiver.received == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://localhost.:22/", "not a url", "http://169.254.169.254/"])
def test_a_url_that_may_not_be_called_is_refused(daybook: Terminal, url: str) -> None:
    ran = daybook("destinations", "add", url, *OF, "--json")
    assert (ran.code, ran.error["code"]) == (1, "InvalidInput")
    assert daybook.json("destinations", "list") == []


@pytest.mark.parametrize("text", ["{", "[]", '{"authMethod": "DIGEST"}', '{"authMethod": "HMAC", "clientSecret": 7}'])
def test_auth_details_that_are_wrong_are_refused_without_telling_them(
    daybook: Terminal, receiver: Receiver, text: str
) -> None:
    file = daybook.write("auth.json", text)
    ran = daybook("destinations", "add", receiver.url, *OF, "--auth", file, "--json")
    assert (ran.code, ran.error["code"]) == (1, "InvalidInput")
