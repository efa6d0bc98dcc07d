"""Documents' rows in memory, with transactions that can fail."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from daybook.documents.documents import Document
from daybook.documents.names import object_name
from daybook.documents.ports import DocumentStore

Answer = TypeVar("Answer")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

DOCUMENT = Document(
    seller_id="A1SELLER",
    document_id="amzn1.spdoc.1.4.na.1",
    report_id="1700000000000",
    object_name=object_name("A1SELLER", "amzn1.spdoc.1.4.na.1"),
    content_type="text/tab-separated-values; charset=UTF-8",
    compression="GZIP",
    size=20,
    content_size=0,
    sha256="0" * 64,
    created_at=NOW,
    expires_at=NOW + timedelta(days=90),
)


def document(number: int, expires_at: datetime = DOCUMENT.expires_at) -> Document:
    """One of many documents of the same seller."""
    id = f"amzn1.spdoc.1.4.na.{number}"
    return replace(DOCUMENT, document_id=id, object_name=object_name("A1SELLER", id), expires_at=expires_at)


class Rows:
    """A DocumentStore that keeps its rows in a dictionary."""

    def __init__(self, *documents: Document) -> None:
        self.rows = {(each.seller_id, each.document_id): each for each in documents}
        self.refuses_commit = False

    def transact(self, work: Callable[[DocumentStore], Answer]) -> Answer:
        """Run the work; what it changed is dropped if it raises, or if commits are refused."""
        before = dict(self.rows)
        try:
            answer = work(self)
            if self.refuses_commit:
                raise ConnectionError
        except BaseException:
            self.rows = before
            raise
        return answer

    def add_document(self, document: Document) -> None:
        self.rows[document.seller_id, document.document_id] = document

    def document(self, seller_id: str, document_id: str) -> Document | None:
        return self.rows.get((seller_id, document_id))

    def documents_expired(self, before: datetime, limit: int) -> list[Document]:
        expired = [row for row in self.rows.values() if row.expires_at <= before]
        return sorted(expired, key=lambda row: row.expires_at)[:limit]

    def documents_size(self, now: datetime) -> int:
        return sum(row.size for row in self.rows.values() if row.expires_at > now)

    def documents_oldest(self, now: datetime, made_before: datetime, limit: int) -> list[Document]:
        old = [row for row in self.rows.values() if row.expires_at > now and row.created_at <= made_before]
        return sorted(old, key=lambda row: (row.created_at, row.seller_id, row.document_id))[:limit]

    def remove_documents(self, documents: Sequence[Document]) -> None:
        for each in documents:
            self.rows.pop((each.seller_id, each.document_id), None)

    def object_is_known(self, names: Sequence[str]) -> set[str]:
        return {row.object_name for row in self.rows.values()} & set(names)
