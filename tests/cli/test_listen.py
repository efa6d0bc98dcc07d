"""`daybook listen`, in a process of its own."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook

from tests.cli.running import Running, ran, running
from tests.notifications.inbound.test_reading import ERROR, READY, SAID
from tests.notifications.sender.sockets import OK, Receiver, answering

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
LISTEN = ("listen", "--port", "0")


def post(url: str, content: object, secret: str = SECRET, age: float = 0.0, message_id: str = "msg_1") -> int:
    """Sent as the official package signs it; the status of the answer."""
    body = json.dumps(content)
    at = datetime.now(UTC) - timedelta(seconds=age)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
    }
    return httpx2.post(url, content=body, headers=headers, trust_env=False).status_code


def url_of(listening: Running) -> str:
    return listening.until("Listening on ").split()[2]


@pytest.mark.requirement("R002-033")
def test_each_notification_is_a_few_lines_that_say_what_happened(tmp_path: Path) -> None:
    with running(tmp_path / "data", *LISTEN, "--secret", SECRET) as listening:
        url = url_of(listening)
        assert post(url, READY) == 204
        told = listening.until("webhook-id")
        assert "verified  REPORT_STATUS READY" in told
        assert "6da7357b-1c3b-4c1d-9685-ca2931eb96b4 ITEM" in told
        assert post(url, ERROR) == 204
        told = listening.until("webhook-id")
        assert "REPORT_STATUS ERROR  again: its id came before" in told
        assert SAID in told
        assert post(url, READY, age=400) == 401
        told = listening.until("answered")
        assert "refused  The webhook-timestamp is 0:06:" in told
        assert listening.end() == 0
        assert listening.errors.read_text() == ""


def test_a_secret_is_made_where_none_is_given_and_programs_read_json(tmp_path: Path) -> None:
    with running(tmp_path / "data", *LISTEN, "--json") as listening:
        begun = listening.json()
        assert post(begun["url"], READY, begun["secret"]) == 204
        told = listening.json()
        assert (told["verified"], told["refusal"], told["body"]) == (True, None, READY)
        assert (told["eventType"], told["status"], told["webhookId"]) == ("REPORT_STATUS", "READY", "msg_1")
        assert post(begun["url"], READY) == 401
        assert listening.json()["refusal"].startswith("No v1 signature")


def test_what_is_verified_is_forwarded(tmp_path: Path) -> None:
    receiver = Receiver(answering(OK))
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    words = ("--secret-file", file, "--forward", f"http://127.0.0.1:{receiver.port}/mine", "--json")
    with running(tmp_path / "data", *LISTEN, *words) as listening:
        assert post(listening.json()["url"], READY) == 200
        assert listening.json()["forwarded"]["status"] == 200
    receiver.close()
    [got] = receiver.got
    assert got.line == "POST /mine HTTP/1.1"
    assert got.headers["webhook-id"] == "msg_1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--secret", "whsec_short"), "A signing secret is whsec_"),
        (("--forward", "ftp://here/"), "is no URL that can be called"),
        (("--secret-file", "nowhere"), "cannot be read"),
    ],
)
def test_a_mistake_stops_the_start(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ended = ran(tmp_path / "data", *LISTEN, *words)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "short" not in ended.stderr
