"""Report requests' rows."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import from_micros, to_micros
from daybook.reports.pages import Filters, Position
from daybook.reports.reports import Report
from daybook.reports.status import Outcome, Status
from daybook.store.rows import Hot, Rows, ids_of, ids_text, instant, micros, object_text
from daybook.store.schema import report, seller_marketplace

_COLUMNS = (
    "seller_id", "report_id", "report_type", "status", "marketplace_ids", "options", "data_start", "data_end",
    "created_at", "client_id", "schedule_id", "started_at", "finished_at", "outcome", "evidence", "document_id",
    "attempts",
)  # fmt: skip
_SELECT = sa.select(*(report.c[name] for name in _COLUMNS))

# A report by its key: every poll of every client.
_BY_KEY = Hot(_SELECT.where(report.c.seller_id == bindparam("seller_id"), report.c.report_id == bindparam("report_id")))

# One type and one status, newest first from behind a position: each branch reads no more rows than a page holds,
# because its order is the suffix of the index report_page. A page merges the branches of its types and statuses.
_BRANCH = """SELECT * FROM (SELECT {columns} FROM report
    WHERE seller_id = {p}seller_id{q} AND report_type = {p}type{t}{q} AND status = {p}status{s}{q}
      AND created_at >= {p}since{q} AND (created_at, report_id) < ({p}before{q}, {p}before_id{q}){marketplaces}
    ORDER BY created_at DESC, report_id DESC LIMIT {p}most{q}) AS branch_{t}_{s}"""

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

    def move_report(self, moved: Report, from_status: Status, /, **changes: Any) -> bool:
        statement = (
            report.update()
            .where(report.c.seller_id == moved.seller_id, report.c.report_id == moved.report_id)
            .where(report.c.status == from_status.value)
            .values({name: _stored(value) for name, value in changes.items()})
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

    def report_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Report]:
        statement, values = _page(self.dialect, seller_id, filters, after)
        return [_report(row) for row in self.driver.execute(statement, values).fetchall()]

    def remove_reports(self, created_before: datetime, limit: int) -> int:
        """Removes a slice of reports that have ended and are no longer served."""
        old = (
            sa.select(report.c.seller_id, report.c.report_id)
            .where(report.c.created_at < to_micros(created_before), report.c.finished_at.is_not(None))
            .limit(limit)
        )
        key = sa.tuple_(report.c.seller_id, report.c.report_id)
        return self._changed(report.delete().where(key.in_(old)))


def _of_type(seller_id: str, report_type: str, status: Status) -> sa.Select[Any]:
    return _SELECT.where(
        report.c.seller_id == seller_id, report.c.report_type == report_type, report.c.status == status.value
    )


def _page(dialect: str, seller_id: str, filters: Filters, after: Position | None) -> tuple[str, dict[str, object]]:
    """The statement of a page, and its values.

    The text depends on the counts of the filters alone, never on their content.
    """
    in_sqlite = {"p": ":", "q": "", "place": "instr"}
    mark = in_sqlite if dialect == "sqlite" else {"p": "%(", "q": ")s", "place": "strpos"}
    statuses = filters.statuses or tuple(Status)
    # Without a position: before the next microsecond, which is up to and including the last one asked for.
    before = (to_micros(after.created_at), after.report_id) if after else (to_micros(filters.created_until) + 1, "")
    values: dict[str, object] = {
        "seller_id": seller_id,
        "since": to_micros(filters.created_since),
        "before": before[0],
        "before_id": before[1],
        "most": filters.page_size + 1,
    }
    values |= {f"type{n}": name for n, name in enumerate(dict.fromkeys(filters.report_types))}
    values |= {f"status{n}": status.value for n, status in enumerate(dict.fromkeys(statuses))}
    values |= {f"marketplace{n}": f",{name}," for n, name in enumerate(filters.marketplace_ids)}
    branches = [
        _BRANCH.format(columns=", ".join(_COLUMNS), t=t, s=s, marketplaces=_any_marketplace(filters, mark), **mark)
        for t in range(sum(name.startswith("type") for name in values))
        for s in range(sum(name.startswith("status") for name in values))
    ]
    union = "\nUNION ALL\n".join(branches)
    return f"{union}\nORDER BY created_at DESC, report_id DESC LIMIT {mark['p']}most{mark['q']}", values


def _any_marketplace(filters: Filters, mark: dict[str, str]) -> str:
    # Not LIKE: SQLite's takes a letter for its capital.
    found = [
        f"{mark['place']}(marketplace_ids, {mark['p']}marketplace{n}{mark['q']}) > 0"
        for n in range(len(filters.marketplace_ids))
    ]
    return f" AND ({' OR '.join(found)})" if found else ""


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return to_micros(value)
    return value.value if isinstance(value, Enum) else value


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


def _report(row: Sequence[Any]) -> Report:
    """A report from the columns in the order of _COLUMNS."""
    return Report(
        row[0], row[1], row[2], _STATUSES[row[3]], ids_of(row[4]), json.loads(row[5]) if row[5] != "{}" else {},
        from_micros(row[6]), from_micros(row[7]), from_micros(row[8]), row[9], row[10], instant(row[11]),
        instant(row[12]), Outcome(row[13]) if row[13] else None, row[14], row[15], row[16],
    )  # fmt: skip
