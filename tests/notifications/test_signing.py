"""Signatures, proven by the official packages."""

import base64
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from daybook.kernel.errors import InvalidInput
from daybook.notifications.signing import PREFIX, key_of, new_secret, refusal, sign, verify
from tests.house.tree import ROOT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET, OLDER = (PREFIX + base64.b64encode(bytes([fill]) * 32).decode() for fill in (1, 2))
CLOCKS = "see whether the clocks agree."
TEXT = 'Ünïcode ✓ 日本語 \U0001f4e6 "quoted" \\ \n\t'


def bodies(count: int) -> list[bytes]:
    """JSON of every kind and size: none, unicode, 256 kB."""
    draw = random.Random(4)  # noqa: S311  a test draws the same each time
    texts = ["".join(draw.choices(TEXT, k=draw.randrange(400))) for _ in range(count - 3)]
    made = [json.dumps({"text": text}, ensure_ascii=bool(draw.randrange(2))).encode() for text in texts]
    return [b"{}", b"[]", json.dumps({"text": "é" * 128_000}, ensure_ascii=False).encode(), *made]


def present() -> datetime:
    """The official packages look at the machine's clock."""
    return datetime.now(UTC)


def accepted(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except Exception:  # noqa: BLE001  the package answers garbage with many errors
        return False
    return True


def test_the_official_package_accepts_a_thousand_bodies_on_the_new_and_the_old_secret() -> None:
    for number, body in enumerate(bodies(1000)):
        headers = sign([SECRET, OLDER], f"msg_{number}", present(), body)
        assert accepted(SECRET, body, headers)
        assert accepted(OLDER, body, headers)


def test_after_a_rotation_the_old_secret_is_refused() -> None:
    headers = sign([SECRET], "msg_1", present(), b"{}")
    assert (accepted(SECRET, b"{}", headers), accepted(OLDER, b"{}", headers)) == (True, False)


def test_an_empty_body_is_signed_too() -> None:
    assert verify([SECRET], sign([SECRET], "msg_1", NOW, b""), b"", NOW)


def test_what_the_official_package_signs_is_accepted() -> None:
    at = present()
    for body in bodies(20):
        signature = Webhook(SECRET).sign("msg_1", at, body.decode())
        headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        assert verify([OLDER, SECRET], headers, body, at)


def mutations(count: int) -> list[tuple[dict[str, str], bytes]]:
    """Headers and bodies of which one thing is not as it was signed."""
    draw = random.Random(5)  # noqa: S311  a test draws the same each time
    made = []
    for number in range(count):
        body = bytearray(json.dumps({"number": number, "text": TEXT}).encode())
        headers = sign([SECRET], f"msg_{number}", present(), bytes(body))
        name = draw.choice(["body", *headers])
        if name == "body":
            body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
        else:
            headers[name] = mutated(draw, headers[name])
        made.append((headers, bytes(body)))
    return made


def mutated(draw: random.Random, text: str) -> str:
    place = draw.randrange(len(text))
    other = draw.choice([character for character in "0123456789abcXYZ+/=,. " if character != text[place]])
    return draw.choice([text[:place] + other + text[place + 1 :], text[:place] + text[place + 1 :]])


def test_a_thousand_mutations_are_refused() -> None:
    now = present()
    assert [case for case in mutations(1000) if verify([SECRET, OLDER], *case, now)] == []


@pytest.mark.parametrize(("seconds", "fresh"), [(-300, True), (-301, False), (300, True), (301, False)])
def test_a_signature_is_good_for_five_minutes_to_either_side(seconds: int, fresh: bool) -> None:
    headers = sign([SECRET], "msg_1", NOW + timedelta(seconds=seconds), b"{}")
    assert verify([SECRET], headers, b"{}", NOW) is fresh


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"webhook-id": ""}, "There is no webhook-id."),
        ({"webhook-timestamp": ""}, "There is no webhook-timestamp."),
        ({"webhook-timestamp": "noon"}, "The webhook-timestamp is not a number of seconds."),
        (
            {"webhook-timestamp": "0"},
            "The webhook-timestamp is 20779 days, 12:00:00 old; see whether the clocks agree.",
        ),
        ({"webhook-timestamp": "1795349161"}, f"The webhook-timestamp is 0:06:01 ahead; {CLOCKS}"),
        (
            {"webhook-signature": "v1,AAAA"},
            "No v1 signature in webhook-signature is one of the secret's over this body.",
        ),
        ({}, ""),
    ],
)
def test_a_person_is_told_why_a_signature_is_refused(changes: dict[str, str], reason: str) -> None:
    headers = sign([SECRET], "msg_1", NOW, b"{}") | changes
    assert refusal([SECRET], headers, b"{}", NOW) == reason


