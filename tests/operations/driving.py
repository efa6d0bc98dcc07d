"""A Daybook of operations on a clock of the test's own: hours pass at once, and every lane's step is run in turn."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.kernel.ids import Ids
from daybook.lanes import WorkClass
from daybook.operations.batches import Batch, Operation, Progress, progress_of
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.reading import read_rows
from daybook.operations.status import Status
from daybook.operations.submitting import Submission, Submitted, submit
from daybook.store import schema
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.sending import Sender, operation_lanes
from tests.databases import let_pass, next_due
from tests.operations.stub import Stub

SELLER = "A1SELLER"
DE, US = MARKETPLACES["DE"], MARKETPLACES["US"]
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Book:
    """Batches are submitted, time passes, and lanes take their steps."""

    def __init__(self, url: str, stub: Stub) -> None:
        self.now = BEGIN
        # The lanes' clock on PostgreSQL goes on by itself: where only a moment is left, it would pass there alone.
        self._least = 0.001 if url.startswith("sqlite") else 0.05
        self.store: Store = open_store(url, lambda: self.now)
        self.stub = stub
        self.ids = Ids()
        self.sender_with_marketplace()
        self.add_seller(SELLER)

    def reopen(self, url: str) -> None:
        """As after a restart."""
        self.store = open_store(url, lambda: self.now)
        self.sender_with_marketplace()

    def sender_with_marketplace(self) -> None:
        self.sender = Sender(self.store, lambda seller_id: self.stub, monotonic=lambda: 0.0, jitter=lambda: 0.0)

    def sender_without_marketplace(self) -> None:
        self.sender = Sender(self.store, monotonic=lambda: 0.0, jitter=lambda: 0.0)

    def stock(self, sku: str, price: str) -> None:
        """Puts an item into the catalog."""
        row = {"seller_id": SELLER, "marketplace_id": DE, "sku": sku, "price": price, "currency": "EUR"}
        with self.store.transaction() as tx:
            more = {"status": "Active", "opened_at": 0, "updated_at": 0}
            tx.connection.execute(schema.item.insert().values(row | more))

    def add_seller(self, seller_id: str) -> None:
        with self.store.transaction() as tx:
            tx.connection.execute(schema.seller.insert().values(seller_id=seller_id, name="S", created_at=0))
            for where in (DE, US):
                row = {"seller_id": seller_id, "marketplace_id": where}
                tx.connection.execute(schema.seller_marketplace.insert().values(row))

    def submit(self, text: str | bytes, seller_id: str = SELLER, **more: object) -> Submitted:
        """A file as a batch; `kind`, `marketplace_id` and `decimal` are its defaults."""
        data = text.encode() if isinstance(text, str) else text
        said = {name: str(more.pop(name)) for name in ("kind", "marketplace_id", "decimal") if name in more}
        drafts = drafts_of(read_rows(io.BytesIO(data)), (DE, US), Defaults(**{"marketplace_id": DE, **said}))
        submission = Submission(seller_id, "file", "tester", **more)  # type: ignore[arg-type]
        return submit(self.store.do, self.ids, submission, drafts)

    def prices(self, count: int, seller_id: str = SELLER, first: int = 0, **more: object) -> Batch:
        """A batch that sets so many prices."""
        lines = "".join(f"SKU-{first + n:06d},{10 + n % 7}.50\n" for n in range(count))
        batch = self.submit("sku,price\n" + lines, seller_id, kind="set_price", **more).batch
        assert batch is not None
        return batch

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.store.engine.dialect.name == "postgresql":
            let_pass(self.store, seconds)

    def run(self, until: Callable[[], bool] | None = None, most: int = 2000) -> None:
        """Steps until nothing is due any more, or until it is so; time passes where all wait."""
        kinds = {kind.name: kind for kind in operation_lanes(self.sender) if kind.name != "watch"}
        for _ in range(most):
            if until is not None and until():
                return
            held = self.store.claim("test", WorkClass.NORMAL, list(kinds), 1, 30.0)
            if held:
                kinds[held[0].lane.kind].step(held[0])
                continue
            wait = next_due(self.store, WorkClass.NORMAL, list(kinds))
            if wait is None:
                return
            self.pass_time(max(wait, self._least))
        raise AssertionError("the lanes never came to rest")

    def watch(self) -> None:
        """One look at whether anything stands still."""
        kind = next(kind for kind in operation_lanes(self.sender) if kind.name == "watch")
        for held in self.store.claim("test", WorkClass.NORMAL, ["watch"], 16, 30.0):
            kind.step(held)

    def progress(self, batch: Batch) -> Progress:
        return progress_of(self.store.read(lambda tx: tx.counts_of(batch.number)))

    def operations(self, batch: Batch) -> list[Operation]:
        """All of them, in the order of lines, each found in its status; the counts must agree."""
        with self.store.reading() as tx:
            found = [each for status in Status for each in tx.operations_in(batch.number, status, (), 0, 1_000_000)]
            counted = progress_of(tx.counts_of(batch.number)).statuses
        assert {status: sum(each.status is status for each in found) for status in counted} == counted
        return sorted(found, key=lambda each: each.line)

    def batch(self, batch: Batch) -> Batch:
        found = self.store.read(lambda tx: tx.batch(batch.seller_id, batch.batch_id))
        assert found is not None
        return found
