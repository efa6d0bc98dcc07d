"""The beginning of every file of rows: its text, the first line that has any, and what stands between its cells."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.blocks import encoding_of, is_wide, open_blocks, to_utf8
from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import Limits
from daybook.kernel.files.lines import Lines

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')


def open_text(source: Path | BinaryIO, encoding: str, limits: Limits) -> Lines:
    """The lines of a file or a stream, unpacked and decoded. Raises InvalidInput where it cannot be read."""
    blocks = open_blocks(source, limits)
    first = next(blocks, b"")
    name = encoding_of(first, encoding)
    blocks = chain([first], blocks)
    blocks, name = (to_utf8(blocks, name), "utf-8") if is_wide(name) else (blocks, name)
    return Lines(blocks, name, limits.line, limits.empty_lines)


def from_first_text(lines: Iterator[str], bad: Mapping[int, Fault]) -> tuple[Iterator[str], int]:
    """The lines from the first one that has any text, and its number. Raises InvalidInput for an empty file."""
    for number, line in enumerate(lines, 1):
        if line.strip() or number in bad:
            return chain([line], lines), number
    raise InvalidInput("The file is empty.")


def delimiter_of(name: str, line: str) -> str:
    """What most likely stands between the cells of a file of that name and that first line."""
    plain = _QUOTED.sub("", line)
    likely = max(_DELIMITERS, key=plain.count)
    if likely in plain:
        return likely
    return "\t" if name.lower().removesuffix(".gz").endswith((".tsv", ".tab", ".txt")) else ","
