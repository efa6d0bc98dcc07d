"""Deliveries' rows."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import from_micros, to_micros
from daybook.notifications.deliveries import Delivery
from daybook.notifications.destinations import Destination
from daybook.notifications.searching import Search
from daybook.notifications.status import DeliveryStatus
from daybook.store.rows import Hot, Rows, hot_update, hot_values, instant, stored
from daybook.store.schema_notifications import delivery

_COLUMNS = [delivery.c[name] for name in Delivery._fields]
_DESTINATION = sa.and_(
    delivery.c.seller_id == bindparam("seller_id"), delivery.c.destination_id == bindparam("destination_id")
)
# What a destination's lane asks and writes again and again.
_DUE = Hot(
    sa.text(f"""
        SELECT {", ".join(Delivery._fields)}, body FROM delivery
        WHERE seller_id = :seller_id AND destination_id = :destination_id AND next_at IS NOT NULL AND next_at <= :now
        ORDER BY next_at, event_sequence LIMIT :limit""")  # noqa: S608
)
_ADD = Hot(
    sa.text(f"""
        INSERT INTO delivery ({", ".join(Delivery._fields)}, body)
        VALUES ({", ".join(f":{name}" for name in Delivery._fields)}, :body)
        ON CONFLICT (subscription_id, event_sequence) DO NOTHING""")  # noqa: S608
)
_NEXT_DUE = Hot(sa.select(sa.func.min(delivery.c.next_at)).where(_DESTINATION, delivery.c.next_at.is_not(None)))


@lru_cache
def _move(names: tuple[str, ...]) -> Hot:
    return hot_update(delivery, ("seller_id", "delivery_id", "status"), names)


class Deliveries(Rows):
    """Adds, finds, moves, and searches deliveries."""

    def add_delivery(self, added: Delivery, body: bytes) -> bool:
        return self._hot_changed(_ADD, stored(added._asdict()) | {"body": body.decode()}) == 1

    def delivery(self, seller_id: str, delivery_id: str) -> Delivery | None:
        row = self._one(sa.select(*_COLUMNS).where(_is(seller_id, delivery_id)))
        return None if row is None else _delivery(row)

    def delivery_of(self, subscription_id: str, event_sequence: int) -> Delivery | None:
        """By the key of a subscription and an event."""
        same = delivery.c.subscription_id == subscription_id, delivery.c.event_sequence == event_sequence
        row = self._one(sa.select(*_COLUMNS).where(*same))
        return None if row is None else _delivery(row)

    def delivery_body(self, seller_id: str, delivery_id: str) -> bytes:
        row = self._one(sa.select(delivery.c.body).where(_is(seller_id, delivery_id)))
        return b"" if row is None else str(row[0]).encode()

    def move_delivery(self, moved: Delivery, from_status: DeliveryStatus, /, **changes: Any) -> bool:
        key = {"seller_id": moved.seller_id, "delivery_id": moved.delivery_id, "status": from_status.value}
        return self._hot_changed(_move(tuple(changes)), hot_values(key, stored(changes))) == 1

    def deliveries_due(
        self, seller_id: str, destination_id: str, now: datetime, limit: int
    ) -> list[tuple[Delivery, bytes]]:
        """By the index delivery_due."""
        values = {"seller_id": seller_id, "destination_id": destination_id, "now": to_micros(now), "limit": limit}
        rows = self._hot_rows(_DUE, values)
        return [(_delivery(row[:-1]), str(row[-1]).encode()) for row in rows]

    def delivery_next_due(self, seller_id: str, destination_id: str) -> datetime | None:
        """By the index delivery_due."""
        row = self._hot(_NEXT_DUE, {"seller_id": seller_id, "destination_id": destination_id})
        return None if row is None else instant(row[0])

    def deliveries_waiting(self, seller_id: str, destination_id: str) -> int:
        """By the index delivery_of_destination."""
        counting = sa.select(sa.func.count()).where(_of(seller_id, destination_id), delivery.c.status == "WAITING")
        return int(self.connection.execute(counting).scalar_one())

    def revive_deliveries(self, destination: Destination, now: datetime, failed_since: datetime | None) -> int:
        """By the index delivery_of_destination."""
        ours = _of(destination.seller_id, destination.destination_id)
        fresh = {"status": "WAITING", "next_at": to_micros(now), "failures": 0, "finished_at": None}
        revived = self._changed(delivery.update().where(ours, delivery.c.status == "WAITING").values(fresh))
        if failed_since is not None:
            lost = delivery.c.status == "FAILED", delivery.c.finished_at >= to_micros(failed_since)
            revived += self._changed(delivery.update().where(ours, *lost).values(fresh))
        return revived

    def drop_deliveries(self, destination: Destination, now: datetime) -> int:
        ours = _of(destination.seller_id, destination.destination_id)
        under_way = delivery.c.status.in_(("WAITING", "SENDING"))
        dropped = {"status": "DROPPED", "next_at": None, "finished_at": to_micros(now)}
        return self._changed(delivery.update().where(ours, under_way).values(dropped))

    def delivery_page(self, seller_id: str, search: Search, before: str | None) -> list[Delivery]:
        """By the index of what is asked for most narrowly, of which the page's order is the end."""
        columns = {
            delivery.c.subscription_id: search.subscription_id,
            delivery.c.event_type: search.event_type,
            delivery.c.subject_id: search.subject_id,
            delivery.c.report_type: search.report_type,
            delivery.c.destination_id: search.destination_id,
        }
        where = [delivery.c.seller_id == seller_id]
        where += [column == value for column, value in columns.items() if value is not None]
        where += [delivery.c.delivery_id < before] if before is not None else []
        where += [delivery.c.created_at >= to_micros(search.since)] if search.since else []
        where += [delivery.c.created_at < to_micros(search.until)] if search.until else []
        most = search.page_size + 1
        if search.subject_id is not None:
            found = _newest(most, *where, *([delivery.c.status.in_(search.statuses)] if search.statuses else []))
            return [_delivery(row) for row in self._all(found)]
        branches = [
            sa.select(_newest(most, *where, delivery.c.status == status.value).subquery(f"of_{status.value}"))
            for status in search.statuses or DeliveryStatus
        ]
        page = sa.union_all(*branches).subquery("page")
        return [_delivery(row) for row in self._all(sa.select(page).order_by(page.c.delivery_id.desc()).limit(most))]


def _newest(most: int, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(*where).order_by(delivery.c.delivery_id.desc()).limit(most)


def _is(seller_id: str, delivery_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(delivery.c.seller_id == seller_id, delivery.c.delivery_id == delivery_id)


def _of(seller_id: str, destination_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(delivery.c.seller_id == seller_id, delivery.c.destination_id == destination_id)


def _delivery(row: Any) -> Delivery:
    read = Delivery._make(row)
    return read._replace(
        status=DeliveryStatus(read.status),
        created_at=from_micros(row[_CREATED]),
        next_at=instant(row[_NEXT]),
        finished_at=instant(row[_FINISHED]),
    )


_CREATED, _NEXT, _FINISHED = (Delivery._fields.index(name) for name in ("created_at", "next_at", "finished_at"))
