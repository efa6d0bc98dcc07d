"""What is past its keep: counted for people, and removed by the sweep, a slice at a time.

Each kind has one condition, which both share: what is shown is what goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from daybook.kernel.clock import to_micros
from daybook.kernel.keeping import Keep
from daybook.operations.status import BatchStatus
from daybook.store.rows import instant
from daybook.store.schema import access_token, document, event, report, report_schedule
from daybook.store.schema_inbound import followed_report, inbound_event
from daybook.store.schema_notifications import delivery
from daybook.store.schema_operations import batch
from daybook.store.transaction import Transaction


class Kind(StrEnum):
    """A kind of record that does not stay for ever."""

    ACCESS_TOKENS = "access tokens"
    DOCUMENTS = "documents"
    REPORTS = "reports"
    BATCHES = "batches"
    SCHEDULES = "schedules"
    LEDGER = "ledger"
    DELIVERIES = "deliveries"
    INBOUND = "inbound"
    FOLLOWED = "followed reports"


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a kind is, by what it is aged, and which rows of that age may go."""

    table: sa.Table
    age: sa.Column[int]
    done: sa.ColumnElement[bool]


_ITS_DOCUMENT = sa.exists().where(
    document.c.seller_id == report.c.seller_id, document.c.document_id == report.c.document_id
)
_KEPT: Mapping[Kind, _Kept] = {
    Kind.ACCESS_TOKENS: _Kept(access_token, access_token.c.expires_at, sa.true()),
    Kind.DOCUMENTS: _Kept(document, document.c.expires_at, sa.true()),
    # By the index report_age; what was made long ago may have ended lately, and a document may be kept for longer.
    Kind.REPORTS: _Kept(
        report,
        report.c.created_at,
        sa.and_(report.c.finished_at.is_not(None), report.c.finished_at <= sa.bindparam("before"), ~_ITS_DOCUMENT),
    ),
    Kind.BATCHES: _Kept(batch, batch.c.ended_at, batch.c.status == BatchStatus.ENDED.value),  # with all of their lines
    Kind.SCHEDULES: _Kept(report_schedule, report_schedule.c.cancelled_at, report_schedule.c.cancelled_at.is_not(None)),
    Kind.LEDGER: _Kept(event, event.c.at, sa.true()),
    Kind.DELIVERIES: _Kept(delivery, delivery.c.created_at, sa.true()),  # with their attempts
    Kind.INBOUND: _Kept(inbound_event, inbound_event.c.received_at, sa.true()),
    Kind.FOLLOWED: _Kept(followed_report, followed_report.c.ended_at, followed_report.c.ended_at.is_not(None)),
}


@dataclass(frozen=True, slots=True)
class Gone:
    """How much of a kind is past its keep: how many, their bytes where they have any, and their oldest and newest."""

    kind: Kind
    count: int
    bytes: int | None
    oldest: datetime | None
    newest: datetime | None


def ends(keep: Keep, now: datetime) -> dict[Kind, datetime]:
    """The instant up to which each kind goes; kinds that are kept for ever are not there."""
    spans: dict[Kind, timedelta | None] = {
        Kind.ACCESS_TOKENS: timedelta(0),
        Kind.DOCUMENTS: timedelta(0),  # a document's end was set when it was made
        Kind.REPORTS: keep.reports,
        Kind.BATCHES: keep.reports,
        Kind.SCHEDULES: keep.schedules,
        Kind.LEDGER: keep.ledger,
        Kind.DELIVERIES: keep.deliveries,
        Kind.INBOUND: keep.inbound,
        Kind.FOLLOWED: keep.reports,
    }
    return {kind: now - span for kind, span in spans.items() if span is not None}


def count_gone(tx: Transaction, kind: Kind, before: datetime) -> Gone:
    """What of the kind would go now."""
    kept = _KEPT[kind]
    size = sa.func.sum(document.c.size) if kind is Kind.DOCUMENTS else sa.null()
    counting = sa.select(sa.func.count(), size, sa.func.min(kept.age), sa.func.max(kept.age)).select_from(kept.table)
    row = tx.connection.execute(counting.where(kept.age <= sa.bindparam("before"), kept.done), _before(before)).one()
    return Gone(kind, row[0], int(row[1] or 0) if kind is Kind.DOCUMENTS else None, instant(row[2]), instant(row[3]))


def count_excess(tx: Transaction, now: datetime, fresh: datetime, most: int) -> Gone:
    """The documents that would go so that all take no more than `most` bytes: as `documents.sweep.excess` chooses."""
    newest_first = document.c.created_at.desc(), document.c.seller_id.desc(), document.c.document_id.desc()
    with_newer = sa.func.sum(document.c.size).over(order_by=newest_first, rows=(None, 0)).label("with_newer")
    live = sa.select(document.c.size, document.c.created_at, with_newer).where(document.c.expires_at > to_micros(now))
    each = live.subquery()
    at, size = each.c.created_at, sa.func.sum(each.c.size)
    counting = sa.select(sa.func.count(), size, sa.func.min(at), sa.func.max(at))
    row = tx.connection.execute(counting.where(each.c.with_newer > most, at <= to_micros(fresh))).one()
    return Gone(Kind.DOCUMENTS, row[0], int(row[1] or 0), instant(row[2]), instant(row[3]))


def remove_gone(tx: Transaction, kind: Kind, before: datetime, limit: int) -> int:
    """Removes up to so many records of the kind, the oldest first; answers how many.

    Not for documents, of which the objects have to go too. Of batches, their operations count too.
    """
    if kind is Kind.BATCHES:
        return tx.remove_ended(before, limit)
    kept = _KEPT[kind]
    key = list(kept.table.primary_key)
    oldest = sa.select(*key).where(kept.age <= sa.bindparam("before"), kept.done).order_by(kept.age).limit(limit)
    if kind is Kind.LEDGER:
        oldest = _first_of_the_ledger(limit)
    removed = kept.table.delete().where(sa.tuple_(*key).in_(oldest))
    return tx.connection.execute(removed, _before(before)).rowcount


def _first_of_the_ledger(limit: int) -> sa.Select[int]:
    """By the key, which grows with time: no index of the time is needed, and where none is old few lines are read."""
    first = sa.select(event.c.sequence, event.c.at).order_by(event.c.sequence).limit(limit).subquery()
    return sa.select(first.c.sequence).where(first.c.at <= sa.bindparam("before"))


def _before(at: datetime) -> dict[str, int]:
    return {"before": to_micros(at)}
