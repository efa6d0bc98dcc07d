"""The rules of the tables of what comes in."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from daybook.notifications.inbound.status import FollowedStatus, InboundStatus, Source
from daybook.store.schema import seller
from daybook.store.schema_inbound import followed_report, hearing, inbound_event, receiver
from daybook.store.store import Store
from tests.store.test_schema import accepts, refuses

RECEIVER: dict[str, Any] = {
    "seller_id": "S", "receiver_id": "R", "source": "walmart", "name": "", "token_hash": "h", "sealed": "",
    "created_at": 0,
}  # fmt: skip
INBOUND: dict[str, Any] = {
    "seller_id": "S", "inbound_id": "1", "source": "walmart", "status": "KEPT", "received_at": 0, "shape": "walmart",
    "event_id": "e", "event_type": "", "event_time": "", "subject": "", "subject_id": "", "word": "",
    "report_type": "", "account": "", "description": "", "body": "{}",
}  # fmt: skip
FOLLOWED: dict[str, Any] = {
    "seller_id": "S", "source": "walmart", "report_id": "1", "report_type": "", "status": "WAITING", "word": "",
    "description": "", "document_id": "", "fault": "", "asked_at": 0, "created_at": 0, "next_look_at": 0,
    "failures": 0, "version": 0,
}  # fmt: skip
HEARING: dict[str, Any] = {"seller_id": "S", "source": "walmart", "missed": 1, "missed_since": 0}


@pytest.fixture
def connection(store: Store) -> Iterator[sa.Connection]:
    """A transaction in which there is a seller."""
    with store.transaction() as tx:
        tx.connection.execute(seller.insert().values(seller_id="S", name="S", created_at=0))
        yield tx.connection


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        (receiver, RECEIVER | {"source": "ebay"}, "receiver_source_known"),
        (inbound_event, INBOUND | {"source": "ebay"}, "inbound_event_source_known"),
        (inbound_event, INBOUND | {"status": "LOST"}, "inbound_event_status_known"),
        (followed_report, FOLLOWED | {"source": "ebay"}, "followed_report_source_known"),
        (followed_report, FOLLOWED | {"status": "DONE", "ended_at": 1}, "followed_report_status_known"),
        (followed_report, FOLLOWED | {"ended_at": 1}, "followed_report_ended_has_ended_at"),
        (followed_report, FOLLOWED | {"status": "READY"}, "followed_report_ended_has_ended_at"),
        (followed_report, FOLLOWED | {"next_look_at": None}, "followed_report_waiting_has_next_look_at"),
        (hearing, HEARING | {"missed_since": None}, "hearing_missed_has_since"),
        (hearing, HEARING | {"missed": 0, "missed_since": None, "silent_since": 1}, "hearing_silent_has_missed"),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    connection: sa.Connection, table: sa.Table, row: dict[str, Any], rule: str
) -> None:
    assert rule in refuses(connection, table, row)


def test_every_word_of_the_code_is_one_of_the_tables(connection: sa.Connection) -> None:
    for number, status in enumerate(InboundStatus):
        accepts(connection, inbound_event, INBOUND | {"inbound_id": str(number), "event_id": status, "status": status})
    for word in FollowedStatus:
        ended = None if word is FollowedStatus.WAITING else 1
        accepts(connection, followed_report, FOLLOWED | {"report_id": word, "status": word, "ended_at": ended})
    for source in Source:
        accepts(connection, receiver, RECEIVER | {"receiver_id": source, "source": source, "token_hash": source})


def test_an_event_comes_in_once_and_a_token_is_one_receivers(connection: sa.Connection) -> None:
    accepts(connection, inbound_event, INBOUND)
    assert "event_id" in refuses(connection, inbound_event, INBOUND | {"inbound_id": "2"})
    accepts(connection, receiver, RECEIVER)
    assert "token_hash" in refuses(connection, receiver, RECEIVER | {"receiver_id": "2"})
