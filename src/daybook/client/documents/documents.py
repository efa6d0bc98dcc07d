"""A report's document from its link to what the caller wants of it, through one line of steps:

    transfer -> unpack -> decode -> cut into lines -> rows or batches

Memory holds a piece of each step, however large the document is.
"""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from daybook.client.answers import Report
from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import Sender
from daybook.client.calls.tokens import Tokens
from daybook.client.documents.batches import LETTERS, Batches
from daybook.client.documents.files import drafted
from daybook.client.documents.joining import Joiner
from daybook.client.documents.reading import AS_IT_IS, Document, How, Reading
from daybook.client.documents.sources import Source, Wanted, wanted
from daybook.client.documents.tables import Row, Table
from daybook.client.documents.transfers import Transfer
from daybook.client.errors import DocumentFault
from daybook.client.operations import Operations
from daybook.client.report_types import report_type
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import Wire
from daybook.kernel.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Saved:
    """A document, or several joined, in a file: how many bytes, and what was found of each."""

    path: Path
    size: int
    readings: tuple[Reading, ...]


class Documents:
    """Reads documents of one seller. `restricted` answers the tokens that a document needs, where it needs others."""

    def __init__(
        self,
        operations: Operations,
        restricted: Callable[[Wanted], Tokens | None],
        wire: Wire,
        sender: Sender,
        retries: RetryPlan,
        around: Surroundings,
    ) -> None:
        self._operations = operations
        self._restricted = restricted
        self._wire = wire
        self._sender = sender
        self._retries = retries
        self._around = around

    async def link(self, one: Wanted) -> str:
        """A new link to a document."""
        return (await self._operations.link(one.document_id, self._restricted(one))).url

    async def pieces(self, source: Source, how: How) -> AsyncGenerator[bytes, None]:
        """The bytes, unpacked, of the one document that there is."""
        [one] = _only(wanted(source))
        async with aclosing(self._open(one, how).pieces()) as pieces:
            async for piece in pieces:
                yield piece

    async def save(self, source: Source, path: Path, how: How, encoding: str = "") -> Saved:
        """Writes the documents, joined, to a file that is there whole or not at all; in another encoding on demand."""
        readings: list[Reading] = []
        how = replace(how, told=_both(readings.append, how.told))
        documents = [self._open(one, how) for one in _joinable(wanted(source))]
        joiner = Joiner(encoding)
        size = 0
        with drafted(path) as file:
            for document in documents:
                joined = joiner.join(document) if len(documents) > 1 else document.encoded(encoding)
                async with aclosing(joined) as pieces:
                    async for piece in pieces:
                        size += file.write(piece)
        return Saved(path, size, tuple(readings))

    async def rows(self, source: Source, how: How) -> AsyncGenerator[Iterable[Row], None]:
        """The rows of the documents, in blocks."""
        async with aclosing(self._blocks(source, how)) as blocks:
            async for table, block, last in blocks:
                yield table.rows(block, last=last)

    async def batches(self, source: Source, how: How) -> "AsyncGenerator[pa.RecordBatch, None]":
        """The rows of the documents as Arrow record batches."""
        makers: dict[int, Batches] = {}
        async with aclosing(self._blocks(source, how, LETTERS)) as blocks:
            async for table, block, last in blocks:
                maker = makers.setdefault(id(table), Batches(table))
                for batch in maker.of(block, last=last):
                    yield batch

    async def beginning(self, report: Report, most: int) -> bytes:
        """The first bytes of a report's document, unpacked."""
        content = b""
        async with aclosing(self.pieces(report, AS_IT_IS)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) >= most:
                    break
        return content[:most]

    def _open(self, one: Wanted, how: How) -> Document:
        links = partial(self.link, one)
        transfer = Transfer(links, one.url, self._wire, self._sender, self._retries, self._around)
        return Document(one, transfer, how)

    async def _blocks(
        self, source: Source, how: How, letters: int = 0
    ) -> AsyncGenerator[tuple[Table, str, bool], None]:
        """Blocks of whole lines of at least so many letters, each with its table and whether it is that one's last."""
        header: list[str] | None = None
        for one in _tables(wanted(source)):
            table = Table(report_type(one.report_type).delimiter)
            async with aclosing(self._open(one, how).text()) as texts:
                held: list[str] = []
                async for text in texts:
                    held.append(text)
                    if sum(map(len, held)) >= letters:
                        yield table, table.block("".join(held)), False
                        held = []
            yield table, table.block("".join(held)), False
            yield table, table.last_block(), True
            header = _same_header(header, table, one)


def _only(documents: list[Wanted]) -> list[Wanted]:
    if len(documents) != 1:
        raise InvalidInput(
            f"There are {len(documents)} documents.", "Take the reports one by one, or save them joined."
        )
    return documents


def _joinable(documents: list[Wanted]) -> list[Wanted]:
    if len(documents) > 1 and not report_type(documents[0].report_type).delimiter:
        raise InvalidInput("Only text of lines and cells can be joined.", "Save the reports one by one.")
    return documents


def _tables(documents: list[Wanted]) -> list[Wanted]:
    for one in documents:
        if not report_type(one.report_type).delimiter:
            raise InvalidInput(
                f"{one.report_type} has no rows.", f"It is {report_type(one.report_type).format}: save it."
            )
    return documents


def _same_header(header: list[str] | None, table: Table, one: Wanted) -> list[str]:
    if header is not None and header != table.header:
        raise DocumentFault(
            f"Document {one.document_id} has other columns than the first.", f"{table.header}; {header}"
        )
    return table.header


def _both(one: Callable[[Reading], None], other: Callable[[Reading], None] | None) -> Callable[[Reading], None]:
    def told(reading: Reading) -> None:
        one(reading)
        if other is not None:
            other(reading)

    return told
