"""Rows of the notifications that came in."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import from_micros, to_micros
from daybook.notifications.inbound.events import InboundEvent
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.reading import Reading, Shape
from daybook.notifications.inbound.status import InboundStatus, Source
from daybook.store.rows import Hot, Rows
from daybook.store.schema_inbound import inbound_event

_OWN = ("seller_id", "inbound_id", "source", "receiver_id", "status", "received_at")
# A reading's names that columns have otherwise.
_COLUMN = {"status": "word", "seller": "account"}
_READ = tuple(Reading.__dataclass_fields__)
_COLUMNS = [inbound_event.c[name] for name in (*_OWN, *(_COLUMN.get(name, name) for name in _READ))]
_NAMES = [column.name for column in _COLUMNS]
# Of every notification that comes in.
_ADD = Hot(
    sa.text(f"""
        INSERT INTO inbound_event ({", ".join(_NAMES)}, body)
        VALUES ({", ".join(f":{name}" for name in _NAMES)}, :body)
        ON CONFLICT (seller_id, source, event_id) DO NOTHING""")  # noqa: S608  names of the schema
)
_IS = sa.and_(
    inbound_event.c.seller_id == bindparam("of_seller"),
    inbound_event.c.subject_id == bindparam("of_subject"),
    inbound_event.c.source == bindparam("of_source"),
)


class InboundEvents(Rows):
    """Adds, finds, matches and searches them."""

    def add_inbound_event(self, added: InboundEvent, body: str) -> bool:
        values = {name: getattr(added, name) for name in _OWN}
        values |= {_COLUMN.get(name, name): getattr(added.reading, name) for name in _READ}
        texts = {name: str(value) for name, value in values.items() if isinstance(value, str)}
        at = {"received_at": to_micros(added.received_at)}
        return self._hot_changed(_ADD, values | texts | at | {"body": body}) == 1

    def inbound_event(self, seller_id: str, inbound_id: str) -> InboundEvent | None:
        row = self._one(sa.select(*_COLUMNS).where(_is(seller_id, inbound_id)))
        return None if row is None else _event(row)

    def inbound_body(self, seller_id: str, inbound_id: str) -> str:
        row = self._one(sa.select(inbound_event.c.body).where(_is(seller_id, inbound_id)))
        return "" if row is None else str(row[0])

    def inbound_page(self, seller_id: str, search: Search, before: str | None) -> list[InboundEvent]:
        """By the index of what is asked for most narrowly, of which the page's order is the end."""
        columns = {
            inbound_event.c.subject_id: search.report_id,
            inbound_event.c.event_type: search.event_type,
            inbound_event.c.status: search.status.value if search.status else None,
        }
        where = [inbound_event.c.seller_id == seller_id]
        where += [column == value for column, value in columns.items() if value is not None]
        where += [inbound_event.c.inbound_id < before] if before is not None else []
        found = sa.select(*_COLUMNS).where(*where).order_by(inbound_event.c.inbound_id.desc())
        return [_event(row) for row in self._all(found.limit(search.page_size + 1))]

    def match_inbound_events(self, seller_id: str, source: Source, report_id: str) -> int:
        """By the index inbound_event_of_subject."""
        unmatched = _IS, inbound_event.c.status == InboundStatus.UNMATCHED.value
        matched = inbound_event.update().where(*unmatched).values(status=InboundStatus.MATCHED.value)
        return self.connection.execute(matched, _about(seller_id, source, report_id)).rowcount

    def inbound_description(self, seller_id: str, source: Source, report_id: str) -> str:
        """By the index inbound_event_of_subject."""
        newest = sa.select(inbound_event.c.description).where(_IS, inbound_event.c.description != "")
        ordered = newest.order_by(inbound_event.c.inbound_id.desc()).limit(1)
        return str(self.connection.execute(ordered, _about(seller_id, source, report_id)).scalar() or "")

    def is_told_of(self, seller_id: str, source: Source, report_id: str) -> bool:
        """By the index inbound_event_of_subject."""
        told = sa.select(sa.literal(1)).where(_IS).limit(1)
        return self.connection.execute(told, _about(seller_id, source, report_id)).first() is not None


def _about(seller_id: str, source: Source, report_id: str) -> dict[str, str]:
    return {"of_seller": seller_id, "of_source": source.value, "of_subject": report_id}


def _is(seller_id: str, inbound_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(inbound_event.c.seller_id == seller_id, inbound_event.c.inbound_id == inbound_id)


def _event(row: Sequence[Any]) -> InboundEvent:
    seller_id, inbound_id, source, receiver_id, status, received_at, *rest = row
    read = dict(zip(_READ, rest, strict=True))
    reading = Reading(**read | {"shape": Shape(read["shape"])})
    at = from_micros(received_at)
    return InboundEvent(seller_id, inbound_id, Source(source), receiver_id, InboundStatus(status), at, reading)
