"""Receivers' rows, and the hearings of sellers."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import from_micros
from daybook.notifications.inbound.receivers import Receiver
from daybook.notifications.inbound.silence import Hearing
from daybook.notifications.inbound.status import Source
from daybook.store.rows import Hot, Rows, instant, stored
from daybook.store.schema_inbound import hearing, receiver

_NAMES = tuple(Receiver.__dataclass_fields__)
_SELECT = sa.select(*(receiver.c[name] for name in _NAMES))
_BY_TOKEN = Hot(_SELECT.where(receiver.c.token_hash == bindparam("token_hash")))
_HEARING = Hot(
    sa.select(hearing.c.missed, hearing.c.missed_since, hearing.c.silent_since).where(
        hearing.c.seller_id == bindparam("seller_id"), hearing.c.source == bindparam("source")
    )
)


class Receivers(Rows):
    """Adds, finds and removes receivers; keeps hearings."""

    def add_receiver(self, added: Receiver) -> None:
        self.connection.execute(receiver.insert(), stored({name: getattr(added, name) for name in _NAMES}))

    def receiver(self, seller_id: str, receiver_id: str) -> Receiver | None:
        row = self._one(_SELECT.where(_is(seller_id, receiver_id)))
        return None if row is None else _receiver(row)

    def receivers(self, seller_id: str | None) -> list[Receiver]:
        whose = sa.true() if seller_id is None else receiver.c.seller_id == seller_id
        order = receiver.c.seller_id, receiver.c.created_at, receiver.c.receiver_id
        return [_receiver(row) for row in self._all(_SELECT.where(whose).order_by(*order))]

    def receiver_of(self, token_hash: str) -> Receiver | None:
        """By the unique hash of its token."""
        row = self._hot(_BY_TOKEN, {"token_hash": token_hash})
        return None if row is None else _receiver(row)

    def remove_receiver(self, seller_id: str, receiver_id: str) -> None:
        self.connection.execute(receiver.delete().where(_is(seller_id, receiver_id)))

    def has_receiver(self, seller_id: str, source: Source) -> bool:
        of = receiver.c.seller_id == seller_id, receiver.c.source == source.value
        return self._one(sa.select(sa.literal(1)).where(*of).limit(1)) is not None

    def hearing(self, seller_id: str, source: Source) -> Hearing | None:
        row = self._hot(_HEARING, {"seller_id": seller_id, "source": source.value})
        return None if row is None else Hearing(seller_id, source, row[0], instant(row[1]), instant(row[2]))

    def put_hearing(self, told: Hearing) -> None:
        values = stored({name: getattr(told, name) for name in Hearing.__dataclass_fields__})
        self._put(hearing, values, ("seller_id", "source"))


def _is(seller_id: str, receiver_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(receiver.c.seller_id == seller_id, receiver.c.receiver_id == receiver_id)


def _receiver(row: Any) -> Receiver:
    fields = dict(zip(_NAMES, row, strict=True))
    return Receiver(**fields | {"source": Source(fields["source"]), "created_at": from_micros(fields["created_at"])})
