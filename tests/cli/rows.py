"""Rows that only a worker writes while it sends: for the tests of what holds every table."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from daybook.kernel.clock import to_micros
from daybook.store.schema import metadata

Values = Mapping[str, object]


def add_rows_of_sending(connection: sa.Connection, seller_id: str, now: datetime) -> None:
    """One row of each table that news coming in or going out fills, or operations; the seller has a batch."""
    for name, values in _rows(seller_id, to_micros(now)):
        connection.execute(metadata.tables[name].insert(), values)


def _rows(seller_id: str, at: int) -> Iterable[tuple[str, Values]]:
    of_destination: Values = {"seller_id": seller_id, "destination_id": "d-1"}
    of_delivery = {**of_destination, "delivery_id": "msg_1"}
    active: Values = {"status": "ACTIVE", "created_at": at, "changed_at": at}
    yield (
        "destination",
        {**of_destination, **active, "name": "größe", "url": "https://x.test", "sealed": "s", "calls": 2},
    )
    yield (
        "subscription",
        {
            **of_destination,
            **active,
            "subscription_id": "s-1",
            "event_type": "report.ended",
            "format": "standard",
            "report_types": "",
            "statuses": "",
        },
    )
    yield (
        "delivery",
        {
            **of_delivery,
            "subscription_id": "s-1",
            "event_type": "report.ended",
            "subject_id": "1",
            "subject_status": "DONE",
            "number": 1,
            "format": "standard",
            "body": '{"größe": "1\\t2"}',
            "status": "WAITING",
            "created_at": at,
            "next_at": at,
        },
    )
    yield "delivery_attempt", {**of_delivery, "number": 1, "url": "https://x.test", "began_at": at, "send_by": at}
    yield from _rows_of_inbound({"seller_id": seller_id, "source": "walmart"}, at)
    yield "untold", {"seller_id": seller_id, "event_sequence": 1}
    yield (
        "sending",
        {
            "seller_id": seller_id,
            "operation": "patchListingsItem",
            "tokens": 1.5,
            "filled_at": at,
            "failures": 0,
            "reason": "",
        },
    )
    yield (
        "attempt",
        {
            "number": 1,
            "line": 2,
            "attempt": 1,
            "attempted_at": at,
            "answered_at": at,
            "outcome": "accepted",
            "http_status": 200,
            "request_id": "r-1",
            "submission_id": "u-1",
        },
    )


def _rows_of_inbound(of_marketplace: Values, at: int) -> Iterable[tuple[str, Values]]:
    said = dict.fromkeys(("event_type", "event_time", "subject", "subject_id", "word", "report_type", "account"), "ö")
    yield (
        "receiver",
        {**of_marketplace, "receiver_id": "r-1", "name": "größe", "token_hash": "h", "sealed": "", "created_at": at},
    )
    yield (
        "inbound_event",
        {
            **of_marketplace,
            **said,
            "inbound_id": "1",
            "receiver_id": "r-1",
            "status": "UNMATCHED",
            "received_at": at,
            "shape": "unknown",
            "event_id": "e-1",
            "description": "",
            "body": '{"größe": "1\\t2"}',
        },
    )
    looked = {"status": "WAITING", "asked_at": at, "created_at": at, "next_look_at": at, "failures": 0, "version": 1}
    texts = dict.fromkeys(("report_type", "word", "description", "document_id", "fault"), "")
    yield "followed_report", {**of_marketplace, **looked, **texts, "report_id": "R-1"}
    yield "hearing", {**of_marketplace, "missed": 1, "missed_since": at}
