"""Destinations' rows."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import to_micros
from daybook.notifications.destinations import Destination
from daybook.notifications.status import Reason, Status
from daybook.store.rows import Hot, Rows, instant, stored
from daybook.store.schema_notifications import destination, subscription

_NAMES = tuple(Destination.__dataclass_fields__)
_SELECT = sa.select(*(destination.c[name] for name in _NAMES))
# What a destination's lane asks at every turn, and after every answer.
_BY_KEY = Hot(
    _SELECT.where(
        destination.c.seller_id == bindparam("seller_id"), destination.c.destination_id == bindparam("destination_id")
    )
)
_TYPES: dict[str, Callable[[Any], Any]] = {
    "status": Status,
    "reason": lambda word: Reason(word) if word else None,
    **dict.fromkeys(("created_at", "changed_at", "failing_since", "warned_at", "paused_until"), instant),
}
_READ = tuple(_TYPES.get(name) for name in _NAMES)


class Destinations(Rows):
    """Adds, finds, changes and removes destinations."""

    def add_destination(self, added: Destination) -> None:
        fields = {name: getattr(added, name) for name in _NAMES}
        self.connection.execute(destination.insert(), stored(fields))

    def destination(self, seller_id: str, destination_id: str) -> Destination | None:
        row = self._hot(_BY_KEY, {"seller_id": seller_id, "destination_id": destination_id})
        return None if row is None else _destination(row)

    def destinations(self, seller_id: str | None) -> list[Destination]:
        whose = sa.true() if seller_id is None else destination.c.seller_id == seller_id
        order = destination.c.seller_id, destination.c.created_at, destination.c.destination_id
        return [_destination(row) for row in self._all(_SELECT.where(whose).order_by(*order))]

    def change_destination(self, read: Destination, /, **changes: Any) -> bool:
        statement = (
            destination.update()
            .where(_is(read.seller_id, read.destination_id))
            .where(destination.c.status == read.status.value, destination.c.changed_at == to_micros(read.changed_at))
        )
        return self._changed(statement.values(stored(changes))) == 1

    def note_health(self, seller_id: str, destination_id: str, **changes: Any) -> None:
        self._changed(destination.update().where(_is(seller_id, destination_id)).values(stored(changes)))

    def remove_destination(self, seller_id: str, destination_id: str) -> None:
        same = subscription.c.seller_id == seller_id, subscription.c.destination_id == destination_id
        self.connection.execute(subscription.delete().where(*same))
        self.connection.execute(destination.delete().where(_is(seller_id, destination_id)))


def _is(seller_id: str, destination_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(destination.c.seller_id == seller_id, destination.c.destination_id == destination_id)


def _destination(row: Sequence[Any]) -> Destination:
    return Destination(*(read(value) if read else value for read, value in zip(_READ, row, strict=True)))
