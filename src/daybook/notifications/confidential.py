"""What of a destination is secret: the secrets that sign, the receiver's authorisation, and headers of the user's own.

It is kept sealed, all of it together, bound to the destination that it belongs to.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from daybook.kernel.errors import InvalidInput
from daybook.notifications.authorizations import Authorization, Basic, Hmac, OAuth

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
MOST_SECRETS = 10
KINDS: dict[str, Callable[..., Authorization]] = {kind.__name__: kind for kind in (Basic, Hmac, OAuth)}
"""How an authorisation is shown, by the name that it is sealed under."""


class Seal(Protocol):
    """Seals what must be read again, and opens it; `identity` is whose it is, and is part of the seal."""

    def seal(self, identity: str, plain: bytes) -> str: ...
    def open(self, identity: str, sealed: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that signs; with `until` it does so until then, because another has taken its place."""

    value: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Confidential:
    """Secrets, the newest first; how the receiver is shown who calls; headers by name."""

    secrets: tuple[Secret, ...]
    authorization: Authorization | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def valid(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at an instant."""
        return tuple(secret.value for secret in self.secrets if secret.until is None or now < secret.until)

    def rotated(self, now: datetime, value: str, overlap: timedelta) -> "Confidential":
        """With a new secret; those before it sign until the overlap is over, or until they end anyhow.

        Raises InvalidInput where the overlap is not within 0 to 30 days, or the secret is in use.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise InvalidInput("The overlap of two secrets is 0 to 30 days.", f"Given: {overlap}.")
        if value in self.valid(now):
            raise InvalidInput("This secret signs already.", "Leave it out for a new one.")
        until = now + overlap
        before = [replace(one, until=min(one.until or until, until)) for one in self.secrets]
        kept = [one for one in before if one.until is not None and now < one.until]
        return replace(self, secrets=(Secret(value), *kept)[:MOST_SECRETS])


def sealed(seal: Seal, seller_id: str, destination_id: str, confidential: Confidential) -> str:
    """All of it as one sealed text."""
    secrets = [[one.value, one.until.isoformat() if one.until else None] for one in confidential.secrets]
    plain = {
        "secrets": secrets,
        "authorization": _plain(confidential.authorization),
        "headers": dict(confidential.headers),
    }
    return seal.seal(identity(seller_id, destination_id), json.dumps(plain, separators=(",", ":")).encode())


def opened(seal: Seal, seller_id: str, destination_id: str, text: str) -> Confidential:
    """What `sealed` sealed."""
    plain = json.loads(seal.open(identity(seller_id, destination_id), text))
    secrets = [Secret(value, datetime.fromisoformat(until) if until else None) for value, until in plain["secrets"]]
    return Confidential(tuple(secrets), _authorization(plain["authorization"]), plain["headers"])


def _plain(authorization: Authorization | None) -> dict[str, str] | None:
    return None if authorization is None else {"kind": type(authorization).__name__, **asdict(authorization)}


def _authorization(plain: dict[str, str] | None) -> Authorization | None:
    if plain is None:
        return None
    return KINDS[plain["kind"]](**{name: value for name, value in plain.items() if name != "kind"})


def identity(seller_id: str, destination_id: str) -> str:
    """What a destination's secrets are bound to."""
    return f"destination/{seller_id}/{destination_id}"
