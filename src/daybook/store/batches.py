"""Batches' rows, and their counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from daybook.kernel.clock import from_micros, to_micros
from daybook.operations.batches import Batch, Counts, MadeBy
from daybook.operations.status import ENDED, BatchStatus, Status
from daybook.store.rows import Rows, instant, stored
from daybook.store.schema_operations import attempt, batch, batch_count, operation

_WAITING = tuple(status.value for status in Status if status not in ENDED)
_BEHIND_ALL = (1 << 31) - 1
"""A line behind every other."""
HIDDEN = (BatchStatus.RECEIVING.value, BatchStatus.ABANDONED.value)
"""What is no batch yet, and what never became one."""
_UNENDED = (BatchStatus.RUNNING.value, BatchStatus.PAUSED.value)


def _add() -> sa.ClauseElement:
    insert = postgresql.insert(batch_count)
    added = {"count": batch_count.c.count + insert.excluded["count"]}
    return insert.on_conflict_do_update(index_elements=["number", "kind", "status", "code"], set_=added)


# A count is a check that it is not below zero: an insert of a negative one must not be tried first.
_SETTLE: Mapping[str, str] = {
    "sqlite": "UPDATE batch_count SET count = count + ? WHERE number = ? AND kind = ? AND status = ? AND code = ?",
    "postgresql": "UPDATE batch_count SET count = count + %s "
    "WHERE number = %s AND kind = %s AND status = %s AND code = %s",
}
_ADD: Mapping[str, str] = {
    "sqlite": str(_add().compile(dialect=sqlite.dialect(paramstyle="qmark"))),
    "postgresql": str(_add().compile(dialect=postgresql.dialect(paramstyle="format"))),  # type: ignore[no-untyped-call]
}


class Batches(Rows):
    """Adds, finds, moves and lists batches, and keeps their counts."""

    def add_batch(self, added: Batch) -> int:
        """Keeps the batch; answers its number."""
        return int(self.connection.execute(batch.insert().returning(batch.c.number), _columns(added)).scalar_one())

    def batch(self, seller_id: str, batch_id: str) -> Batch | None:
        """By the index batch_id_of."""
        row = self._one(sa.select(batch).where(batch.c.seller_id == seller_id, batch.c.batch_id == batch_id))
        return None if row is None else batch_of(row)

    def batch_of_key(self, seller_id: str, idempotency_key: str) -> Batch | None:
        """By the index batch_key_of."""
        by_key = sa.select(batch).where(batch.c.seller_id == seller_id, batch.c.idempotency_key == idempotency_key)
        row = self._one(by_key)
        return None if row is None else batch_of(row)

    def move_batch(self, moved: Batch, from_status: BatchStatus, /, **changes: Any) -> bool:
        statement = (
            batch.update()
            .where(batch.c.number == moved.number, batch.c.status == from_status.value)
            .values(stored(changes))
        )
        return self._changed(statement) == 1

    def batches_page(self, seller_id: str, statuses: Sequence[BatchStatus], before: str, limit: int) -> list[Batch]:
        """By the index batch_id_of: ids grow with time."""
        statement = sa.select(batch).where(batch.c.seller_id == seller_id, batch.c.status.not_in(HIDDEN))
        if before:
            statement = statement.where(batch.c.batch_id < before)
        if statuses:
            statement = statement.where(batch.c.status.in_([status.value for status in statuses]))
        return [batch_of(row) for row in self._all(statement.order_by(batch.c.batch_id.desc()).limit(limit))]

    def unended_batches(self, seller_id: str) -> list[Batch]:
        """By the index batch_unended: those of everybody are few."""
        statement = sa.select(batch).where(_unended(seller_id)).order_by(batch.c.number)
        return [batch_of(row) for row in self._all(statement)]

    def batches_to_serve(
        self, seller_id: str, now: datetime, kinds: Sequence[str], statuses: Sequence[Status], limit: int
    ) -> list[Batch]:
        """By the indexes batch_running and batch_count_pk; the one that was served longest ago first."""
        wanted = sa.exists().where(
            batch_count.c.number == batch.c.number,
            batch_count.c.kind.in_(kinds),
            batch_count.c.status.in_([status.value for status in statuses]),
            batch_count.c.count > 0,
        )
        statement = _running(seller_id).where(_begun(now), wanted).order_by(batch.c.served_at, batch.c.number)
        return [batch_of(row) for row in self._all(statement.limit(limit))]

    def next_start(self, seller_id: str, now: datetime) -> datetime | None:
        """By the index batch_running."""
        ahead = _running(seller_id).where(batch.c.start_at > to_micros(now)).subquery()
        return instant(self.connection.execute(sa.select(sa.func.min(ahead.c.start_at))).scalar_one())

    def counts_of(self, number: int) -> Counts:
        """By the key of batch_count."""
        rows = self._all(sa.select(batch_count).where(batch_count.c.number == number, batch_count.c.count > 0))
        return Counter({(row.kind, Status(row.status), row.code): row.count for row in rows})

    def add_counts(self, number: int, changes: Counts) -> None:
        """Adds to the counts; what is taken away is there already."""
        cursor = self.driver.cursor()
        more = [(number, k, s.value, str(c), n) for (k, s, c), n in sorted(changes.items()) if n > 0]
        less = [(n, number, k, s.value, str(c)) for (k, s, c), n in sorted(changes.items()) if n < 0]
        if more:
            cursor.executemany(_ADD[self.dialect], more)
        if less:
            cursor.executemany(_SETTLE[self.dialect], less)

    def depth_of(self, seller_id: str | None) -> Mapping[Status, int]:
        """By the indexes batch_unended and batch_count_pk: what has ended is not looked at."""
        statement = (
            sa.select(batch_count.c.status, sa.func.sum(batch_count.c.count))
            .join_from(batch, batch_count, batch.c.number == batch_count.c.number)
            .where(_unended(seller_id), batch_count.c.status.in_(_WAITING), batch_count.c.count > 0)
            .group_by(batch_count.c.status)
        )
        return {Status(status): int(count) for status, count in self.connection.execute(statement)}

    def oldest_waiting(self, seller_id: str | None) -> datetime | None:
        """By the index batch_unended."""
        statement = sa.select(sa.func.min(batch.c.queued_at)).where(_unended(seller_id))
        return instant(self.connection.execute(statement).scalar_one())

    def abandon_silent(self, now: datetime, silent_since: datetime) -> int:
        """Gives up submissions of which nothing came since; by the index batch_unended."""
        silent = batch.update().where(
            batch.c.status == BatchStatus.RECEIVING.value,
            batch.c.ended_at.is_(None),
            batch.c.progress_at < to_micros(silent_since),
        )
        given_up = {"status": BatchStatus.ABANDONED.value, "ended_at": to_micros(now), "idempotency_key": None}
        return self._changed(silent.values(given_up))

    def remove_abandoned(self, limit: int) -> int:
        """Removes a slice of the abandoned submissions; by the index batch_ended."""
        return self._remove_slice(_ended(BatchStatus.ABANDONED).order_by(batch.c.ended_at), limit)

    def remove_ended(self, before: datetime, limit: int) -> int:
        """Removes a slice of the batches that have ended by then, the oldest first; by the index batch_ended."""
        old = _ended(BatchStatus.ENDED).where(batch.c.ended_at <= to_micros(before)).order_by(batch.c.ended_at)
        return self._remove_slice(old, limit)

    def _remove_slice(self, batches: sa.Select[int], limit: int) -> int:
        """Removes up to so many operations and batches; a batch goes with the last of its lines. Answers how many."""
        left = limit
        for number in self.connection.execute(batches.limit(limit).with_for_update()).scalars().all():
            left -= self._remove_lines(number, left)
            if left <= 0:
                return limit
            self._changed(batch_count.delete().where(batch_count.c.number == number))
            left -= self._changed(batch.delete().where(batch.c.number == number))
            if left <= 0:
                return limit
        return limit - left

    def _remove_lines(self, number: int, limit: int) -> int:
        """The first operations of a batch, with their attempts; by both tables' keys."""
        of_batch = operation.c.number == number
        lines = sa.select(operation.c.line).where(of_batch).order_by(operation.c.line)
        last = self.connection.execute(lines.offset(limit - 1).limit(1)).scalar_one_or_none()
        until = _BEHIND_ALL if last is None else last
        self._changed(attempt.delete().where(attempt.c.number == number, attempt.c.line <= until))
        return self._changed(operation.delete().where(of_batch, operation.c.line <= until))


