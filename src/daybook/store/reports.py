"""Report requests' rows."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import from_micros, to_micros
from daybook.reports.pages import Filters, Position
from daybook.reports.reports import Polled, Report
from daybook.reports.status import Outcome, Status
from daybook.store.pages import page_statement
from daybook.store.rows import Hot, Rows, ids_of, ids_text, instant, micros, object_text, stored
from daybook.store.schema import report, seller_marketplace

_COLUMNS = (
    "seller_id", "report_id", "report_type", "status", "marketplace_ids", "options", "data_start", "data_end",
    "created_at", "client_id", "schedule_id", "started_at", "finished_at", "outcome", "evidence", "document_id",
    "attempts",
)  # fmt: skip
_SELECT = sa.select(*(report.c[name] for name in _COLUMNS))

# A report by its key; and what every poll of every client is told of it.
_KEY = report.c.seller_id == bindparam("seller_id"), report.c.report_id == bindparam("report_id")
_BY_KEY = Hot(_SELECT.where(*_KEY))
_POLLED = Hot(sa.select(*(report.c[name] for name in Polled._fields)).where(*_KEY))

_STATUSES = {status.value: status for status in Status}  # a call of the enumeration costs five times as much


class Reports(Rows):
    """Adds, finds, moves and lists reports."""

    def seller_marketplaces(self, seller_id: str) -> tuple[str, ...]:
        statement = sa.select(seller_marketplace.c.marketplace_id).where(seller_marketplace.c.seller_id == seller_id)
        return tuple(sorted(self.connection.execute(statement).scalars()))

    def add_report(self, asked: Report) -> None:
        self.connection.execute(report.insert(), _columns(asked))

    def report(self, seller_id: str, report_id: str) -> Report | None:
        row = self._hot(_BY_KEY, {"seller_id": seller_id, "report_id": report_id})
        return None if row is None else _report(row)

    def report_polled(self, seller_id: str, report_id: str) -> Polled | None:
        row = self._hot(_POLLED, {"seller_id": seller_id, "report_id": report_id})
        return None if row is None else _polled(row)

    def move_report(self, moved: Report, from_status: Status, /, **changes: Any) -> bool:
        statement = (
            report.update()
            .where(report.c.seller_id == moved.seller_id, report.c.report_id == moved.report_id)
            .where(report.c.status == from_status.value)
            .values(stored(changes))
        )
        return self._changed(statement) == 1

    def report_in_progress(self, seller_id: str, report_type: str) -> Report | None:
        """By the index report_one_in_progress."""
        row = self._one(_of_type(seller_id, report_type, Status.IN_PROGRESS))
        return None if row is None else _report(row)

    def report_next_in_queue(self, seller_id: str, report_type: str) -> Report | None:
        """The one that has waited longest, by the index report_page."""
        oldest_first = _of_type(seller_id, report_type, Status.IN_QUEUE).order_by(
            report.c.created_at, report.c.report_id
        )
        row = self._one(oldest_first.limit(1))
        return None if row is None else _report(row)

    def reports_before(self, waiting: Report, /) -> int:
        """By the index report_page."""
        older = sa.tuple_(report.c.created_at, report.c.report_id) < sa.tuple_(
            sa.literal(to_micros(waiting.created_at)), sa.literal(waiting.report_id)
        )
        queued = _of_type(waiting.seller_id, waiting.report_type, Status.IN_QUEUE).where(older)
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(queued.subquery())).scalar_one())

    def reports_ended(self, seller_id: str, report_type: str, limit: int) -> list[Report]:
        """By the index report_page."""
        newest_first = _of_type(seller_id, report_type, Status.DONE).order_by(
            report.c.created_at.desc(), report.c.report_id.desc()
        )
        return [_report(row) for row in self._all(newest_first.limit(limit))]

    def reports_unended(self, before: datetime, limit: int) -> list[Report]:
        """By the index report_unended."""
        older = _SELECT.where(report.c.finished_at.is_(None), report.c.created_at < to_micros(before))
        return [_report(row) for row in self._all(older.order_by(report.c.created_at).limit(limit))]

    def report_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Report]:
        """By the index report_page, newest first: one more than a page holds, where there are more."""
        statement, values = page_statement(self.dialect, _COLUMNS, seller_id, filters, after)
        found = [_report(row) for row in self.driver.execute(statement, values).fetchall()]
        return sorted(found, key=lambda report: (report.created_at, report.report_id), reverse=True)


def _of_type(seller_id: str, report_type: str, status: Status) -> sa.Select[Any]:
    return _SELECT.where(
        report.c.seller_id == seller_id, report.c.report_type == report_type, report.c.status == status.value
    )


def _columns(asked: Report) -> dict[str, object]:
    return {
        "seller_id": asked.seller_id,
        "report_id": asked.report_id,
        "report_type": asked.report_type,
        "status": asked.status.value,
        "marketplace_ids": ids_text(asked.marketplace_ids),
        "options": object_text(asked.options),
        "data_start": to_micros(asked.data_start),
        "data_end": to_micros(asked.data_end),
        "created_at": to_micros(asked.created_at),
        "client_id": asked.client_id,
        "schedule_id": asked.schedule_id,
        "started_at": micros(asked.started_at),
        "finished_at": micros(asked.finished_at),
        "outcome": asked.outcome.value if asked.outcome else None,
        "evidence": asked.evidence,
        "document_id": asked.document_id,
        "attempts": asked.attempts,
    }


@lru_cache(maxsize=8192)  # a report is polled again and again, and mostly its row has not changed
def _polled(row: Sequence[Any]) -> Polled:
    """From the columns in the order of Polled's fields; whoever has it shares it with others."""
    return Polled(
        row[0], row[1], _STATUSES[row[2]], ids_of(row[3]), from_micros(row[4]), from_micros(row[5]),
        from_micros(row[6]), row[7], instant(row[8]), instant(row[9]), row[10],
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _report(row: Sequence[Any]) -> Report:
    """A report from the columns in the order of _COLUMNS; whoever has it shares it with others."""
    return Report(
        row[0], row[1], row[2], _STATUSES[row[3]], ids_of(row[4]), json.loads(row[5]) if row[5] != "{}" else {},
        from_micros(row[6]), from_micros(row[7]), from_micros(row[8]), row[9], row[10], instant(row[11]),
        instant(row[12]), Outcome(row[13]) if row[13] else None, row[14], row[15], row[16],
    )  # fmt: skip
