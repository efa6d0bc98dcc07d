"""Rows as Arrow record batches, every column text. Needs the extra `arrow` (pyarrow)."""

from typing import TYPE_CHECKING, Any

from daybook.client.documents.tables import Cells, Table
from daybook.kernel.errors import Misconfigured

if TYPE_CHECKING:
    import pyarrow as pa

LETTERS = 2 * 1024 * 1024
"""Letters of text that make a batch: few enough to stay in a processor's cache."""


class Batches:
    """Record batches of a table's blocks; a report's cells say nothing of their types, so none are guessed."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._arrow: Any = _arrow()
        self._types: dict[str, Any] = {}

    def of(self, block: str, *, last: bool = False) -> "list[pa.RecordBatch]":
        """The block's rows. Raises MalformedRow."""
        table = self._table
        if table.quoted or ("\r" in block and block.count("\r") != block.count("\r\n")):
            return self._from_cells(table.fitted(table.records(block, last=last)))
        if not table.header:
            line, _, block = block.partition("\n")
            table.records(line + "\n" if line else "")
            self._types = dict.fromkeys(table.header, self._arrow.string())
        return self._from_text(block) if block else []

    def _from_text(self, block: str) -> "list[pa.RecordBatch]":
        """By pyarrow's own reader; what that refuses is looked at cell by cell.

        In this thread: a block is too small to share out, and threads of pyarrow's can outlive the interpreter and end
        its process with SIGABRT (apache/arrow#34314).
        """
        arrow, table = self._arrow, self._table
        content = block.encode()
        try:
            read = arrow.csv.read_csv(
                arrow.BufferReader(content),
                arrow.csv.ReadOptions(column_names=table.header, block_size=len(content) + 1, use_threads=False),
                arrow.csv.ParseOptions(
                    delimiter=table.delimiter, quote_char=False, ignore_empty_lines=len(table.header) > 1
                ),
                arrow.csv.ConvertOptions(check_utf8=False, column_types=self._types),
            )
        except arrow.ArrowInvalid:
            return self._from_cells(table.fitted(table.records(block)))
        table.passed(read.num_rows)
        batches: list[pa.RecordBatch] = read.to_batches()
        return batches

    def _from_cells(self, rows: list[Cells]) -> "list[pa.RecordBatch]":
        if not rows:
            return []
        arrow, header = self._arrow, self._table.header
        columns = [arrow.array(column, arrow.string()) for column in zip(*rows, strict=True)]
        return [arrow.record_batch(columns, names=header)]


def _arrow() -> Any:
    try:
        import pyarrow.csv  # noqa: PLC0415  an extra, which most clients do without
    except ImportError as error:
        raise Misconfigured("Arrow batches need pyarrow.", "Install it: pip install 'daybook[arrow]'.") from error
    return pyarrow
