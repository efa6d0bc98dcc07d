"""Report documents: what is known of each besides its bytes."""

from dataclasses import dataclass
from datetime import datetime

from daybook.documents.ports import DocumentStore
from daybook.documents.writing import Compression
from daybook.kernel.errors import NotFound

_TOLD = 200  # characters of an id that an error tells back


@dataclass(frozen=True, slots=True)
class Document:
    """The document of one report. Its id is unique together with its seller; size and sha256 are those of the object.

    From `expires_at` on it is not found, and its row and object are removed by the sweep.
    """

    seller_id: str
    document_id: str
    report_id: str
    object_name: str
    content_type: str
    compression: Compression | None
    size: int
    content_size: int
    sha256: str
    created_at: datetime
    expires_at: datetime


def keep(tx: DocumentStore, document: Document) -> None:
    """Record the document: from the commit on its object is real, and no orphan."""
    tx.add_document(document)


def find(tx: DocumentStore, now: datetime, seller_id: str, document_id: str) -> Document:
    """The seller's document. Raises NotFound if there is none, it has expired, or it is another seller's."""
    document = tx.document(seller_id, document_id)
    if document is None or document.expires_at <= now:
        raise NotFound(
            f"Report document {document_id[:_TOLD]} not found.", "It may have expired, or belong to another seller."
        )
    return document
