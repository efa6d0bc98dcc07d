"""Pages of operations.

A page goes through the batches that can hold what is looked for, newest first: their counts tell which do, so a batch
without a match costs nothing. In a batch it reads a branch for each status and kind, each in the order of an index, and
no more of each than the page holds.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import from_micros, to_micros
from daybook.operations.batches import Batch, Operation
from daybook.operations.pages import Filters, Position, Row
from daybook.operations.report import Cells, Line
from daybook.operations.status import BatchStatus, Status
from daybook.store.operations import operation_of
from daybook.store.rows import Hot, Rows
from daybook.store.schema_operations import attempt, batch, batch_count, operation

_BATCHES = 200
"""Batches that are looked for at once."""
_AFTER_ALL = "\U0010ffff"
_HIDDEN = (BatchStatus.RECEIVING.value, BatchStatus.ABANDONED.value)
_SELECT = sa.select(*(operation.c[name] for name in Operation._fields))
_BatchRow = tuple[int, str, int]


class OperationPages(Rows):
    """Lists operations."""

    def operations_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Row]:
        """One row more than a page holds, where there are more."""
        limit = filters.page_size + 1
        if filters.reference:
            return self._with_requests(self._of_references(seller_id, filters, after, limit))
        found: list[tuple[Any, _BatchRow]] = []
        for one in self._candidates(seller_id, filters, after):
            line = after.line if after is not None and one[0] == after.number else 0
            found += [(row, one) for row in self._in_batch(one[0], filters, line, limit - len(found))]
            if len(found) >= limit:
                break
        return self._with_requests(found)

    def _candidates(self, seller_id: str, filters: Filters, after: Position | None) -> Iterator[_BatchRow]:
        """Batches that may hold matches, newest first; by the indexes batch_id_of and batch_count_pk."""
        last = after.number if after is not None else None
        statement = sa.select(batch.c.number, batch.c.batch_id, batch.c.queued_at).where(_batches(seller_id, filters))
        counted = _counted(filters)
        if counted is not None:
            statement = statement.where(counted)
        while True:
            here = statement if last is None else statement.where(batch.c.number <= last)
            rows = self._all(here.order_by(batch.c.number.desc()).limit(_BATCHES))
            yield from ((row.number, row.batch_id, row.queued_at) for row in rows)
            if len(rows) < _BATCHES:
                return
            last = rows[-1].number - 1

    def _in_batch(self, number: int, filters: Filters, after: int, limit: int) -> list[Any]:
        """By the operation's key, or by operation_state, or by operation_code: whichever the filters allow."""
        rest = [operation.c.number == number, operation.c.line > after, *_own_times(filters)]
        if filters.code:
            rest.append(operation.c.code == filters.code)
            branches = [_SELECT.where(*rest, *_words(filters))]
        elif filters.statuses:
            branches = [
                _SELECT.where(*rest, operation.c.status == status.value, operation.c.kind == kind)
                for status in filters.statuses
                for kind in filters.kinds or self._kinds_in(number)
            ]
        else:
            branches = [_SELECT.where(*rest, *_words(filters))]
        rows: list[Any] = []
        for branch in branches:
            rows += self._all(branch.order_by(operation.c.line).limit(limit))
        return sorted(rows, key=lambda row: int(row.line))[:limit]

    def _kinds_in(self, number: int) -> list[str]:
        statement = sa.select(batch_count.c.kind).distinct().where(batch_count.c.number == number)
        return list(self.connection.execute(statement).scalars())

    def _of_references(
        self, seller_id: str, filters: Filters, after: Position | None, limit: int
    ) -> list[tuple[Any, _BatchRow]]:
        """By the index operation_reference, in the order of SKUs."""
        place = sa.tuple_(operation.c.reference, operation.c.number, operation.c.line)
        statement = (
            sa.select(*_SELECT.selected_columns, batch.c.batch_id, batch.c.queued_at)
            .join_from(operation, batch, operation.c.number == batch.c.number)
            .where(
                operation.c.seller_id == seller_id,
                operation.c.reference >= filters.reference,
                operation.c.reference < filters.reference + _AFTER_ALL,
                _batches(seller_id, filters),
                *_own_times(filters),
                *_words(filters),
            )
        )
        if filters.code:
            statement = statement.where(operation.c.code == filters.code)
        if filters.statuses:
            statement = statement.where(operation.c.status.in_([status.value for status in filters.statuses]))
        if after is not None:
            statement = statement.where(
                place > sa.tuple_(*map(sa.literal, (after.reference, after.number, after.line)))
            )
        order = (operation.c.reference, operation.c.number, operation.c.line)
        rows = self._all(statement.order_by(*order).limit(limit))
        return [(row[:-2], (row.number, row.batch_id, row.queued_at)) for row in rows]

    def _with_requests(self, found: Sequence[tuple[Any, _BatchRow]]) -> list[Row]:
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
        values = {
            "batch_id": of.batch_id,
            "queued_at": to_micros(of.queued_at),
            "number": of.number,
            "after": after,
            "limit": limit,
        }
        return self._hot_rows(_report(tuple(status.value for status in statuses)), values)


