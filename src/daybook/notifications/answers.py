"""What became of one attempt to deliver, as the network and the receiver had it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ErrorClass(StrEnum):
    """Why an attempt did not deliver. Alerts are grouped by it."""

    UNSAFE = "unsafe"
    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"
    TOO_MANY_HEADERS = "too_many_headers"
    AUTHORIZATION = "authorization"
    REDIRECT = "redirect"
    GONE = "gone"
    THROTTLED = "throttled"
    REJECTED = "rejected"
    BROKEN = "broken"


SENTENCES: dict[ErrorClass, str] = {
    ErrorClass.UNSAFE: "The URL is not one that may be called; it has to be changed.",
    ErrorClass.DNS: "The host's name was not found, or its name server did not answer in time.",
    ErrorClass.REFUSED: "Nothing listens at the address and port.",
    ErrorClass.UNREACHABLE: "There is no way through the network to the address.",
    ErrorClass.CONNECT_TIMEOUT: "The address did not take the connection in time; a firewall may drop it.",
    ErrorClass.TLS: "The certificate is not trusted or not the host's, or the two sides speak no common TLS.",
    ErrorClass.TIMEOUT: "The receiver did not answer to the end in time; it should answer first and work later.",
    ErrorClass.RESET: "The receiver hung up before its answer was whole.",
    ErrorClass.PROTOCOL: "What came back is not HTTP.",
    ErrorClass.TOO_MANY_HEADERS: "The answer's headers are longer than any that is read.",
    ErrorClass.AUTHORIZATION: "The receiver's authUrl gave no access token.",
    ErrorClass.REDIRECT: "The receiver answered with a redirect, which is never followed; give the final URL.",
    ErrorClass.GONE: "The receiver answered 410: it wants no more.",
    ErrorClass.THROTTLED: "The receiver answered 429: it wants fewer.",
    ErrorClass.REJECTED: "The receiver rejected the notification with a status of 4xx.",
    ErrorClass.BROKEN: "The receiver failed with a status of 5xx.",
}
"""A sentence for a person, and what to do about it where something can be done."""


MOST_ASKED = timedelta(hours=24)
"""The longest wait that a receiver's Retry-After can ask for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt: when it began, the address dialled, what came back.

    `error` is None for a status of 2xx that was read whole, or up to the limit; `detail` is what the network said.
    There can be a status and an error of the network: then the answer began and did not come to its end.
    `retry_after` is in seconds, as the receiver asked.
    """

    at: datetime
    milliseconds: int
    address: str = ""
    status: int | None = None
    error: ErrorClass | None = None
    detail: str = ""
    start: bytes = b""
    retry_after: int | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None

    @property
    def asked(self) -> timedelta:
        """How long the receiver asks to be left alone, as far as that is granted."""
        return timedelta(seconds=min(self.retry_after or 0, MOST_ASKED.total_seconds()))


def error_of(status: int) -> ErrorClass | None:
    """What a status means for a delivery: only 2xx is success (Standard Webhooks)."""
    if status in range(200, 300):
        return None
    named = {410: ErrorClass.GONE, 429: ErrorClass.THROTTLED}
    kinds = {3: ErrorClass.REDIRECT, 4: ErrorClass.REJECTED, 5: ErrorClass.BROKEN}
    return named.get(status) or kinds.get(status // 100, ErrorClass.PROTOCOL)
