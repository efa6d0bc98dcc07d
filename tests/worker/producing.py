"""What a test of production needs: producers that do what it says, reports asked for, lanes claimed, documents read."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from daybook.activity import Event
from daybook.documents.documents import Document
from daybook.documents.objects import Objects
from daybook.kernel.ids import Ids
from daybook.lanes import LEASE, Held, WorkClass
from daybook.report_types.producers import Producer
from daybook.reports.report_types import report_types
from daybook.reports.reports import PRODUCTION, SUBJECT, Ask, Report, request
from daybook.store.store import Store
from daybook.worker.production import Maker, Production, production_step
from tests.report_types.catalogs import SELLER, US, stock

TYPE = "GET_MERCHANT_LISTINGS_ALL_DATA"
WORKER = "the worker"
IDS = Ids()
TYPES = report_types()


@dataclass
class Pieces:
    """A producer of these pieces; `then` is called before the last, or at once where there is none."""

    pieces: Sequence[bytes] = (b"sku\n", b"A\n")
    then: Callable[[], object] = lambda: None
    rows: int = 1
    report_type: str = TYPE
    asked: int = 0

    def rows_up_to(self, source: Any, report: Report, limit: int) -> int:
        return min(self.rows, limit)

    def produce(self, source: Any, report: Report) -> Iterator[bytes]:
        self.asked += 1
        yield from self.pieces[:-1]
        self.then()
        yield from self.pieces[-1:]


def production(
    store: Store, objects: Objects, *producers: Producer, worker: str = WORKER, child: Maker | None = None
) -> Production:
    """A worker's production with these producers."""
    return Production(store, objects, {one.report_type: one for one in producers}, TYPES, IDS, worker, child)


def ask(
    store: Store, report_type: str = TYPE, seller_id: str = SELLER, marketplaces: tuple[str, ...] = (US,)
) -> Report:
    """A report in the queue."""
    stock(store)
    with store.transaction() as tx:
        return request(tx, tx.now, IDS, TYPES, Ask(seller_id, report_type, marketplaces, {}))


def claim(store: Store, worker: str = WORKER) -> Held:
    """The production lane that has been due for longest."""
    [held] = store.claim(worker, WorkClass.INTERACTIVE, [PRODUCTION], 1, LEASE)
    return held


def nothing_is_due(store: Store) -> bool:
    return store.claim(WORKER, WorkClass.INTERACTIVE, [PRODUCTION], 1, LEASE) == []


def run(parts: Production) -> None:
    """One step of the production lane that is due."""
    production_step(parts)(claim(parts.store))


def found(store: Store, report: Report) -> Report:
    """The report as it is now."""
    with store.reading() as tx:
        report_now = tx.report(report.seller_id, report.report_id)
    assert report_now is not None
    return report_now


def history(store: Store, report: Report) -> list[Event]:
    with store.reading() as tx:
        return tx.events_of(report.seller_id, SUBJECT, report.report_id)


def document_of(store: Store, report: Report) -> Document:
    document_id = found(store, report).document_id
    assert document_id is not None
    with store.reading() as tx:
        document = tx.document(report.seller_id, document_id)
    assert document is not None
    return document


def content(objects: Objects, document: Document) -> bytes:
    """What a client gets of the document, once it is unpacked."""
    stored = b"".join(objects.read(document.object_name, 0, document.size))
    return gzip.decompress(stored) if document.compression else stored


def names(objects: Objects) -> list[str]:
    """The names of all objects."""
    return [name for some in objects.older_than(datetime(9000, 1, 1, tzinfo=UTC)) for name in some]


def documents_count(store: Store) -> int:
    with store.reading() as tx:
        return len(tx.documents_expired(datetime(9000, 1, 1, tzinfo=UTC), 1000))
