"""Whether a document's object still is what its row says: asked by the doctor and by backups."""

import hashlib
from enum import StrEnum

from daybook.documents.documents import Document
from daybook.documents.objects import Objects
from daybook.kernel.errors import NotFound


class Condition(StrEnum):
    """The state of a document's object, as found by reading all of it."""

    INTACT = "intact"
    """Every byte is as it was written."""
    ALTERED = "altered"
    """Its size or its SHA-256 is another."""
    MISSING = "missing"
    """The store stands, and the object is not in it."""


def verify_document(objects: Objects, document: Document) -> Condition:
    """Read the document's object again and compare. Raises Unavailable if the store is away: that is no finding."""
    try:
        if objects.size(document.object_name) != document.size:
            return Condition.ALTERED
        digest = hashlib.sha256()
        for piece in objects.read(document.object_name, 0, document.size):
            digest.update(piece)
    except NotFound:
        return Condition.MISSING
    return Condition.INTACT if digest.hexdigest() == document.sha256 else Condition.ALTERED
