"""Attempts: the intent to send, written down before anything is sent, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from daybook.notifications.answers import SENTENCES, Answer, ErrorClass
from daybook.notifications.networks import address_of, is_public

UNCERTAIN = "uncertain"
"""The error class of an attempt whose worker ended before it had written down the answer; it is made again."""
LATE = "late"
"""The error class of an attempt that was never sent, because its last time to send had passed."""
OWN = {
    UNCERTAIN: "The worker that made it ended before it had written down what came of it; it was made again.",
    LATE: "The worker stood still until it was too late to send it; it was made again.",
}
KEPT = 1024
"""Bytes of an answer's beginning that are kept to be shown."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery, counted from 1; `ended_at` is None while nobody knows what came of it.

    `answer` is the beginning of what the receiver said; it is not kept of a receiver in a private network.
    """

    seller_id: str
    delivery_id: str
    number: int
    destination_id: str
    url: str
    began_at: datetime
    send_by: datetime
    ended_at: datetime | None = None
    address: str = ""
    http_status: int | None = None
    milliseconds: int | None = None
    error: str | None = None
    detail: str = ""
    answer: str = ""


def meaning(attempt: Attempt) -> str:
    """A sentence about its error; nothing where there is none."""
    if attempt.error is None:
        return ""
    return OWN.get(attempt.error) or SENTENCES[ErrorClass(attempt.error)]


def source(attempt: Attempt) -> str:
    """Where its error arose: here, on the way, or at the receiver; nothing where there is none."""
    if attempt.error is None:
        return ""
    if attempt.error in (ErrorClass.UNSAFE, UNCERTAIN, LATE):
        return "local"
    return "receiver" if attempt.http_status is not None else "transport"


def said(answer: Answer) -> str:
    """The beginning of an answer as text that any database takes; nothing of one from a private network.

    What a machine inside says is its owner's, and whoever may set a URL is not always that.
    """
    host = answer.address.rpartition(":")[0].strip("[]")
    if not host or not is_public(address_of(host)):
        return ""
    return answer.start[:KEPT].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
