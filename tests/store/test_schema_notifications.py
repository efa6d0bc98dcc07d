"""The rules of the tables of notifications."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from daybook.store.schema import seller
from daybook.store.schema_notifications import delivery, delivery_attempt, destination, subscription
from daybook.store.store import Store
from tests.store.test_schema import accepts, refuses

DESTINATION: dict[str, Any] = {
    "seller_id": "S", "destination_id": "T", "name": "", "url": "", "status": "ACTIVE", "sealed": "", "calls": 2,
    "created_at": 0, "changed_at": 0,
}  # fmt: skip
DELIVERY: dict[str, Any] = {
    "seller_id": "S", "delivery_id": "1", "destination_id": "T", "subscription_id": "B", "event_sequence": 1,
    "event_type": "REPORT_STATUS", "subject_id": "R", "subject_status": "DONE", "number": 1, "format": "walmart",
    "body": "{}", "status": "WAITING", "next_at": 0, "created_at": 0,
}  # fmt: skip
ENDED = {"status": "DELIVERED", "next_at": None, "finished_at": 1}
ATTEMPT: dict[str, Any] = {
    "seller_id": "S", "delivery_id": "1", "number": 1, "destination_id": "T", "url": "", "began_at": 0, "send_by": 0,
}  # fmt: skip


@pytest.fixture
def connection(store: Store) -> Iterator[sa.Connection]:
    """A transaction in which there is a seller."""
    with store.transaction() as tx:
        tx.connection.execute(seller.insert().values(seller_id="S", name="S", created_at=0))
        yield tx.connection


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"status": "PAUSED"}, "destination_status_known"),
        ({"status": "INACTIVE"}, "destination_inactive_has_reason"),
        ({"reason": "gone"}, "destination_inactive_has_reason"),
        ({"status": "INACTIVE", "reason": "bored"}, "destination_reason_known"),
        ({"calls": 0}, "destination_calls_positive"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(connection: sa.Connection, row: dict[str, Any], rule: str) -> None:
    assert rule in refuses(connection, destination, DESTINATION | row)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"status": "LOST", "next_at": None}, "delivery_status_known"),
        ({"next_at": None}, "delivery_waiting_has_next_at"),
        ({"status": "SENDING"}, "delivery_waiting_has_next_at"),
        (ENDED | {"finished_at": None}, "delivery_finished_has_finished_at"),
        ({"finished_at": 1}, "delivery_finished_has_finished_at"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused(connection: sa.Connection, row: dict[str, Any], rule: str) -> None:
    assert rule in refuses(connection, delivery, DELIVERY | row)


def test_one_event_is_delivered_once_for_a_subscription_and_samples_as_often_as_one_likes(
    connection: sa.Connection,
) -> None:
    accepts(connection, delivery, DELIVERY, DELIVERY | {"delivery_id": "2", "subscription_id": "C"})
    refuses(connection, delivery, DELIVERY | {"delivery_id": "3"})
    sample = {"subscription_id": "", "event_sequence": None}
    accepts(connection, delivery, *(DELIVERY | sample | {"delivery_id": name} for name in ("4", "5")))


def test_a_subscription_is_of_a_destination_of_the_same_seller(connection: sa.Connection) -> None:
    row = {
        "seller_id": "S", "subscription_id": "B", "destination_id": "T", "event_type": "", "format": "",
        "report_types": "", "statuses": "", "status": "ACTIVE", "created_at": 0, "changed_at": 0,
    }  # fmt: skip
    refuses(connection, subscription, row)
    accepts(connection, destination, DESTINATION)
    accepts(connection, subscription, row)


def test_attempts_go_with_their_delivery_and_know_nothing_before_they_end(connection: sa.Connection) -> None:
    refuses(connection, delivery_attempt, ATTEMPT)
    accepts(connection, delivery, DELIVERY)
    assert "open_knows_nothing" in refuses(connection, delivery_attempt, ATTEMPT | {"http_status": 200})
    accepts(connection, delivery_attempt, ATTEMPT)
    connection.execute(delivery.delete())
    assert connection.execute(sa.select(sa.func.count()).select_from(delivery_attempt)).scalar_one() == 0
