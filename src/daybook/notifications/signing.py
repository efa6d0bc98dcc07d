"""Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA256 over `id.timestamp.body`.

Every valid secret of a destination signs, the newest first, so that a receiver on the old or the new one verifies
while a rotation lasts.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from daybook.kernel.clock import EPOCH
from daybook.kernel.errors import InvalidInput
from daybook.kernel.ids import Randomness

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_NEW_SECRET_BYTES = 32
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST_SIGNATURE = 4096


def new_secret(randomness: Randomness) -> str:
    """A destination's secret, to be shown once: `whsec_` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(randomness(_NEW_SECRET_BYTES)).decode()


def sign(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of an attempt at an instant. `secrets` are all that are valid, the newest first.

    Raises InvalidInput for a secret that is none, and for an id with a dot in it, which could be moved.
    """
    if not message_id or "." in message_id:
        raise InvalidInput("A message's id is empty or has a dot in it.", f"Given: {message_id!r}.")
    timestamp = str((at - EPOCH) // timedelta(seconds=1))
    signed = _signed(message_id, timestamp, body)
    signatures = " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)
    return {ID: message_id, TIMESTAMP: timestamp, SIGNATURE: signatures}


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the secrets signed the body within five minutes of now. Whatever else stands there is refused."""
    return not refusal(secrets, headers, body, now)


def refusal(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Why `verify` refuses, for a person; empty where it does not.

    `headers` has its names in lower case. The time that it takes does not tell how much of a signature was right.
    """
    message_id, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not message_id or not timestamp:
        return f"There is no {TIMESTAMP if message_id else ID}."
    if not _SECONDS.fullmatch(timestamp):
        return f"The {TIMESTAMP} is not a number of seconds."
    away = (now - EPOCH) - timedelta(seconds=int(timestamp))
    if abs(away) > TOLERANCE:
        return (
            f"The {TIMESTAMP} is {abs(away)} {'old' if away > timedelta(0) else 'ahead'}; see whether the clocks agree."
        )
    shown = _shown(headers.get(SIGNATURE, ""))
    signed = _signed(message_id, timestamp, body)
    expected = [_signature(secret, signed) for secret in secrets]
    if True in [hmac.compare_digest(one, other) for one in expected for other in shown]:  # each is compared
        return ""
    return f"No v1 signature in {SIGNATURE} is one of the secret's over this body."


def key_of(secret: str) -> bytes:
    """The key that a secret stands for.

    Raises InvalidInput where it is not the base64 of 24 to 64 bytes, `whsec_` before it or not.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in SECRET_BYTES:  # nothing of it is told back: it is a secret
        raise InvalidInput(
            "A signing secret is whsec_ and the base64 of 24 to 64 bytes.", "Leave it out for a new one."
        )
    return key


def _signed(message_id: str, timestamp: str, body: bytes) -> bytes:
    return b".".join((message_id.encode("utf-8", "surrogatepass"), timestamp.encode(), body))


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def _shown(header: str) -> list[str]:
    """The v1 signatures in a header; other versions are passed over, and what is not ASCII cannot be one."""
    if len(header) > _LONGEST_SIGNATURE or not header.isascii():
        return []
    parts = (part.partition(",") for part in header.split(" "))
    return [text for version, _, text in parts if version == "v1"]
