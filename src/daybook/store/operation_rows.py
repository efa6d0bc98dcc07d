"""What statements about pages of operations share: the columns, and what the filters say."""

from datetime import datetime

import sqlalchemy as sa

from daybook.kernel.clock import to_micros
from daybook.operations.batches import Operation
from daybook.operations.pages import Filters, Sort
from daybook.store.batches import HIDDEN
from daybook.store.schema_operations import batch, batch_count, operation

_AFTER_ALL = "\U0010ffff"
BatchRow = tuple[int, str, int]
"""A batch's number, id and queued_at."""
SELECT = sa.select(*(operation.c[name] for name in Operation._fields))


def of_batches(seller_id: str, filters: Filters) -> sa.ColumnElement[bool]:
    """What the filters say of batches; an operation is attempted while its batch is alive."""
    said = [batch.c.seller_id == seller_id, batch.c.status.not_in(HIDDEN)]
    if filters.batch_id:
        said.append(batch.c.batch_id == filters.batch_id)
    said += between(batch.c.queued_at, filters.queued)
    for since, until in (filters.attempted, filters.completed):
        if since is not None:
            said.append(sa.or_(batch.c.progress_at >= to_micros(since), batch.c.served_at >= to_micros(since)))
        if until is not None:
            said.append(batch.c.queued_at < to_micros(until))
    return sa.and_(*said)


def counted(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """That a batch's count is of what the filters say, and that there is some."""
    said: list[sa.ColumnElement[bool]] = [batch_count.c.count > 0]
    if filters.statuses:
        said.append(batch_count.c.status.in_([status.value for status in filters.statuses]))
    if filters.kinds:
        said.append(batch_count.c.kind.in_(filters.kinds))
    if filters.code:
        said.append(batch_count.c.code == filters.code)
    return said


def of_kinds(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What they say of an operation's kind."""
    return [operation.c.kind.in_(filters.kinds)] if filters.kinds else []


def of_statuses(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What they say of an operation's status."""
    return [operation.c.status.in_([status.value for status in filters.statuses])] if filters.statuses else []


def begins_so(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """That a SKU begins as the filters say."""
    said = operation.c.reference
    return [said >= filters.reference, said < filters.reference + _AFTER_ALL]


def own_times(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What they say of the operations' own times."""
    said = between(operation.c.attempted_at, filters.attempted) + between(operation.c.completed_at, filters.completed)
    if filters.never is Sort.ATTEMPTED:
        said.append(operation.c.attempted_at.is_(None))
    if filters.never is Sort.COMPLETED:
        said.append(operation.c.completed_at.is_(None))
    return said


def between(
    column: sa.ColumnElement[int], within: tuple[datetime | None, datetime | None]
) -> list[sa.ColumnElement[bool]]:
    """From a time on, and up to another but without it."""
    since, until = within
    said: list[sa.ColumnElement[bool]] = [] if since is None else [column >= to_micros(since)]
    return said if until is None else [*said, column < to_micros(until)]
