"""Pages of operations.

A page goes through the batches that can hold what is looked for, newest first: their counts tell which do, so a batch
without a match costs nothing. In a batch it reads a branch for each status and kind, each in the order of an index, and
no more of each than the page holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import from_micros
from daybook.operations.batches import Batch, Operation
from daybook.operations.pages import Filters, Position, Row, Sort, in_order, untimed
from daybook.operations.report import Cells, Line
from daybook.operations.status import Status
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
from daybook.store.operations import behind, in_state, operation_of
from daybook.store.operations_sorted import SortedOperations
from daybook.store.rows import Hot
from daybook.store.schema_operations import attempt, batch, batch_count, operation

_BATCHES = 200
"""Batches that are looked for at once."""


class OperationPages(SortedOperations):
    """Lists operations."""

    def operations_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Row]:
        """One row more than a page holds, where there are more."""
        limit = filters.page_size + 1
        if filters.sort is Sort.STATUS:
            return self._with_requests(self._by_status(seller_id, filters, after, limit))
        if filters.sort in (Sort.ATTEMPTED, Sort.COMPLETED):
            return self._with_requests(self._by_time(seller_id, filters, after, limit))
        if filters.reference and filters.sort is None:
            return self._with_requests(self._of_references(seller_id, filters, after, limit))
        return self._with_requests(self._by_batch(seller_id, filters, after, limit))

    def _by_status(
        self, seller_id: str, filters: Filters, after: Position | None, limit: int
    ) -> list[tuple[Any, BatchRow]]:
        """Status by status, each in the order of batches."""
        found: list[tuple[Any, BatchRow]] = []
        order = in_order(filters.descending)
        begun = order.index(Status(after.status)) if after is not None and after.status else 0
        for status in order[begun:]:
            if len(found) < limit and (not filters.statuses or status in filters.statuses):
                here = after if status is order[begun] else None
                found += self._by_batch(seller_id, replace(filters, statuses=(status,)), here, limit - len(found))
        return found

    def _by_time(
        self, seller_id: str, filters: Filters, after: Position | None, limit: int
    ) -> list[tuple[Any, BatchRow]]:
        """Those that have the time in its order; behind them, batch by batch, those that have none."""
        timed = after is None or after.at is not None
        found = self.timed(seller_id, filters, after, limit) if timed else []
        within = filters.attempted if filters.sort is Sort.ATTEMPTED else filters.completed
        if len(found) == limit or within != (None, None):
            return found
        rest = replace(filters, never=filters.sort, statuses=untimed(filters))
        if not rest.statuses:
            return found
        return found + self._by_batch(seller_id, rest, None if timed else after, limit - len(found))

    def _by_batch(
        self, seller_id: str, filters: Filters, after: Position | None, limit: int
    ) -> list[tuple[Any, BatchRow]]:
        found: list[tuple[Any, BatchRow]] = []
        for one in self._candidates(seller_id, filters, after):
            line = after.line if after is not None and one[0] == after.number else 0
            found += [(row, one) for row in self._in_batch(one[0], filters, line, limit - len(found))]
            if len(found) >= limit:
                break
        return found

    def _candidates(self, seller_id: str, filters: Filters, after: Position | None) -> Iterator[BatchRow]:
        """Batches that may hold matches, newest first unless the oldest are asked for; by the indexes batch_id_of and
        batch_count_pk."""
        oldest_first = filters.sort is Sort.QUEUED and not filters.descending
        last = after.number if after is not None else None
        statement = sa.select(batch.c.number, batch.c.batch_id, batch.c.queued_at).where(of_batches(seller_id, filters))
        if filters.statuses or filters.kinds or filters.code:
            known = sa.exists().where(batch_count.c.number == batch.c.number, *counted(filters))
            statement = statement.where(known)
        while True:
            here = statement.order_by(batch.c.number if oldest_first else batch.c.number.desc())
            if last is not None:
                here = here.where(batch.c.number >= last if oldest_first else batch.c.number <= last)
            rows = self._all(here.limit(_BATCHES))
            yield from ((row.number, row.batch_id, row.queued_at) for row in rows)
            if len(rows) < _BATCHES:
                return
            last = rows[-1].number + (1 if oldest_first else -1)

    def _in_batch(self, number: int, filters: Filters, after: int, limit: int) -> list[Any]:
        """By the operation's key, or by operation_state, or by operation_code: whichever the filters allow."""
        wanted = SELECT.where(*own_times(filters))
        if filters.reference:
            wanted = wanted.where(*begins_so(filters))
        if filters.code:
            wanted = wanted.where(*of_kinds(filters), *of_statuses(filters))
            branches = [behind(wanted, number, {operation.c.code: filters.code}, after)]
        elif filters.statuses or filters.kinds:
            there = self._there(number, filters)
            branches = [in_state(wanted, number, status, kind, after) for status, kind in there]
        else:
            all_of_it = wanted.where(operation.c.number == number, operation.c.line > after)
            branches = [all_of_it.order_by(operation.c.line)]
        rows = [row for branch in branches for row in self._all(branch.limit(limit))]
        return sorted(rows, key=lambda row: int(row.line))[:limit]

    def _there(self, number: int, filters: Filters) -> list[tuple[str, str]]:
        """The statuses and kinds of a batch in which there is something, as far as they are wanted."""
        there = sa.select(batch_count.c.status, batch_count.c.kind).distinct().where(batch_count.c.number == number)
        return [(row.status, row.kind) for row in self._all(there.where(*counted(filters)))]

    def _of_references(
        self, seller_id: str, filters: Filters, after: Position | None, limit: int
    ) -> list[tuple[Any, BatchRow]]:
        """By the index operation_reference, in the order of SKUs.

        One batch is asked for as a range of numbers: asked for as equal, SQLite would sort all of it.
        """
        order = (operation.c.reference, operation.c.number, operation.c.line)
        wanted = SELECT.where(
            operation.c.seller_id == seller_id,
            *begins_so(filters),
            *own_times(filters),
            *of_kinds(filters),
            *of_statuses(filters),
        )
        if filters.code:
            wanted = wanted.where(operation.c.code == filters.code)
        if after is not None:
            behind_it = sa.tuple_(*order) > sa.tuple_(*map(sa.literal, (after.reference, after.number, after.line)))
            wanted = wanted.where(behind_it)
        wanted = wanted.order_by(*order).limit(limit)
        if filters.batch_id:
            number = operation.c.number
            batches = self._candidates(seller_id, filters, None)
            return [(row, one) for one in batches for row in self._all(wanted.where(number.between(one[0], one[0])))]
        joined = wanted.join_from(operation, batch, operation.c.number == batch.c.number)
        rows = self._all(joined.add_columns(batch.c.batch_id, batch.c.queued_at).where(of_batches(seller_id, filters)))
        return [(row[:-2], (row.number, row.batch_id, row.queued_at)) for row in rows]

    def _with_requests(self, found: Sequence[tuple[Any, BatchRow]]) -> list[Row]:
        operations = [operation_of(row) for row, _ in found]
        requests = self._requests([each for each in operations if each.attempts])
        return [
            Row(each, batch_id, from_micros(queued_at), requests.get((each.number, each.line)))
            for each, (_, (_, batch_id, queued_at)) in zip(operations, found, strict=True)
        ]

    def _requests(self, operations: Sequence[Operation]) -> dict[tuple[int, int], str]:
        """The last attempts' request ids, by the key of attempt."""
        requests: dict[tuple[int, int], str] = {}
        for number in {each.number for each in operations}:
            lines = [each.line for each in operations if each.number == number]
            statement = (
                sa.select(attempt.c.line, attempt.c.request_id)
                .where(attempt.c.number == number, attempt.c.line.in_(lines))
                .order_by(attempt.c.attempt)
            )
            requests |= {(number, row.line): row.request_id for row in self._all(statement)}
        return requests

    def report_lines(self, of: Batch, after: int, limit: int, statuses: Sequence[Status]) -> Sequence[Cells]:
        """Operations of a batch behind a line, with their last attempts' request ids; by both tables' keys."""
        values = {"number": of.number, "after": after, "limit": limit}
        return self._hot_rows(_report(tuple(status.value for status in statuses)), values)


@lru_cache
def _report(statuses: tuple[str, ...]) -> Hot:
    """A report's slice. A body is long: of all operations, it is read where there is an error to tell beside it."""
    beside_error = sa.case((operation.c.code.is_not(None), operation.c.body)).label("body")
    told = operation.c.body if statuses else beside_error
    columns = [told if name == "body" else operation.c[name] for name in Line._fields if name in operation.c]
    last = sa.and_(
        attempt.c.number == operation.c.number,
        attempt.c.line == operation.c.line,
        attempt.c.attempt == operation.c.attempts,
    )
    statement = (
        sa.select(*columns, attempt.c.request_id)
        .join_from(operation, attempt, last, isouter=True)
        .where(operation.c.number == sa.bindparam("number"), operation.c.line > sa.bindparam("after"))
        .order_by(operation.c.line)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .offset(sa.literal_column("0"))  # or SQLAlchemy binds one for SQLite
    )
    if statuses:
        words: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{status}'") for status in statuses]
        statement = statement.where(operation.c.status.in_(words))
    return Hot(statement)
