"""What this room asks of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from daybook.documents.documents import Document


class DocumentStore(Protocol):
    """The documents' rows, within one transaction."""

    def add_document(self, document: "Document") -> None:
        """Add the row."""

    def document(self, seller_id: str, document_id: str) -> "Document | None":
        """The row, expired or not."""

    def documents_expired(self, before: datetime, limit: int) -> "list[Document]":
        """Up to so many rows that expire at or before the instant, the longest expired first."""

    def documents_size(self, now: datetime) -> int:
        """The bytes of the objects of all documents that have not expired."""

    def documents_oldest(self, now: datetime, made_before: datetime, limit: int) -> "list[Document]":
        """Up to so many of them that were made at or before the instant, the oldest first."""

    def remove_documents(self, documents: "Sequence[Document]") -> None:
        """Remove the rows; one that is gone already is no fault."""

    def object_is_known(self, names: Sequence[str]) -> set[str]:
        """Those of the objects' names that a row has."""