def _ended(status: BatchStatus) -> sa.Select[int]:
    return sa.select(batch.c.number).where(batch.c.status == status.value, batch.c.ended_at.is_not(None))


def _running(seller_id: str) -> sa.Select[Any]:
    return sa.select(batch).where(batch.c.seller_id == seller_id, batch.c.status == BatchStatus.RUNNING.value)


def _begun(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(batch.c.start_at.is_(None), batch.c.start_at <= to_micros(now))


def _unended(seller_id: str | None) -> sa.ColumnElement[bool]:
    unended = sa.and_(batch.c.status.in_(_UNENDED), batch.c.ended_at.is_(None))
    return unended if seller_id is None else sa.and_(unended, batch.c.seller_id == seller_id)


def _columns(added: Batch) -> dict[str, object]:
    names = [name for name in batch.c.keys() if name != "number"]  # noqa: SIM118  columns, not a dict
    return stored({name: getattr(added, name) for name in names})


def batch_of(row: Any) -> Batch:
    """A batch from a row of its table."""
    return Batch(
        seller_id=row.seller_id,
        batch_id=row.batch_id,
        status=BatchStatus(row.status),
        name=row.name,
        submitted_by=row.submitted_by,
        queued_at=from_micros(row.queued_at),
        progress_at=from_micros(row.progress_at),
        served_at=from_micros(row.served_at),
        made_by=MadeBy(row.made_by),
        parent_id=row.parent_id,
        idempotency_key=row.idempotency_key,
        digest=row.digest,
        operations=row.operations,
        start_at=instant(row.start_at),
        ended_at=instant(row.ended_at),
        stalled_at=instant(row.stalled_at),
        number=row.number,
    )