def test_every_attempt_has_its_own_time_and_the_same_id() -> None:
    first, second = (sign([SECRET], "msg_1", NOW + timedelta(minutes=minutes), b"{}") for minutes in (0, 5))
    assert first["webhook-id"] == second["webhook-id"] == "msg_1"
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 300
    assert first["webhook-signature"] != second["webhook-signature"]


def test_an_instant_of_another_zone_is_signed_as_the_same_instant() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert sign([SECRET], "msg_1", elsewhere, b"{}") == sign([SECRET], "msg_1", NOW, b"{}")


def test_the_newest_secret_signs_first() -> None:
    both = sign([SECRET, OLDER], "msg_1", NOW, b"{}")["webhook-signature"].split(" ")
    alone = [sign([secret], "msg_1", NOW, b"{}")["webhook-signature"] for secret in (SECRET, OLDER)]
    assert both == alone


def test_signatures_of_other_versions_beside_ours_are_passed_over() -> None:
    headers = sign([SECRET], "msg_1", NOW, b"{}")
    headers["webhook-signature"] = f"v1a,AAAA v2,x v1, {headers['webhook-signature']}"
    assert verify([SECRET], headers, b"{}", NOW)


garbage = st.binary(max_size=60).map(lambda content: content.decode("latin-1")) | st.sampled_from(
    ["v1", "v1,", "v1,,", "v1,é", "  ", "v1,A=", "9" * 400, "-1", "１２", "\ud800"]
)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), garbage), st.binary())
def test_garbage_is_refused_and_never_a_crash(headers: dict[str, str], body: bytes) -> None:
    assert verify([SECRET], headers, body, NOW) is False
    whole = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())), **headers}
    assert verify([SECRET], whole, body, NOW) is False


@pytest.mark.parametrize("message_id", ["", "msg.1"])
def test_an_id_that_could_be_moved_into_the_time_is_not_signed(message_id: str) -> None:
    with pytest.raises(InvalidInput, match="id"):
        sign([SECRET], message_id, NOW, b"{}")


def test_a_new_secret_is_32_random_bytes() -> None:
    assert new_secret(lambda count: bytes(range(count))) == PREFIX + base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_AAAA", f"{PREFIX}{'A' * 88}", "whsec_!" + "A" * 43])
def test_what_is_no_secret_is_refused_without_telling_it_back(secret: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        key_of(secret)
    assert len(secret) < 10 or secret not in refused.value.message + refused.value.details


JAVASCRIPT = """
const { Webhook } = require("standardwebhooks");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const verdicts = cases.map(([secret, body, headers]) => {
  try { new Webhook(secret).verify(Buffer.from(body, "base64"), headers); return true; } catch { return false; }
});
console.log(JSON.stringify(verdicts));
"""


ASKING = {**os.environ, "NODE_PATH": str(ROOT / ".venv" / "javascript" / "node_modules")}


@pytest.fixture(scope="module")
def javascript() -> Callable[[list[tuple[str, bytes, dict[str, str]]]], list[bool]]:
    """The verdicts of the official JavaScript package; skips where there is none."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so the official JavaScript package cannot judge")
    found = subprocess.run([node, "-e", 'require("standardwebhooks")'], env=ASKING, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("node does not find the package standardwebhooks; make test fetches it where there is npm")

    def judge(cases: list[tuple[str, bytes, dict[str, str]]]) -> list[bool]:
        sent = json.dumps([(secret, base64.b64encode(body).decode(), headers) for secret, body, headers in cases])
        run = subprocess.run(
            [node, "-e", JAVASCRIPT], env=ASKING, input=sent, capture_output=True, text=True, check=True
        )
        verdicts: list[bool] = json.loads(run.stdout)
        return verdicts

    return judge


def test_the_official_javascript_package_agrees(
    javascript: Callable[[list[tuple[str, bytes, dict[str, str]]]], list[bool]],
) -> None:
    good = [(body, sign([SECRET, OLDER], f"msg_{number}", present(), body)) for number, body in enumerate(bodies(1000))]
    assert all(javascript([(secret, body, headers) for body, headers in good for secret in (SECRET, OLDER)]))
    assert not any(javascript([(SECRET, body, headers) for headers, body in mutations(1000)]))
