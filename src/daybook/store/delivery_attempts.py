"""Rows of the attempts of deliveries."""

from typing import Any

import sqlalchemy as sa

from daybook.notifications.attempts import Attempt
from daybook.store.rows import Hot, Rows, hot_update, hot_values, instant, stored
from daybook.store.schema_notifications import delivery_attempt

_NAMES = tuple(Attempt.__dataclass_fields__)
_KEY = ("seller_id", "delivery_id", "number")
_ADD = Hot(delivery_attempt.insert().values({name: sa.bindparam(name) for name in _NAMES}))
_END = hot_update(delivery_attempt, _KEY, _NAMES, delivery_attempt.c.ended_at.is_(None))
_INSTANTS = ("began_at", "send_by", "ended_at")


class DeliveryAttempts(Rows):
    """Adds and ends attempts."""

    def add_delivery_attempt(self, added: Attempt) -> None:
        self._hot_changed(_ADD, _columns(added))

    def end_delivery_attempt(self, ended: Attempt) -> bool:
        columns = _columns(ended)
        return self._hot_changed(_END, hot_values({name: columns[name] for name in _KEY}, columns)) == 1

    def delivery_attempts(self, seller_id: str, delivery_id: str) -> list[Attempt]:
        """By the key."""
        of = delivery_attempt.c.seller_id == seller_id, delivery_attempt.c.delivery_id == delivery_id
        rows = self._all(sa.select(delivery_attempt).where(*of).order_by(delivery_attempt.c.number))
        return [_attempt(row) for row in rows]

    def delivery_attempts_open(self, seller_id: str, destination_id: str) -> list[Attempt]:
        """By the index delivery_attempt_open."""
        of = delivery_attempt.c.seller_id == seller_id, delivery_attempt.c.destination_id == destination_id
        rows = self._all(sa.select(delivery_attempt).where(*of, delivery_attempt.c.ended_at.is_(None)))
        return [_attempt(row) for row in rows]


def _columns(one: Attempt) -> dict[str, Any]:
    return stored({name: getattr(one, name) for name in _NAMES})


def _attempt(row: sa.Row[Any]) -> Attempt:
    fields = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's own public name
    times = {name: instant(fields[name]) for name in _INSTANTS}
    return Attempt(**fields | times)
