"""Batches of the data folder: the rooms' own verbs, on the database itself, whether a server runs or not."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from daybook.accounts.sellers import find_seller
from daybook.cli.batches.places import Reading, Told
from daybook.cli.call import Call, worker_name
from daybook.cli.opened import opened
from daybook.kernel.errors import Misconfigured
from daybook.kernel.zips import zipped
from daybook.operations import as_json, guards, report
from daybook.operations.actions import Asked, Means, act
from daybook.operations.batches import find_batch
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.hashed import Hashed
from daybook.operations.files.reading import read_rows
from daybook.operations.guards import Guard
from daybook.operations.report import SLICE, ReportFormat
from daybook.operations.status import BatchStatus
from daybook.operations.submitting import Submission, submit, try_out
from daybook.operations.support_packs import files_of
from daybook.operations.watching import default_plans, explain
from daybook.operations.zones import zone_named

if TYPE_CHECKING:
    from daybook.app import App

OPERATOR = "operator"


class DataFolder:
    """One seller's batches, here."""

    def __init__(self, call: Call, app: "App", seller_id: str) -> None:
        self._call = call
        self._app = app
        self._seller_id = seller_id

    @property
    def words(self) -> str:
        return f"--seller {self._seller_id}"

    def submit(self, reading: Reading) -> Told:
        app = self._app
        seller = app.store.read(lambda tx: find_seller(tx, self._seller_id))
        defaults = Defaults(reading.kind, reading.marketplace_id, reading.decimal)
        with opened(reading.file, self._call.screen, "Reading") as stream:
            hashed = Hashed(stream)
            name = reading.file.name
            rows = read_rows(hashed.stream(), name=name, format=reading.format, encoding=reading.encoding)
            drafts = drafts_of(rows, seller.marketplace_ids, defaults)
            submission = Submission(self._seller_id, name, OPERATOR, reading.key, reading.start, digest=hashed.digest)
            if reading.dry_run:
                return as_json.submitted(try_out(app.store.do, submission, drafts))
            return as_json.submitted(submit(app.store.do, app.ids, submission, drafts))

    def newest(self, statuses: Sequence[str], limit: int) -> list[Told]:
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            found = tx.batches_page(self._seller_id, [BatchStatus(word) for word in statuses], "", limit)
            return [as_json.batch(one, tx.counts_of(one.number)) for one in found]

    def show(self, batch_id: str) -> Told:
        with self._app.store.reading() as tx:
            batch = find_batch(tx, self._seller_id, batch_id)
            outlook = explain(tx, tx.now, batch, default_plans())
            return as_json.batch(batch, tx.counts_of(batch.number)) | {"outlook": as_json.outlook(outlook)}

    @contextmanager
    def working(self) -> Iterator[None]:
        from daybook.app import working  # noqa: PLC0415  it is there once the app is open

        with ExitStack() as stack:
            if self._app.settings.embedded:
                with suppress(Misconfigured):  # another process does the work
                    stack.enter_context(working(self._app, worker_name()))
            yield

    def steer(
        self, batch_id: str, action: str, *, force: bool = False, dry_run: bool = False, key: str | None = None
    ) -> Told:
        asked = Asked(self._seller_id, batch_id, OPERATOR, force, dry_run, key)
        done = act(action, Means(self._app.store.do, self._app.store.read, self._app.ids), asked)
        told: Told = {"moved": done.moved, "left": done.left}
        return told if done.made is None else told | {"batch": as_json.submitted(done.made)}

    def guards(self) -> list[Told]:
        with self._app.store.reading() as tx:
            find_seller(tx, self._seller_id)
            return as_json.guards(tx.guards_of(self._seller_id))

    def put_guard(self, guard: Guard) -> list[Told]:
        self._app.store.do(lambda tx: find_seller(tx, self._seller_id))
        self._app.store.do(lambda tx: guards.set_guard(tx, tx.now, self._seller_id, guard, OPERATOR))
        return self.guards()

    def remove_guard(self, currency: str) -> list[Told]:
        self._app.store.do(lambda tx: guards.remove_guard(tx, tx.now, self._seller_id, currency, OPERATOR))
        return self.guards()

    def stop(self) -> bool:
        self._app.store.do(lambda tx: find_seller(tx, self._seller_id))
        return self._app.store.do(lambda tx: guards.stop(tx, tx.now, self._seller_id, OPERATOR))

    def go(self) -> bool:
        return self._app.store.do(lambda tx: guards.resume(tx, tx.now, self._seller_id, OPERATOR))

    def report(self, batch_id: str, kind: ReportFormat, zone: str, *, failed: bool) -> Iterator[bytes]:
        store, statuses = self._app.store, report.failed_statuses() if failed else ()
        batch = store.read(lambda tx: find_batch(tx, self._seller_id, batch_id))

        def read(after: int) -> Any:
            return store.read(lambda tx: tx.report_lines(batch, after, SLICE, statuses))

        return report.pieces(batch, read, kind, zone_named(zone), failed=failed)

    def support_pack(self, batch_id: str) -> bytes:
        with self._app.store.reading() as tx:
            batch = find_batch(tx, self._seller_id, batch_id)
            return zipped(files_of(tx, tx.now, batch, default_plans()), tx.now)
