"""Subscriptions' rows, and the lines of the ledger that wait to be fanned out to them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from daybook.activity import Event
from daybook.kernel.clock import from_micros
from daybook.notifications.status import Status
from daybook.notifications.subscriptions import Subscription
from daybook.store.activity import event_of_row
from daybook.store.rows import Hot, Rows, ids_of, ids_text, stored
from daybook.store.schema import event
from daybook.store.schema_notifications import subscription, untold

# Of every line of the ledger that may be news. The order says that the key is to be used: where nobody is subscribed,
# PostgreSQL would else look through everybody's, in the hope that one comes soon.
_NOTE = Hot(
    sa.text("""
        INSERT INTO untold (seller_id, event_sequence)
        SELECT seller_id, CAST(:sequence AS BIGINT) FROM subscription
        WHERE seller_id = :seller_id AND event_type = :event_type AND status = 'ACTIVE'
        ORDER BY subscription_id LIMIT 1""")
)


class Subscriptions(Rows):
    """Adds, finds, changes and removes subscriptions; notes and takes what is untold."""

    def add_subscription(self, added: Subscription) -> None:
        self.connection.execute(subscription.insert(), _columns(added))

    def subscription(self, seller_id: str, subscription_id: str) -> Subscription | None:
        row = self._one(sa.select(subscription).where(_is(seller_id, subscription_id)))
        return None if row is None else _subscription(row)

    def subscriptions(self, seller_id: str | None) -> list[Subscription]:
        whose = sa.true() if seller_id is None else subscription.c.seller_id == seller_id
        order = subscription.c.seller_id, subscription.c.created_at, subscription.c.subscription_id
        return [_subscription(row) for row in self._all(sa.select(subscription).where(whose).order_by(*order))]

    def change_subscription(self, changed: Subscription) -> None:
        statement = subscription.update().where(_is(changed.seller_id, changed.subscription_id))
        self._changed(statement.values(_columns(changed)))

    def remove_subscription(self, seller_id: str, subscription_id: str) -> None:
        self.connection.execute(subscription.delete().where(_is(seller_id, subscription_id)))

    def note_untold(self, seller_id: str, event_type: str, sequence: int) -> bool:
        """Puts a line on the list of what is to be fanned out, if anybody is subscribed; whether it did."""
        values = {"seller_id": seller_id, "event_type": event_type, "sequence": sequence}
        return bool(self.driver.execute(_NOTE.text(self.dialect), values).rowcount == 1)

    def untold_events(self, seller_id: str, limit: int) -> list[Event]:
        """By the key of untold, and the ledger's."""
        statement = (
            sa.select(event)
            .join(untold, untold.c.event_sequence == event.c.sequence)
            .where(untold.c.seller_id == seller_id)
            .order_by(untold.c.event_sequence)
            .limit(limit)
        )
        return [event_of_row(row) for row in self._all(statement)]

    def forget_untold(self, seller_id: str, sequences: Sequence[int]) -> None:
        if sequences:
            gone = untold.c.seller_id == seller_id, untold.c.event_sequence.in_(sequences)
            self.connection.execute(untold.delete().where(*gone))


def _is(seller_id: str, subscription_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(subscription.c.seller_id == seller_id, subscription.c.subscription_id == subscription_id)


def _columns(one: Subscription) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in Subscription.__dataclass_fields__}
    lists = {name: ids_text(fields[name]) if fields[name] else "" for name in ("report_types", "statuses")}
    return stored(fields | lists)


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        seller_id=row.seller_id,
        subscription_id=row.subscription_id,
        destination_id=row.destination_id,
        event_type=row.event_type,
        format=row.format,
        report_types=ids_of(row.report_types) if row.report_types else (),
        statuses=ids_of(row.statuses) if row.statuses else (),
        status=Status(row.status),
        created_at=from_micros(row.created_at),
        changed_at=from_micros(row.changed_at),
    )
