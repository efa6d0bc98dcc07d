"""Followed reports' rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.kernel.clock import to_micros
from daybook.notifications.inbound.followed_reports import FollowedReport
from daybook.notifications.inbound.status import FollowedStatus, Source
from daybook.store.rows import Hot, Rows, instant, stored
from daybook.store.schema_inbound import followed_report

_NAMES = tuple(FollowedReport.__dataclass_fields__)
_INSTANTS = ("asked_at", "created_at", "looked_at", "next_look_at", "hinted_at", "ended_at")
_KEY = ("seller_id", "source", "report_id")
_SELECT = sa.select(*(followed_report.c[name] for name in _NAMES))
_LANE = sa.and_(followed_report.c.seller_id == bindparam("seller_id"), followed_report.c.source == bindparam("source"))
# Of every notification about a report.
_BY_KEY = Hot(_SELECT.where(_LANE, followed_report.c.report_id == bindparam("report_id")))
_NEXT_DUE = Hot(
    sa.select(sa.func.min(followed_report.c.next_look_at)).where(_LANE, followed_report.c.next_look_at.is_not(None))
)


class FollowedReports(Rows):
    """Adds, finds and changes followed reports."""

    def add_followed_report(self, added: FollowedReport) -> bool:
        values = stored({name: getattr(added, name) for name in _NAMES})
        unless = self._insert(followed_report).values(values).on_conflict_do_nothing(index_elements=list(_KEY))
        return self.connection.execute(unless.returning(followed_report.c.report_id)).first() is not None

    def followed_report(self, seller_id: str, source: Source, report_id: str) -> FollowedReport | None:
        row = self._hot(_BY_KEY, {"seller_id": seller_id, "source": source.value, "report_id": report_id})
        return None if row is None else _report(row)

    def followed_report_page(
        self, seller_id: str, status: FollowedStatus | None, before: tuple[datetime, str] | None, limit: int
    ) -> list[FollowedReport]:
        """By the index followed_report_page, or followed_report_of_status."""
        order = followed_report.c.created_at, followed_report.c.report_id
        where = [followed_report.c.seller_id == seller_id]
        where += [followed_report.c.status == status.value] if status else []
        where += [sa.tuple_(*order) < (to_micros(before[0]), before[1])] if before else []
        found = _SELECT.where(*where).order_by(*(column.desc() for column in order)).limit(limit)
        return [_report(row) for row in self._all(found)]

    def followed_reports_due(self, seller_id: str, source: Source, now: datetime, limit: int) -> list[FollowedReport]:
        """By the index followed_report_due."""
        due = _SELECT.where(_LANE, followed_report.c.next_look_at <= to_micros(now))
        first = due.order_by(followed_report.c.next_look_at).limit(limit)
        rows = self.connection.execute(first, {"seller_id": seller_id, "source": source.value})
        return [_report(row) for row in rows]

    def followed_reports_next_due(self, seller_id: str, source: Source) -> datetime | None:
        """By the index followed_report_due."""
        row = self._hot(_NEXT_DUE, {"seller_id": seller_id, "source": source.value})
        return None if row is None else instant(row[0])

    def change_followed_report(self, read: FollowedReport, /, **changes: Any) -> bool:
        same = [followed_report.c[name] == value for name, value in _key(read).items()]
        same += [followed_report.c.status == read.status.value, followed_report.c.version == read.version]
        changed = stored(changes) | {"version": read.version + 1}
        return self._changed(followed_report.update().where(*same).values(changed)) == 1


def _key(report: FollowedReport) -> dict[str, Any]:
    return stored({name: getattr(report, name) for name in _KEY})


def _report(row: Sequence[Any]) -> FollowedReport:
    fields = dict(zip(_NAMES, row, strict=True))
    words = {"source": Source(fields["source"]), "status": FollowedStatus(fields["status"])}
    return FollowedReport(**fields | words | {name: instant(fields[name]) for name in _INSTANTS})
