"""How a sender proves who it is, besides the receiver's URL: the three modes of Walmart's authDetails, looked at here.

Source: Walmart's page "Create subscription". It does not say in which letters an HMAC is written, so hexadecimal of
either case, base64 and base64url are taken. Of OAUTH the token endpoint is our own, beside the receiver: the access
token that it gives is a time and its HMAC, so that none has to be kept.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from daybook.kernel.clock import to_micros
from daybook.kernel.errors import InvalidInput
from daybook.notifications.auth_details import authorization_of
from daybook.notifications.authorizations import Authorization, Basic, Hmac, OAuth
from daybook.notifications.confidential import KINDS, Seal

LIFETIME = timedelta(minutes=15)
"""Of an access token; Walmart fetches another when it ends."""
HERE = "here"
"""What stands for authUrl, which is a place beside the receiver."""
_DIGEST_BYTES = 32


def proof_of(details: Mapping[str, str]) -> Authorization:
    """The proof that authDetails ask for. Raises InvalidInput, as for what is sent; authUrl is not given here."""
    if details.get("authUrl"):
        raise InvalidInput("A receiver's authUrl is not given.", "It is told with the new receiver.")
    oauth = details.get("authMethod") == "OAUTH"
    return authorization_of({**details, "authUrl": HERE} if oauth else details)


def identity(seller_id: str, receiver_id: str) -> str:
    """What a receiver's proof is bound to."""
    return f"receiver/{seller_id}/{receiver_id}"


def sealed(seal: Seal, seller_id: str, receiver_id: str, proof: Authorization) -> str:
    """The proof, as one sealed text."""
    plain = {"kind": type(proof).__name__, **asdict(proof)}
    return seal.seal(identity(seller_id, receiver_id), json.dumps(plain, separators=(",", ":")).encode())


def opened(seal: Seal, seller_id: str, receiver_id: str, text: str) -> Authorization:
    """What `sealed` sealed."""
    plain = json.loads(seal.open(identity(seller_id, receiver_id), text))
    return KINDS[plain.pop("kind")](**plain)


def is_proven(
    proof: Authorization, headers: Mapping[str, str], body: bytes, key: bytes, receiver_id: str, now: datetime
) -> bool:
    """Whether the headers (by lower-case name) prove it; `key` is what access tokens are made with."""
    shown = headers.get(proof.header.lower(), "")
    if isinstance(proof, Basic):
        return _same(_without("basic", shown), base64.b64encode(f"{proof.user}:{proof.password}".encode()).decode())
    if isinstance(proof, Hmac):
        return _is_digest(shown, hmac.digest(proof.secret.encode(), body, hashlib.sha256))
    return _is_token(key, receiver_id, _without("bearer", shown), now)


def is_client(proof: Authorization | None, authorization: str) -> bool:
    """Whether an Authorization header shows the client of OAUTH, as `Basic`."""
    if not isinstance(proof, OAuth):
        return False
    pair = f"{proof.client_id}:{proof.client_secret}".encode()
    return _same(_without("basic", authorization), base64.b64encode(pair).decode())


def new_token(key: bytes, receiver_id: str, now: datetime) -> str:
    """An access token for the receiver."""
    until = to_micros(now + LIFETIME)
    return f"{until}.{_tag(key, receiver_id, until)}"


def _is_token(key: bytes, receiver_id: str, shown: str, now: datetime) -> bool:
    until, _, tag = shown.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= len(str(to_micros(now))) + 1):
        return False
    return _same(tag, _tag(key, receiver_id, int(until))) and to_micros(now) < int(until)


def _tag(key: bytes, receiver_id: str, until: int) -> str:
    return hmac.digest(key, f"{receiver_id}\0{until}".encode(), hashlib.sha256).hex()


def _without(scheme: str, shown: str) -> str:
    """The credentials; the scheme may stand before them, and does not have to in a header of one's own."""
    before, space, after = shown.strip().partition(" ")
    return after.strip() if space and before.lower() == scheme else shown.strip()


def _is_digest(shown: str, digest: bytes) -> bool:
    return any(hmac.compare_digest(one, digest) for one in _readings(shown.strip()))


def _readings(text: str) -> list[bytes]:
    """The bytes that the text may stand for."""
    found = []
    for read in (bytes.fromhex, _from_base64):
        try:
            found.append(read(text))
        except (ValueError, binascii.Error):
            continue
    return [one for one in found if len(one) == _DIGEST_BYTES]


def _from_base64(text: str) -> bytes:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)


def _same(shown: str, right: str) -> bool:
    return hmac.compare_digest(shown.encode(), right.encode())
