"""The sweep: documents that have expired go, and so do objects that no document names.

The row goes first and its object after the commit, so that no row is ever without its object; a crash in between makes
an orphan, which the other half of the sweep finds. Each half may be run again, or by two at once, without harm.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from daybook.documents.objects import Objects
from daybook.documents.ports import DocumentStore

GRACE = timedelta(hours=24)
"""How old an object must be before it can be an orphan: far longer than from the end of a writing to its commit."""

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


def orphans(tx: DocumentStore, names: Sequence[str]) -> list[str]:
    """Those of the objects' names that no document has."""
    known = tx.object_is_known(names)
    return [name for name in names if name not in known]


def sweep_expired(transact: Transact, objects: Objects, now: datetime, limit: int = SLICE) -> int:
    """Remove a slice of expired documents, rows first; answers how many: fewer than the limit means none is left."""
    names = transact(lambda tx: remove_expired(tx, now, limit))
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
