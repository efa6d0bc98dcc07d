"""Documents of text, batch after batch of lines, in the charset of their header."""

import codecs
from collections.abc import Iterator
from dataclasses import replace

from daybook.kernel.charsets import codec
from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql.definition import Definition
from daybook.report_types.sql.formats import TEXT_FORMATS
from daybook.report_types.sql.query import Column, Query


def text_pieces(query: Query, definition: Definition) -> Iterator[bytes]:
    """The document, piece by piece; nothing where there is no row. Raises Misconfigured."""
    form = TEXT_FORMATS[definition.header.format]
    columns = query.columns()
    charset = _Charset(definition, columns)
    lead = _header(query, columns, definition) if form.has_header else form.opening
    for lines in query.lines(columns, form.line(columns)):
        yield charset.encode(lead, lines, form.separator)
        lead = form.separator
    if charset.rows:
        yield charset.encode(form.closing, [], "")


def _header(query: Query, columns: tuple[Column, ...], definition: Definition) -> str:
    form = TEXT_FORMATS[definition.header.format]
    return query.header(columns, form.line(tuple(replace(column, kind="varchar") for column in columns))) + "\n"


class _Charset:
    """Makes bytes of lines, and counts them, so that a letter that has none is told with its row and column."""

    def __init__(self, definition: Definition, columns: tuple[Column, ...]) -> None:
        self._definition = definition
        self._columns = columns
        header = definition.header
        self._encoder = codecs.getincrementalencoder(codec(header.charset))("replace" if header.replacing else "strict")
        self.rows = 0

    def encode(self, lead: str, lines: list[str], separator: str) -> bytes:
        try:
            encoded = self._encoder.encode(lead + separator.join(lines))
        except UnicodeEncodeError as error:
            raise self._lacking(lines, error.object[error.start]) from error
        self.rows += len(lines)
        return encoded

    def _lacking(self, lines: list[str], letter: str) -> Misconfigured:
        header = self._definition.header
        return Misconfigured(
            f"{self._place(lines, letter)}: the letter {letter} (U+{ord(letter):04X}) is not in {header.charset}.",
            f"Choose another charset in {self._definition.file}, or `charset: {header.charset}, replacing` to have a "
            "question mark instead.",
        )

    def _place(self, lines: list[str], letter: str) -> str:
        found = next((number for number, line in enumerate(lines) if letter in line), None)
        if found is None:
            return "Header"
        column = self._columns[_column(lines[found], letter, self._definition.header.format)]
        return f"Row {self.rows + found + 1}, column {column.name}"


def _column(line: str, letter: str, form: str) -> int:
    """The number of the column, from 0, in which the letter first stands."""
    before = line[: line.index(letter)]
    if form == "TSV":
        return before.count("\t")
    return "".join(before.split('"')[::2]).count(",")  # what stands between quotes is a value's own
