"""How it is with sellers' sending: buckets, stops, price guards, and what is known of SKUs."""

import json
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import from_micros, to_micros
from daybook.operations.guards import Guard, Stop
from daybook.operations.kinds.kind import NOTHING_KNOWN, Known
from daybook.operations.plans import Sending
from daybook.operations.ports import Sku
from daybook.store.rows import Rows, instant, micros
from daybook.store.schema import item
from daybook.store.schema_operations import operation, price_guard, sending, sending_stop

_AT_ONCE = 500
"""SKUs of one statement."""


class Sendings(Rows):
    """Reads and writes what sending rests on."""

    def sending(self, seller_id: str, operation: str) -> Sending | None:
        row = self._one(sa.select(sending).where(sending.c.seller_id == seller_id, sending.c.operation == operation))
        return None if row is None else _sending(row)

    def sendings_of(self, seller_id: str) -> list[Sending]:
        return [_sending(row) for row in self._all(sa.select(sending).where(sending.c.seller_id == seller_id))]

    def put_sending(self, put: Sending) -> None:
        values = {
            "seller_id": put.seller_id,
            "operation": put.operation,
            "tokens": put.tokens,
            "filled_at": to_micros(put.filled_at),
            "blocked_until": micros(put.blocked_until),
            "send_by": micros(put.send_by),
            "failures": put.failures,
            "reason": put.reason,
        }
        self._put(sending, values, ["seller_id", "operation"])

    def stop_of(self, seller_id: str) -> Stop | None:
        row = self._one(sa.select(sending_stop).where(sending_stop.c.seller_id == seller_id))
        return None if row is None else Stop(from_micros(row.stopped_at), row.stopped_by)

    def put_stop(self, seller_id: str, stop: Stop) -> None:
        values = {"seller_id": seller_id, "stopped_at": to_micros(stop.stopped_at), "stopped_by": stop.stopped_by}
        self._put(sending_stop, values, ["seller_id"])

    def remove_stop(self, seller_id: str) -> bool:
        return self._changed(sending_stop.delete().where(sending_stop.c.seller_id == seller_id)) == 1

    def guards_of(self, seller_id: str) -> Mapping[str, Guard]:
        rows = self._all(sa.select(price_guard).where(price_guard.c.seller_id == seller_id))
        return {row.currency: _guard(row) for row in rows}

    def put_guard(self, seller_id: str, guard: Guard) -> None:
        bounds = {name: None if bound is None else str(bound) for name, bound in guard._asdict().items()}
        self._put(
            price_guard, {**bounds, "seller_id": seller_id, "currency": guard.currency}, ["seller_id", "currency"]
        )

    def remove_guard(self, seller_id: str, currency: str) -> bool:
        gone = price_guard.delete().where(price_guard.c.seller_id == seller_id, price_guard.c.currency == currency)
        return self._changed(gone) == 1

    def known_of(self, seller_id: str, skus: Collection[Sku], before_number: int) -> Mapping[Sku, Known]:
        """By the index operation_reference, newest first, over what the catalog has."""
        known = dict(self.catalog_of(seller_id, skus))
        for references in _slices({reference for _, reference in skus}):
            statement = sa.select(
                operation.c.marketplace_id, operation.c.reference, operation.c.kind, operation.c.body
            ).where(
                operation.c.seller_id == seller_id,
                operation.c.reference.in_(references),
                operation.c.number < before_number,
                operation.c.status == "success",
            )
            for row in self._all(statement.order_by(operation.c.number, operation.c.line)):
                sku = row.marketplace_id, row.reference
                known[sku] = _changed_by(known.get(sku, NOTHING_KNOWN), row.kind, json.loads(row.body))
        return known

    def catalog_of(self, seller_id: str, skus: Collection[Sku]) -> Mapping[Sku, Known]:
        """By the items' key."""
        known: dict[Sku, Known] = {}
        for marketplace_id in {where for where, _ in skus}:
            for references in _slices({reference for where, reference in skus if where == marketplace_id}):
                statement = sa.select(item.c.sku, item.c.price, item.c.currency, item.c.quantity).where(
                    item.c.seller_id == seller_id, item.c.marketplace_id == marketplace_id, item.c.sku.in_(references)
                )
                for row in self._all(statement):
                    known[marketplace_id, row.sku] = Known(row.price, row.currency, row.quantity)
        return known


def _slices(references: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(references)
    return [ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE)]


def _changed_by(known: Known, kind: str, body: Mapping[str, Any]) -> Known:
    """What is known after the operation was in effect."""
    if kind == "delete_listing":
        return known._replace(price=None, quantity=None)
    if "price" in body:
        known = known._replace(price=body["price"], currency=body.get("currency", ""))
    if "quantity" in body:
        known = known._replace(quantity=body["quantity"])
    return known._replace(listing=body) if kind == "put_listing" else known


def _sending(row: Any) -> Sending:
    return Sending(
        seller_id=row.seller_id,
        operation=row.operation,
        tokens=row.tokens,
        filled_at=from_micros(row.filled_at),
        blocked_until=instant(row.blocked_until),
        send_by=instant(row.send_by),
        failures=row.failures,
        reason=row.reason,
    )


def _guard(row: Any) -> Guard:
    bounds = [None if bound is None else Decimal(bound) for bound in (row.floor, row.ceiling, row.change)]
    return Guard(row.currency, *bounds)
