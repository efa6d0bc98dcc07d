"""What a destination, a subscription and a delivery can be, and who moves them."""

from enum import StrEnum


class Status(StrEnum):
    """Of a destination or a subscription: the words of seed 002's notifications."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class Reason(StrEnum):
    """Why a destination is INACTIVE."""

    BY_REQUEST = "by_request"
    GONE = "gone"
    FAILING = "failing"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


SENTENCES: dict[Status | Reason | DeliveryStatus, str] = {
    Status.ACTIVE: "It is served.",
    Status.INACTIVE: "A destination's deliveries wait, for up to 30 days; for a subscription none is made.",
    Reason.BY_REQUEST: "Somebody set it so.",
    Reason.GONE: "Its receiver answered 410: it wants no more.",
    Reason.FAILING: "Every attempt of five days failed.",
    DeliveryStatus.WAITING: "Its next attempt has a time; an INACTIVE destination lets that time pass.",
    DeliveryStatus.SENDING: "A worker has written down that it sends it, and not yet what came of it.",
    DeliveryStatus.DELIVERED: "The receiver answered with a status of 2xx.",
    DeliveryStatus.FAILED: "The attempts are at their end, or none can succeed; it can be replayed.",
    DeliveryStatus.DROPPED: "Its destination was removed before it was delivered.",
}
"""A sentence for a person: what the word means, and who moves a thing there."""

MOVES: dict[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.WAITING: frozenset({DeliveryStatus.SENDING, DeliveryStatus.DROPPED}),
    DeliveryStatus.SENDING: frozenset(
        {DeliveryStatus.WAITING, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.DROPPED}
    ),
    DeliveryStatus.DELIVERED: frozenset({DeliveryStatus.WAITING}),
    DeliveryStatus.FAILED: frozenset({DeliveryStatus.WAITING}),
    DeliveryStatus.DROPPED: frozenset(),
}
"""A replay takes what has ended back to WAITING."""
