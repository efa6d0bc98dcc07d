"""Sending, as the tables see it: intents are written down, then answers; what was left open is found again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from daybook.notifications import health
from daybook.notifications.answers import Answer
from daybook.notifications.attempts import LATE, UNCERTAIN, Attempt, said
from daybook.notifications.confidential import Confidential
from daybook.notifications.deliveries import Delivery, move
from daybook.notifications.destinations import Destination
from daybook.notifications.ladder import Again, Delivered, Disabled, GivenUp, Refused, what_next
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.signing import sign
from daybook.notifications.status import DeliveryStatus, Status


class Sending(NamedTuple):
    """A delivery that is on its way: its attempt, as it was written down, and the bytes."""

    delivery: Delivery
    attempt: Attempt
    body: bytes


class Outcome(NamedTuple):
    """What came of one; without an answer it was never sent."""

    sending: Sending
    answer: Answer | None
    draw: float
    """A random number from 0 up to 1, which lengthens the wait for the next attempt."""


def recover(tx: DeliveriesPort, now: datetime, seller_id: str, destination_id: str) -> int:
    """What a worker that is gone left open is uncertain, and due at once, with the same id and bytes. How many.

    Of a destination that was removed meanwhile nothing is due any more.
    """
    left = tx.delivery_attempts_open(seller_id, destination_id)
    for attempt in left:
        _end(tx, now, attempt, UNCERTAIN)
        delivery = tx.delivery(attempt.seller_id, attempt.delivery_id)
        if delivery is not None and delivery.status is DeliveryStatus.SENDING:
            move(tx, delivery, DeliveryStatus.WAITING, next_at=now)
    return len(left)


def take(tx: DeliveriesPort, now: datetime, destination: Destination, limit: int, send_by: timedelta) -> list[Sending]:
    """The deliveries that are due, with the intent to send each, which holds until `send_by` from now."""
    if limit <= 0 or destination.status is Status.INACTIVE or _is_paused(destination, now):
        return []
    due = tx.deliveries_due(destination.seller_id, destination.destination_id, now, limit)
    return [_take(tx, now, destination, delivery, body, now + send_by) for delivery, body in due]


def _take(
    tx: DeliveriesPort, now: datetime, destination: Destination, delivery: Delivery, body: bytes, send_by: datetime
) -> Sending:
    number = delivery.attempts + 1
    attempt = Attempt(
        seller_id=delivery.seller_id,
        delivery_id=delivery.delivery_id,
        number=number,
        destination_id=delivery.destination_id,
        url=destination.url,
        began_at=now,
        send_by=send_by,
    )
    tx.add_delivery_attempt(attempt)
    move(tx, delivery, DeliveryStatus.SENDING, next_at=None, attempts=number)
    sent = delivery._replace(status=DeliveryStatus.SENDING, next_at=None, attempts=number)
    return Sending(sent, attempt, body)


def outgoing(now: datetime, signed_at: datetime, confidential: Confidential, sending: Sending) -> Outgoing:
    """The request of an attempt: signed by every secret that is valid now, with the user's headers.

    It is signed for the machine's own time, which may not be ours: receivers look at their clocks.
    """
    delivery, _, body = sending
    own = {"content-type": "application/json", "x-daybook-sequence": str(delivery.number)}
    signed = sign(confidential.valid(now), delivery.delivery_id, signed_at, body)
    return Outgoing(sending.attempt.url, body, {**confidential.headers, **own, **signed})


def conclude(
    tx: DeliveriesPort, now: datetime, destination: Destination | None, outcomes: Sequence[Outcome]
) -> Destination | None:
    """Writes down what came of them, for each delivery and for their destination, which is answered as it is then.

    What a URL answered says nothing about another that the destination was given meanwhile.
    """
    for sending, answer, draw in outcomes:
        if answer is None:
            _never_sent(tx, now, sending)
        elif tx.end_delivery_attempt(answered(sending.attempt, now, answer)):
            _move(tx, now, sending.delivery, answer, draw)
            if destination is not None and destination.url == sending.attempt.url:
                destination = _judge(tx, now, destination, answer)
    return destination


def next_in(tx: DeliveriesPort, now: datetime, destination: Destination) -> float | None:
    """Seconds until the destination has something to send; None where it has nothing, or may not."""
    due = tx.delivery_next_due(destination.seller_id, destination.destination_id)
    if due is None or destination.status is Status.INACTIVE:
        return None
    return max(0.0, (max(due, destination.paused_until or due) - now).total_seconds())


def _is_paused(destination: Destination, now: datetime) -> bool:
    return destination.paused_until is not None and now < destination.paused_until


def _never_sent(tx: DeliveriesPort, now: datetime, sending: Sending) -> None:
    _end(tx, now, sending.attempt, LATE)
    move(tx, sending.delivery, DeliveryStatus.WAITING, next_at=now)


def _end(tx: DeliveriesPort, now: datetime, attempt: Attempt, error: str) -> None:
    tx.end_delivery_attempt(replace(attempt, ended_at=now, error=error))


def answered(attempt: Attempt, now: datetime, answer: Answer) -> Attempt:
    """The attempt with what came of it."""
    return replace(
        attempt,
        ended_at=now,
        address=answer.address,
        http_status=answer.status,
        milliseconds=answer.milliseconds,
        error=answer.error.value if answer.error else None,
        detail=answer.detail,
        answer=said(answer),
    )


def _move(tx: DeliveriesPort, now: datetime, delivery: Delivery, answer: Answer, draw: float) -> None:
    failures = delivery.failures + 1
    match what_next(answer, failures, draw):
        case Delivered():
            move(tx, delivery, DeliveryStatus.DELIVERED, finished_at=now)
        case Again(after):
            move(tx, delivery, DeliveryStatus.WAITING, failures=failures, next_at=now + after)
        case Disabled():  # it waits, with all others, for the destination to be enabled
            move(tx, delivery, DeliveryStatus.WAITING, failures=failures, next_at=now)
        case Refused() | GivenUp():
            move(tx, delivery, DeliveryStatus.FAILED, failures=failures, finished_at=now)


def _judge(tx: DeliveriesPort, now: datetime, destination: Destination, answer: Answer) -> Destination | None:
    """The destination as it is after this answer, which is one more beside what was written down before."""
    if answer.delivered and health.is_well(destination):
        return destination
    if answer.delivered:
        health.succeeded(tx, destination)
    else:
        health.failed(tx, now, destination, answer)
    return tx.destination(destination.seller_id, destination.destination_id)
