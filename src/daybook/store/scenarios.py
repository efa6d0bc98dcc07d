"""Scenarios' rows, and what scenarios ask of the reports' rows."""

from datetime import datetime

import sqlalchemy as sa

from daybook.kernel.clock import from_micros, to_micros
from daybook.reports.reports import Report
from daybook.reports.scenarios.putting import PutScenario
from daybook.store.rows import Rows, instant, object_of, object_text
from daybook.store.schema import lane, report, scenario, scenario_count, seller

_EDITION = sa.select(sa.func.coalesce(sa.func.max(scenario.c.edition), 0))
_KEY = ("seller_id", "report_type")


class Scenarios(Rows):
    """Puts, removes and counts."""

    def scenarios_edition(self) -> int:
        """By the index of the editions, which are all different."""
        return int(self.connection.execute(_EDITION).scalar_one())

    def scenarios(self) -> list[PutScenario]:
        statement = sa.select(scenario).where(scenario.c.content.is_not(None))
        return [_put(row) for row in self._all(statement.order_by(scenario.c.seller_id, scenario.c.report_type))]

    def put_scenario(self, put: PutScenario) -> PutScenario:
        return self._changed_scenario(put, object_text(put.content))

    def remove_scenario(self, seller_id: str, report_type: str, now: datetime, actor: str) -> bool:
        same = sa.and_(scenario.c.seller_id == seller_id, scenario.c.report_type == report_type)
        if self._one(sa.select(scenario).where(same, scenario.c.content.is_not(None))) is None:
            return False
        self._changed_scenario(PutScenario(seller_id, report_type, {}, now, actor), None)
        return True

    def _changed_scenario(self, put: PutScenario, content: str | None) -> PutScenario:
        edition = self.scenarios_edition() + 1
        values = {"content": content, "edition": edition, "put_at": to_micros(put.put_at), "put_by": put.put_by}
        self._forget_counts(put)
        self._put(scenario, {"seller_id": put.seller_id, "report_type": put.report_type, **values}, _KEY)
        return PutScenario(put.seller_id, put.report_type, put.content, put.put_at, put.put_by, edition)

    def _forget_counts(self, put: PutScenario) -> None:
        """What was counted for the edition that ends."""
        same = sa.and_(scenario.c.seller_id == put.seller_id, scenario.c.report_type == put.report_type)
        old = sa.select(sa.cast(scenario.c.edition, sa.Text)).where(same)
        self.connection.execute(scenario_count.delete().where(scenario_count.c.edition.in_(old)))

    def count_scenario(self, edition: str, seller_id: str, subject: str) -> int:
        key = {"edition": edition, "seller_id": seller_id, "subject": subject}
        counted = (
            self._insert(scenario_count)
            .values(**key, count=1)
            .on_conflict_do_update(index_elements=list(key), set_={"count": scenario_count.c.count + 1})
            .returning(scenario_count.c.count)
        )
        return int(self.connection.execute(counted).scalar_one())

    def lock_seller(self, seller_id: str) -> None:
        """On SQLite, where writers take turns, it locks nothing; beside foreign keys it stands in nobody's way."""
        statement = sa.select(seller.c.seller_id).where(seller.c.seller_id == seller_id)
        self.connection.execute(statement.with_for_update(key_share=True))

    def reports_made(self, seller_id: str, report_type: str, since: datetime, before: Report | None = None) -> int:
        """By the index report_page, of which each type is one stretch."""
        made = [
            report.c.seller_id == seller_id,
            report.c.report_type == report_type,
            report.c.created_at >= to_micros(since),
        ]
        if before is not None:
            earlier = sa.tuple_(report.c.created_at, report.c.report_id) < (
                to_micros(before.created_at),
                before.report_id,
            )
            made.append(earlier)
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(report).where(*made)).scalar_one())

    def last_made_by(self, client_id: str, seller_id: str, report_type: str) -> datetime | None:
        """When the application last asked for a report of the type; by the index report_page."""
        statement = sa.select(sa.func.max(report.c.created_at)).where(
            report.c.seller_id == seller_id, report.c.report_type == report_type, report.c.client_id == client_id
        )
        return instant(self.connection.execute(statement).scalar_one())

    def lanes_that_wait(self, kind: str) -> list[str]:
        """The keys of the kind's lanes that nobody holds and that have a time to wait for."""
        statement = sa.select(lane.c.key).where(
            lane.c.kind == kind, lane.c.worker.is_(None), lane.c.due_at.is_not(None)
        )
        return list(self.connection.execute(statement).scalars())


def _put(row: sa.Row[tuple[object, ...]]) -> PutScenario:
    return PutScenario(
        row.seller_id, row.report_type, object_of(row.content), from_micros(row.put_at), row.put_by, row.edition
    )
