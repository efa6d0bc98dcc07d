"""Pages of operations that are sorted by a time of their own.

In a batch each status is a branch of an index that ends with the time: operation_attempted, operation_completed.
Batches are merged, those first that can hold what comes first: nothing in a batch happened before it was queued, or
after it last moved. What has no such time is not here.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from daybook.operations.pages import ANSWERED, Filters, Position, Sort
from daybook.store.operation_rows import (
    SELECT,
    BatchRow,
    begins_so,
    counted,
    of_batches,
    of_kinds,
    of_statuses,
    own_times,
)
from daybook.store.rows import Rows
from daybook.store.schema_operations import batch, batch_count, operation

_MOVED = sa.case((batch.c.progress_at >= batch.c.served_at, batch.c.progress_at), else_=batch.c.served_at)
"""When something of a batch was last done, its being taken up included."""


class SortedOperations(Rows):
    """Lists them."""

    def timed(self, seller_id: str, filters: Filters, after: Position | None, limit: int) -> list[tuple[Any, BatchRow]]:
        """The first so many in the order of the time, behind a position that has one."""
        column = operation.c.attempted_at if filters.sort is Sort.ATTEMPTED else operation.c.completed_at
        found: list[tuple[tuple[int, int, int], Any, BatchRow]] = []
        for one, bound in self._bounded(seller_id, filters, after):
            if len(found) == limit and _is_behind(bound, found[-1][0][0], descending=filters.descending):
                break
            rows = self._in_one(one[0], filters, column, after, limit)
            found += [((getattr(row, column.name), row.number, row.line), row, one) for row in rows]
            found = sorted(found, key=lambda each: each[0], reverse=filters.descending)[:limit]
        return [(row, one) for _, row, one in found]

    def _bounded(self, seller_id: str, filters: Filters, after: Position | None) -> list[tuple[BatchRow, int]]:
        """The batches in the order in which they can hold what comes first, each with how early or late that is."""
        bound = _MOVED if filters.descending else batch.c.queued_at
        statement = sa.select(batch.c.number, batch.c.batch_id, batch.c.queued_at, bound.label("bound"))
        statement = statement.where(of_batches(seller_id, filters))
        if after is not None and after.at is not None:
            ahead = batch.c.queued_at <= after.at if filters.descending else after.at <= _MOVED
            statement = statement.where(ahead)
        order = [sa.desc("bound"), batch.c.number.desc()] if filters.descending else [sa.asc("bound"), batch.c.number]
        rows = self._all(statement.order_by(*order))
        return [((row.number, row.batch_id, row.queued_at), row.bound) for row in rows]

    def _in_one(
        self, number: int, filters: Filters, column: sa.Column[Any], after: Position | None, limit: int
    ) -> Sequence[Any]:
        """Of one batch: what has a code and an end by the index operation_code_completed, else a branch for each
        status, so that what is rare is not looked for among all that came between."""
        rest = [operation.c.number == number, column.is_not(None), *of_kinds(filters), *own_times(filters)]
        rest += _behind(number, column, after, descending=filters.descending)
        if filters.code:
            rest.append(operation.c.code == filters.code)
        if filters.reference:
            rest += begins_so(filters)
        order = [column.desc(), operation.c.line.desc()] if filters.descending else [column, operation.c.line]
        wanted = SELECT.where(*rest).order_by(*order).limit(limit)
        if filters.code and column is operation.c.completed_at:
            return self._all(wanted.where(*of_statuses(filters)))
        statuses = self._statuses_in(number, filters)
        return [row for status in statuses for row in self._all(wanted.where(operation.c.status == status))]

    def _statuses_in(self, number: int, filters: Filters) -> list[str]:
        """Those in which the batch has something that the filters want, and that may have the time."""
        statement = sa.select(batch_count.c.status).distinct().where(batch_count.c.number == number)
        if filters.sort is Sort.COMPLETED:
            statement = statement.where(batch_count.c.status.in_([status.value for status in ANSWERED]))
        return list(self.connection.execute(statement.where(*counted(filters))).scalars())


def _is_behind(bound: int, last: int, *, descending: bool) -> bool:
    """Whether a batch can hold nothing that comes before the last that was found."""
    return bound < last if descending else bound > last


def _behind(
    number: int, column: sa.Column[Any], after: Position | None, *, descending: bool
) -> list[sa.ColumnElement[bool]]:
    """What of a batch comes behind a position: at the same time, only what is in a later batch, or in a later line."""
    if after is None or after.at is None:
        return []
    if number == after.number:
        place, last = sa.tuple_(column, operation.c.line), sa.tuple_(sa.literal(after.at), sa.literal(after.line))
        if descending:
            return [column <= after.at, place < last]
        return [column >= after.at, place > last]
    later = number < after.number if descending else number > after.number
    if descending:
        return [column <= after.at if later else column < after.at]
    return [column >= after.at if later else column > after.at]
