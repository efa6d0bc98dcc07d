"""A sample, sent now, to see what a destination makes of it. It is on record as any delivery is, once it has ended."""

from datetime import datetime, timedelta
from typing import NamedTuple

from daybook.kernel.ids import Ids
from daybook.notifications.answers import Answer
from daybook.notifications.attempts import Attempt
from daybook.notifications.deliveries import TEST, Delivery
from daybook.notifications.destinations import Destination
from daybook.notifications.formats import find_format
from daybook.notifications.news import EndedReport, EventType, News
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.sending import Sending, answered
from daybook.notifications.status import DeliveryStatus

SAMPLE_ID = "sample"
SENT_WITHIN = timedelta(minutes=1)
_TOOK = timedelta(minutes=13)
"""How long the report of the sample was made."""


class Tried(NamedTuple):
    """The delivery of the sample, and its one attempt."""

    delivery: Delivery
    attempt: Attempt


def prepare(now: datetime, ids: Ids, destination: Destination, format_name: str) -> Sending:
    """The sample, ready to be sent. Raises InvalidInput where there is no such format."""
    delivery = Delivery(
        seller_id=destination.seller_id,
        delivery_id=ids.message(now),
        destination_id=destination.destination_id,
        subscription_id="",
        event_sequence=None,
        event_type=TEST,
        subject_id=SAMPLE_ID,
        subject_status="DONE",
        report_type=None,
        number=1,
        format=format_name,
        status=DeliveryStatus.SENDING,
        created_at=now,
        attempts=1,
    )
    body = find_format(format_name).encode(_sample(now, ids, destination), "") or b"{}"
    key = delivery.seller_id, delivery.delivery_id, 1, delivery.destination_id
    attempt = Attempt(*key, destination.url, now, now + SENT_WITHIN)
    return Sending(delivery, attempt, body)


def record(tx: DeliveriesPort, now: datetime, sending: Sending, answer: Answer) -> Tried:
    """Writes down what came of it; the destination's health is left as it is."""
    status = DeliveryStatus.DELIVERED if answer.delivered else DeliveryStatus.FAILED
    delivery = sending.delivery._replace(status=status, finished_at=now, failures=int(not answer.delivered))
    attempt = answered(sending.attempt, now, answer)
    tx.add_delivery(delivery, sending.body)
    tx.add_delivery_attempt(attempt)
    return Tried(delivery, attempt)


def _sample(now: datetime, ids: Ids, destination: Destination) -> News:
    report = EndedReport("GET_MERCHANT_LISTINGS_ALL_DATA", "v1", "DONE", "data", now - _TOOK, now)
    return News(ids.unique(), EventType.REPORT_ENDED, now, destination.seller_id, "REPORTS", SAMPLE_ID, 1, report)