@lru_cache
def _report(statuses: tuple[str, ...]) -> Hot:
    """A report's slice; what a report has of its batch stands in each row, so that a row is a line of it."""
    of_batch: list[sa.ColumnElement[Any]] = [
        sa.bindparam("batch_id", type_=sa.Text),
        sa.bindparam("queued_at", type_=sa.BigInteger),
    ]
    columns = [operation.c[name] for name in Line._fields if name in operation.c]
    last = sa.and_(
        attempt.c.number == operation.c.number,
        attempt.c.line == operation.c.line,
        attempt.c.attempt == operation.c.attempts,
    )
    statement = (
        sa.select(*of_batch, *columns, attempt.c.request_id)
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


def _batches(seller_id: str, filters: Filters) -> sa.ColumnElement[bool]:
    """What the filters say of batches; an operation is attempted while its batch is alive."""
    said = [batch.c.seller_id == seller_id, batch.c.status.not_in(_HIDDEN)]
    if filters.batch_id:
        said.append(batch.c.batch_id == filters.batch_id)
    said += _between(batch.c.queued_at, filters.queued)
    for since, until in (filters.attempted, filters.completed):
        if since is not None:
            said.append(sa.or_(batch.c.progress_at >= to_micros(since), batch.c.served_at >= to_micros(since)))
        if until is not None:
            said.append(batch.c.queued_at < to_micros(until))
    return sa.and_(*said)


def _counted(filters: Filters) -> sa.ColumnElement[bool] | None:
    """That a batch's counts know a match; None where every batch has one."""
    if not (filters.statuses or filters.kinds or filters.code):
        return None
    said = [batch_count.c.number == batch.c.number, batch_count.c.count > 0]
    if filters.statuses:
        said.append(batch_count.c.status.in_([status.value for status in filters.statuses]))
    if filters.kinds:
        said.append(batch_count.c.kind.in_(filters.kinds))
    if filters.code:
        said.append(batch_count.c.code == filters.code)
    return sa.exists().where(*said)


def _words(filters: Filters) -> list[sa.ColumnElement[bool]]:
    said: list[sa.ColumnElement[bool]] = []
    if filters.kinds:
        said.append(operation.c.kind.in_(filters.kinds))
    if filters.statuses and filters.code:
        said.append(operation.c.status.in_([status.value for status in filters.statuses]))
    return said


def _own_times(filters: Filters) -> list[sa.ColumnElement[bool]]:
    attempted = _between(operation.c.attempted_at, filters.attempted)
    return attempted + _between(operation.c.completed_at, filters.completed)


def _between(
    column: sa.ColumnElement[int], within: tuple[datetime | None, datetime | None]
) -> list[sa.ColumnElement[bool]]:
    since, until = within
    said: list[sa.ColumnElement[bool]] = [] if since is None else [column >= to_micros(since)]
    return said if until is None else [*said, column < to_micros(until)]
