"""The ledger's rows."""

import zlib
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from daybook.activity import Event
from daybook.kernel.clock import from_micros, to_micros
from daybook.store.rows import Rows, instant, object_of, object_text
from daybook.store.schema import event

_TURN = "SELECT pg_advisory_xact_lock(%s, %s)"
_LEDGER = 0x0DA7B00C
"""Names the locks that are turns at the ledger."""
_LAST = sa.select(event.c.at).order_by(event.c.sequence.desc()).limit(1)


class Activity(Rows):
    """Appends events and reads the history of a thing."""

    def _take_turn(self, seller_ids: Collection[str]) -> None:
        """Until this commits, nobody else numbers a line of these sellers.

        So whoever has read up to a number has seen all below it, and no reader has to look back. PostgreSQL gives a
        number before its transaction commits; on SQLite one transaction writes at a time. Turns are taken in one order,
        and before lanes, so that no two transactions wait for each other.
        """
        if self.dialect == "postgresql":
            for turn in sorted({zlib.crc32(seller_id.encode()) - 2**31 for seller_id in seller_ids}):
                self.driver.execute(_TURN, (_LEDGER, turn))

    def _append(self, told: Event) -> int:
        """Its number in the ledger."""
        values = {
            "seller_id": told.seller_id,
            "subject": told.subject,
            "subject_id": told.subject_id,
            "from_status": told.from_status,
            "to_status": told.to_status,
            "actor": told.actor,
            "evidence": object_text(told.evidence),
            "at": to_micros(told.at),
        }
        return int(self.connection.execute(event.insert().values(values).returning(event.c.sequence)).scalar_one())

    def last_event_at(self) -> datetime | None:
        """When the last line was written."""
        return instant(self.connection.execute(_LAST).scalar_one_or_none())

    def events_of(self, seller_id: str, subject: str, subject_id: str) -> list[Event]:
        statement = (
            sa.select(event)
            .where(event.c.seller_id == seller_id, event.c.subject == subject, event.c.subject_id == subject_id)
            .order_by(event.c.sequence)
        )
        return [event_of_row(row) for row in self._all(statement)]

    def events_since(self, seller_id: str, sequence: int, limit: int) -> list[Event]:
        """By the index event_of_seller."""
        statement = (
            sa.select(event)
            .where(event.c.seller_id == seller_id, event.c.sequence > sequence)
            .order_by(event.c.sequence)
            .limit(limit)
        )
        return [event_of_row(row) for row in self._all(statement)]

    def last_events(self, seller_ids: Collection[str]) -> Mapping[str, int]:
        """The number of the last line of each seller that has one, by the index event_of_seller."""
        asked = sa.union_all(*(_last_of(seller_id) for seller_id in seller_ids))
        return {row.seller_id: row.sequence for row in self._all(asked) if row.sequence is not None}

    def number_of(self, told: Event) -> int:
        """By the index event_of."""
        counting = sa.select(sa.func.count()).where(
            event.c.seller_id == told.seller_id,
            event.c.subject == told.subject,
            event.c.subject_id == told.subject_id,
            event.c.sequence <= told.sequence,
        )
        return int(self.connection.execute(counting).scalar_one())


def _last_of(seller_id: str) -> sa.Select[tuple[str, int]]:
    last = sa.select(sa.func.max(event.c.sequence)).where(event.c.seller_id == seller_id).scalar_subquery()
    return sa.select(sa.literal(seller_id).label("seller_id"), last.label("sequence"))


def event_of_row(row: sa.Row[tuple[object, ...]]) -> Event:
    """The line that a row of the ledger is."""
    return Event(
        seller_id=row.seller_id,
        subject=row.subject,
        subject_id=row.subject_id,
        from_status=row.from_status,
        to_status=row.to_status,
        actor=row.actor,
        evidence=object_of(row.evidence),
        at=from_micros(row.at),
        sequence=row.sequence,
    )
