"""What the doctor asks the database."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from daybook.documents.documents import Document
from daybook.kernel.clock import from_micros
from daybook.lanes import Lane
from daybook.notifications.inbound.status import Source
from daybook.store.documents import Documents
from daybook.store.opening import SQLITE
from daybook.store.schema import (
    application,
    authorisation,
    document,
    lane,
    seller,
    seller_marketplace,
)
from daybook.store.schema_inbound import followed_report
from daybook.store.store import Store
from daybook.store.transaction import Transaction


class Troubled(NamedTuple):
    """A lane whose steps keep failing."""

    lane: Lane
    failures: int


class Late(NamedTuple):
    """How many lanes are due for longer than they should be, and for how many seconds the first of them is."""

    lanes: int
    seconds: float


class Unended(NamedTuple):
    """How many reports of a seller at a marketplace are to be looked at there, and since when the first is followed."""

    seller_id: str
    source: Source
    reports: int
    since: datetime


class Lanes(NamedTuple):
    """Of one kind: how many are due, late and held, and for how many seconds the first is due."""

    kind: str
    due: int
    late: int
    held: int
    oldest: float


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for a database on a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def broken_pages(store: Store) -> list[str]:
    """What SQLite finds wrong with its file, a sentence each; reads all of it."""
    with store.reading() as tx:
        found = tx.connection.exec_driver_sql("PRAGMA quick_check(10)").scalars()
        return [sentence for sentence in found if sentence != "ok"]


def clock_ahead(store: Store) -> float:
    """By how many seconds the database's clock is ahead of this machine's; 0 where they are one."""
    with store.reading() as tx:
        if tx.dialect == "sqlite":
            return 0.0
        there: datetime = tx.connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return (there - store.clock()).total_seconds()


def connections_left(store: Store) -> int | None:
    """How many connections PostgreSQL lets an ordinary role have, with all others; None on SQLite."""
    with store.reading() as tx:
        if tx.dialect == "sqlite":
            return None
        most, kept, kept_besides = (
            int(tx.connection.exec_driver_sql(f"SELECT coalesce(current_setting('{name}', true), '0')").scalar_one())
            for name in ("max_connections", "superuser_reserved_connections", "reserved_connections")
        )
        return most - kept - kept_besides


def sellers_without_marketplaces(tx: Transaction) -> list[str]:
    """Sellers that nobody can ask a report for."""
    sold_on = sa.exists().where(seller_marketplace.c.seller_id == seller.c.seller_id)
    return list(tx.connection.execute(sa.select(seller.c.seller_id).where(~sold_on)).scalars())


def applications_without_authorisations(tx: Transaction) -> list[str]:
    """Names of applications of the scope seller that no seller has authorised."""
    live = sa.exists().where(authorisation.c.client_id == application.c.client_id, authorisation.c.revoked_at.is_(None))
    unused = sa.select(application.c.name).where(
        application.c.scope == "seller", application.c.revoked_at.is_(None), ~live
    )
    return list(tx.connection.execute(unused.order_by(application.c.name)).scalars())


def troubled_lanes(tx: Transaction, limit: int) -> list[Troubled]:
    """The lanes that failed most often in a row."""
    failing = sa.select(lane.c.kind, lane.c.key, lane.c.failures).where(lane.c.failures > 0)
    rows = tx.connection.execute(failing.order_by(lane.c.failures.desc(), lane.c.kind, lane.c.key).limit(limit))
    return [Troubled(Lane(row.kind, row.key), row.failures) for row in rows]


def late_lanes(tx: Transaction, seconds: float) -> Late:
    """Lanes that are due for longer than so many seconds, and nobody has taken."""
    late = _seconds_since(tx, lane.c.due_at)
    counting = sa.select(sa.func.count(), sa.func.max(late)).where(lane.c.worker.is_(None), late > seconds)
    count, longest = tx.connection.execute(counting).one()
    return Late(count, float(longest or 0.0))


def lapsed_lanes(tx: Transaction, seconds: float) -> Late:
    """Lanes whose worker should have renewed its lease so many seconds ago, and nobody has freed."""
    lapsed = _seconds_since(tx, lane.c.lease_until)
    counting = sa.select(sa.func.count(), sa.func.max(lapsed)).where(lane.c.worker.is_not(None), lapsed > seconds)
    count, longest = tx.connection.execute(counting).one()
    return Late(count, float(longest or 0.0))


def lanes_by_kind(tx: Transaction, late: float) -> list[Lanes]:
    """How it is with the lanes of each kind; those are late that are due for longer than so many seconds."""
    age, free = _seconds_since(tx, lane.c.due_at), lane.c.worker.is_(None)

    def count(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((which, 1)))

    due = sa.and_(free, age >= 0)
    figures = count(due), count(sa.and_(free, age > late)), count(~free), sa.func.max(sa.case((due, age)))
    rows = tx.connection.execute(sa.select(lane.c.kind, *figures).group_by(lane.c.kind).order_by(lane.c.kind))
    return [Lanes(kind, due, late, held, float(oldest or 0.0)) for kind, due, late, held, oldest in rows]


def unended_reports(tx: Transaction) -> list[Unended]:
    """The followed reports that are to be looked at, counted for each seller and marketplace."""
    of = followed_report.c.seller_id, followed_report.c.source
    counts = sa.select(*of, sa.func.count(), sa.func.min(followed_report.c.created_at))
    rows = tx.connection.execute(counts.where(followed_report.c.next_look_at.is_not(None)).group_by(*of).order_by(*of))
    return [Unended(seller_id, Source(source), count, from_micros(since)) for seller_id, source, count, since in rows]


def newest_documents(tx: Transaction, limit: int) -> list[Document]:
    """The documents that expire last."""
    found = sa.select(document.c.seller_id, document.c.document_id).order_by(document.c.expires_at.desc()).limit(limit)
    return [one for row in tx.connection.execute(found) if (one := _document(tx, row))]


def _document(tx: Documents, row: Any) -> Document | None:
    return tx.document(row.seller_id, row.document_id)


def _seconds_since(tx: Transaction, at: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """By the clock that the lanes' times are of."""
    if tx.dialect == "postgresql":
        return sa.extract("epoch", sa.func.now() - at)
    return sa.bindparam(None, tx.now.timestamp(), sa.Double) - at
