"""Tables of text as Parquet."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from daybook.kernel.errors import InvalidInput
from daybook.report_types.sql.sandbox import literal


def parquet_of(pieces: Iterable[bytes], file: Path) -> None:
    """Writes CSV with a header as Parquet, its cells as text. Raises InvalidInput where the file cannot be written."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as table:
        for piece in pieces:
            table.write(piece)
        table.flush()
        rows = f"read_csv({literal(table.name)}, header = true, all_varchar = true, delim = ',', quote = '\"')"
        try:
            with duckdb.connect() as database:
                database.execute(f"COPY (SELECT * FROM {rows}) TO {literal(str(file))} (FORMAT parquet)")  # noqa: S608
        except duckdb.IOException as error:
            raise InvalidInput(f"The file {file} cannot be written.", str(error).partition("\n")[0]) from error
