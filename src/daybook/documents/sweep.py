"""The sweep: documents that have expired go, those beyond the space that they may take, and objects without one.

The row goes first and its object after the commit, so that no row is ever without its object; a crash in between makes
an orphan, which the other half of the sweep finds. Each half may be run again, or by two at once, without harm.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from daybook.documents.documents import Document
from daybook.documents.objects import Objects
from daybook.documents.ports import DocumentStore

GRACE = timedelta(hours=24)
"""How old an object must be before it can be an orphan: far longer than from the end of a writing to its commit."""

FRESH = timedelta(hours=24)
"""How long a document stays however little space there is: whoever asked for it must be able to fetch it."""

SLICE = 500

Answer = TypeVar("Answer")


class Transact(Protocol):
    """Runs a piece of work in one transaction, and returns its answer when that has been committed."""

    def __call__(self, work: Callable[[DocumentStore], Answer], /) -> Answer: ...


def remove_expired(tx: DocumentStore, now: datetime, limit: int = SLICE) -> list[str]:
    """Remove up to so many expired documents; answers their objects' names, to be deleted once this is committed."""
    expired = tx.documents_expired(now, limit)
    tx.remove_documents(expired)
    return [document.object_name for document in expired]


def excess(tx: DocumentStore, now: datetime, most: int, limit: int = SLICE) -> list[Document]:
    """Up to so many of the documents that have to go, the oldest first, so that all take no more than `most` bytes."""
    over, chosen = tx.documents_size(now) - most, list[Document]()
    for document in tx.documents_oldest(now, now - FRESH, limit) if over > 0 else ():
        if over <= 0:
            break
        over -= document.size
        chosen.append(document)
    return chosen


def remove_excess(tx: DocumentStore, now: datetime, most: int, limit: int = SLICE) -> list[str]:
    """Remove them; answers their objects' names, to be deleted once this is committed."""
    chosen = excess(tx, now, most, limit)
    tx.remove_documents(chosen)
    return [document.object_name for document in chosen]


def orphans(tx: DocumentStore, names: Sequence[str]) -> list[str]:
    """Those of the objects' names that no document has."""
    known = tx.object_is_known(names)
    return [name for name in names if name not in known]


def sweep_expired(transact: Transact, objects: Objects, now: datetime, limit: int = SLICE) -> int:
    """Remove a slice of expired documents, rows first; answers how many: fewer than the limit means none is left."""
    names = transact(lambda tx: remove_expired(tx, now, limit))
    objects.delete(names)
    return len(names)


def sweep_excess(transact: Transact, objects: Objects, now: datetime, most: int, limit: int = SLICE) -> int:
    """Remove a slice of the documents beyond `most` bytes, as `sweep_expired` does."""
    names = transact(lambda tx: remove_excess(tx, now, most, limit))
    objects.delete(names)
    return len(names)


def sweep_orphans(transact: Transact, objects: Objects, now: datetime, grace: timedelta = GRACE) -> int:
    """Delete the unknown objects and killed writers' drafts that are older than the grace; answers how many."""
    before = now - grace
    removed = objects.remove_drafts(before)
    for names in objects.older_than(before):
        unknown = transact(partial(orphans, names=names)) if names else []
        objects.delete(unknown)
        removed += len(unknown)
    return removed
