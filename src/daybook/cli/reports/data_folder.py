"""Reports of the data folder: the rooms' own verbs, on the database itself, whether a server runs or not."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daybook.accounts.sellers import find_seller
from daybook.api.explained_reports import all_of
from daybook.api.support_packs import known_files
from daybook.cli.call import Call, worker_name
from daybook.cli.options import first_of
from daybook.cli.reports import downloading
from daybook.cli.reports.places import Asked, Sight, Told, Written
from daybook.client.requests.endings import MOST_OF_AN_EXPLANATION, explained
from daybook.kernel.errors import Misconfigured, NotFound, Unavailable
from daybook.kernel.zips import zipped
from daybook.reports import as_json, pages, reports
from daybook.reports.admitting import warnings_in
from daybook.reports.reports import Ask, Report
from daybook.reports.scenarios.rules import rules_for
from daybook.reports.status import ENDED, Status
from daybook.reports.waiting import explain
from daybook.store.overview import report_types_of

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.store.transaction import Transaction

LOOK_EVERY = 0.2
_TYPES_IN_A_PAGE = 50
_OPERATOR = "operator"


class DataFolder:
    """One seller's reports, here."""

    def __init__(self, call: Call, app: "App", seller_id: str) -> None:
        self._call = call
        self._app = app
        self._seller_id = seller_id

    @property
    def words(self) -> str:
        return f"--seller {self._seller_id}"

    def request(self, asked: Asked) -> Told:
        app = self._app
        with app.store.reading() as tx:
            sold_on = find_seller(tx, self._seller_id).marketplace_ids
        wanted = asked.marketplace_ids or sold_on
        ask = Ask(self._seller_id, asked.report_type, wanted, asked.options, asked.start, asked.end)
        made = app.store.do(lambda tx: reports.request(tx, tx.now, app.ids, app.types, ask))
        with app.store.reading() as tx:
            history = tx.events_of(made.seller_id, reports.SUBJECT, made.report_id)
        first = [] if asked.marketplace_ids else first_of(app.types, made.report_type, made.marketplace_ids)
        return as_json.report(made) | {"warnings": [*warnings_in(history), *first]}

    def newest(self, report_types: Sequence[str], statuses: Sequence[str], limit: int) -> list[Told]:
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            named = tuple(self._app.types.find(name).name for name in report_types)
            names = named or report_types_of(tx, self._seller_id)
            found = self._newest(tx, names, tuple(Status(word) for word in statuses), limit)
        return [as_json.report(one) for one in found]

    def _newest(
        self, tx: "Transaction", names: tuple[str, ...], statuses: tuple[Status, ...], limit: int
    ) -> list[Report]:
        """The newest reports of any number of types: each page looks at a part of them."""
        since = tx.now - reports.RETENTION
        filters = pages.Filters((), statuses, (), since, tx.now + timedelta(seconds=1), limit)
        found: list[Report] = []
        for first in range(0, len(names), _TYPES_IN_A_PAGE):
            some = replace(filters, report_types=names[first : first + _TYPES_IN_A_PAGE])
            found += tx.report_page(self._seller_id, some, None)
        return sorted(found, key=lambda one: (one.created_at, one.report_id), reverse=True)[:limit]

    def show(self, report_id: str) -> Told:
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            found = all_of(tx, self._app.scenarios.fresh(tx), self._seller_id, report_id)
        return as_json.explained(found.report, found.document, found.why, found.history)

    def wait(self, report_id: str, seconds: float, tell: Callable[[Sight], None]) -> Told:
        """On the embedded database this process does the work meanwhile, if no other does."""
        last_look = time.monotonic() + seconds
        report = self._find(report_id)
        with self._working():
            while True:
                report, sight = self._look(report.report_id)
                left = last_look - time.monotonic()
                if report.status in ENDED or left <= 0:
                    return as_json.report(report) | {"explanation": self._explanation(report)}
                tell(sight)
                time.sleep(min(LOOK_EVERY, left))

    def _look(self, report_id: str) -> tuple[Report, Sight]:
        with self._app.store.reading() as tx:
            report = reports.find(tx, tx.now, self._seller_id, report_id)
            practice = rules_for(tx, self._app.scenarios.fresh(tx), report.seller_id, report.report_type)
            why = explain(tx, tx.now, report, practice)
        usual = why.in_all if why else None
        p50, p95 = (usual.p50, usual.p95) if usual else (None, None)
        waited, sentence = (why.waited, why.sentence) if why else (0.0, "")
        return report, Sight(report_id, report.status, waited, p50, p95, sentence)

    @contextmanager
    def _working(self) -> Iterator[None]:
        from daybook.app import working  # noqa: PLC0415  it is there once the app is open

        with ExitStack() as stack:
            if self._app.settings.embedded:
                with suppress(Misconfigured):  # another process does the work
                    stack.enter_context(working(self._app, worker_name()))
            yield

    def _explanation(self, report: Report) -> str | None:
        if report.status is not Status.FATAL or report.document_id is None:
            return None
        try:
            return explained(downloading.beginning(self._app, report, MOST_OF_AN_EXPLANATION))
        except (NotFound, Unavailable) as error:
            return f"Its document cannot be read: {error}"

    def cancel(self, report_id: str) -> Told:
        cancelled = self._app.store.do(lambda tx: reports.cancel(tx, tx.now, self._seller_id, report_id, _OPERATOR))
        return as_json.report(cancelled)

    def download(self, report_id: str, output: Path, *, raw: bool) -> Written:
        report = self._find(report_id)
        if report.document_id is None:
            raise NotFound(f"Report {report_id} has no document.", f"It is {report.status}.")
        return downloading.download(self._app, report, output, raw=raw)

    def support_pack(self, report_id: str) -> bytes:
        settings = msgspec.to_builtins(self._app.settings, enc_hook=str)
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            scenarios = self._app.scenarios.current(tx)
            return zipped(known_files(tx, scenarios, self._seller_id, report_id, settings), tx.now)

    def _find(self, report_id: str) -> Report:
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            return reports.find(tx, tx.now, self._seller_id, report_id)
