"""The document store, and whether the newest documents still are what was written."""

from collections.abc import Iterator
from pathlib import Path

from daybook.cli.doctor.findings import Finding
from daybook.config import Settings
from daybook.documents.objects import Objects
from daybook.documents.verification import Condition, verify_document
from daybook.store import doctor
from daybook.store.store import Store

READ = 20
"""Documents that are read again."""
_FOLDER = "file://"


def findings(settings: Settings, store: Store) -> Iterator[Finding]:
    """Raises Unavailable or Misconfigured where the document store is away."""
    newest = store.read(lambda tx: doctor.newest_documents(tx, READ))
    if settings.documents.startswith(_FOLDER) and not Path(settings.documents.removeprefix(_FOLDER)).exists():
        if newest:
            yield Finding(
                f"The folder {settings.documents.removeprefix(_FOLDER)} of the document store is not there.",
                "No document can be downloaded.",
                "Mount it again, or restore it; then start Daybook again.",
            )
        return
    objects = Objects.open(settings.documents)
    objects.check()
    for document in newest:
        condition = verify_document(objects, document)
        if condition is not Condition.INTACT:
            yield Finding(
                f"The object of document {document.document_id} (seller {document.seller_id}) is {condition}.",
                f"Report {document.report_id} is DONE, and its document cannot be downloaded whole.",
                "Restore it from a backup, or ask for the report again.",
            )
