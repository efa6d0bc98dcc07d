"""Report schedules' rows."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import from_micros, to_micros
from daybook.reports.periods import Period
from daybook.reports.schedules import Schedule
from daybook.store.rows import Rows, ids_of, ids_text, instant, object_of, object_text
from daybook.store.schema import report_schedule

_LIVE = report_schedule.c.cancelled_at.is_(None)


class Schedules(Rows):
    """Adds, finds, advances and cancels schedules."""

    def add_schedule(self, schedule: Schedule) -> None:
        self.connection.execute(report_schedule.insert(), _columns(schedule))

    def schedule(self, seller_id: str, schedule_id: str) -> Schedule | None:
        row = self._one(sa.select(report_schedule).where(_is(seller_id, schedule_id)))
        return None if row is None else _schedule(row)

    def schedules(self, seller_id: str, report_types: tuple[str, ...]) -> list[Schedule]:
        statement = (
            sa.select(report_schedule)
            .where(report_schedule.c.seller_id == seller_id, report_schedule.c.report_type.in_(report_types), _LIVE)
            .order_by(report_schedule.c.created_at, report_schedule.c.schedule_id)
        )
        return [_schedule(row) for row in self._all(statement)]

    def schedule_in_place_of(self, schedule: Schedule) -> Schedule | None:
        """By the index report_schedule_live."""
        statement = sa.select(report_schedule).where(
            report_schedule.c.seller_id == schedule.seller_id,
            report_schedule.c.schedule_group == schedule.schedule_group,
            report_schedule.c.marketplace_set == _set_text(schedule.marketplace_ids),
            _LIVE,
        )
        row = self._one(statement)
        return None if row is None else _schedule(row)

    def cancel_schedule(self, seller_id: str, schedule_id: str, now: datetime) -> bool:
        statement = report_schedule.update().where(_is(seller_id, schedule_id), _LIVE)
        return self._changed(statement.values(cancelled_at=to_micros(now))) == 1

    def schedules_due(self, seller_id: str, now: datetime, limit: int) -> list[Schedule]:
        """By the index report_schedule_due."""
        statement = (
            sa.select(report_schedule)
            .where(report_schedule.c.seller_id == seller_id, report_schedule.c.next_at <= to_micros(now), _LIVE)
            .order_by(report_schedule.c.next_at)
            .limit(limit)
        )
        return [_schedule(row) for row in self._all(statement)]

    def move_schedule(self, schedule: Schedule, next_at: datetime, covered_until: datetime) -> bool:
        statement = (
            report_schedule.update()
            .where(_is(schedule.seller_id, schedule.schedule_id), _LIVE)
            .where(report_schedule.c.next_at == to_micros(schedule.next_at))
            .values(next_at=to_micros(next_at), covered_until=to_micros(covered_until))
        )
        return self._changed(statement) == 1

    def schedule_next_due(self, seller_id: str) -> datetime | None:
        statement = sa.select(sa.func.min(report_schedule.c.next_at)).where(
            report_schedule.c.seller_id == seller_id, _LIVE
        )
        return instant(self.connection.execute(statement).scalar_one())


def _is(seller_id: str, schedule_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(report_schedule.c.seller_id == seller_id, report_schedule.c.schedule_id == schedule_id)


def _set_text(marketplace_ids: tuple[str, ...]) -> str:
    """Equal for the same marketplaces in any order."""
    return ids_text(sorted(set(marketplace_ids)))


def _columns(schedule: Schedule) -> dict[str, object]:
    return {
        "seller_id": schedule.seller_id,
        "schedule_id": schedule.schedule_id,
        "report_type": schedule.report_type,
        "schedule_group": schedule.schedule_group,
        "marketplace_ids": ids_text(schedule.marketplace_ids),
        "marketplace_set": _set_text(schedule.marketplace_ids),
        "options": object_text(schedule.options),
        "period": schedule.period.value,
        "anchor_at": to_micros(schedule.anchor_at),
        "next_at": to_micros(schedule.next_at),
        "covered_until": to_micros(schedule.covered_until),
        "client_id": schedule.client_id,
        "created_at": to_micros(schedule.created_at),
    }


def _schedule(row: sa.Row[Any]) -> Schedule:
    return Schedule(
        seller_id=row.seller_id,
        schedule_id=row.schedule_id,
        report_type=row.report_type,
        schedule_group=row.schedule_group,
        marketplace_ids=ids_of(row.marketplace_ids),
        options=object_of(row.options),
        period=Period(row.period),
        anchor_at=from_micros(row.anchor_at),
        next_at=from_micros(row.next_at),
        covered_until=from_micros(row.covered_until),
        created_at=from_micros(row.created_at),
        client_id=row.client_id,
        cancelled_at=instant(row.cancelled_at),
    )
