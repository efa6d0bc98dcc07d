"""Documents' rows: what an object in the document store is, and whose."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from daybook.documents.documents import Document
from daybook.kernel.clock import from_micros, to_micros
from daybook.store.rows import Rows
from daybook.store.schema import document

_OLDEST = document.c.created_at, document.c.seller_id, document.c.document_id


class Documents(Rows):
    """Adds, finds and removes documents."""

    def add_document(self, added: Document) -> None:
        values = {name: getattr(added, name) for name in document.c.keys()}  # noqa: SIM118  columns, not a dict
        times = {"created_at": to_micros(added.created_at), "expires_at": to_micros(added.expires_at)}
        self.connection.execute(document.insert(), values | times)

    def document(self, seller_id: str, document_id: str) -> Document | None:
        row = self._one(
            sa.select(document).where(document.c.seller_id == seller_id, document.c.document_id == document_id)
        )
        return None if row is None else _document(row)

    def documents_expired(self, before: datetime, limit: int) -> list[Document]:
        """By the index document_expiry."""
        statement = sa.select(document).where(document.c.expires_at <= to_micros(before))
        return [_document(row) for row in self._all(statement.order_by(document.c.expires_at).limit(limit))]

    def documents_size(self, now: datetime) -> int:
        """Reads every row: asked only where there is a limit, and by the sweep alone."""
        size = sa.select(sa.func.sum(document.c.size)).where(document.c.expires_at > to_micros(now))
        return int(self.connection.execute(size).scalar_one() or 0)

    def documents_oldest(self, now: datetime, made_before: datetime, limit: int) -> list[Document]:
        live = sa.and_(document.c.expires_at > to_micros(now), document.c.created_at <= to_micros(made_before))
        return [_document(row) for row in self._all(sa.select(document).where(live).order_by(*_OLDEST).limit(limit))]

    def remove_documents(self, documents: Sequence[Document]) -> None:
        keys = [(removed.seller_id, removed.document_id) for removed in documents]
        statement = document.delete().where(sa.tuple_(document.c.seller_id, document.c.document_id).in_(keys))
        self._changed(statement)

    def object_is_known(self, names: Sequence[str]) -> set[str]:
        """Those of the objects that a document names."""
        statement = sa.select(document.c.object_name).where(document.c.object_name.in_(names))
        return set(self.connection.execute(statement).scalars())


def _document(row: sa.Row[Any]) -> Document:
    values = dict(row._mapping)  # noqa: SLF001  documented, in spite of its name
    times = {"created_at": from_micros(row.created_at), "expires_at": from_micros(row.expires_at)}
    return Document(**(values | times))
