"""Blocks of bytes as lines of text, as csv.reader wants them: each with its own line end."""

import codecs
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import EMPTY_LINES

_NOTHING = b' \t,;|"{}[]'
"""What rows without a cell, and objects without a member, are made of."""
_EMPTY = re.compile(rb"\n{2,}")
_BESIDE_TEXT = 10
"""Empty lines that a line with text may have beside it: a JSON file has some, a file with double line ends has one."""


class Lines:
    """The lines of a file, decoded a block at a time.

    A line that cannot be decoded, holds a NUL, or is longer than `limit` bytes comes with replacement characters, or
    empty; `bad` then has its fault, by line number (from 1). Whoever takes the line takes its fault away.

    Raises InvalidInput where more lines than `empty` hold nothing but blanks, delimiters, quotes and brackets, beyond
    those that stand among lines with text: packed into a small file they would keep the reader busy for minutes.
    """

    def __init__(self, blocks: Iterable[bytes], encoding: str, limit: int, empty: int = EMPTY_LINES) -> None:
        self.bad: dict[int, Fault] = {}
        self._blocks = blocks
        self._encoding = encoding
        self._limit = limit
        self._most_empty = empty
        self._empty = 0
        self._text = 0
        self._count = 0
        self._offset = 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(self._decoded, self._whole_lines(self._without_mark())))

    def _without_mark(self) -> Iterator[bytes]:
        blocks = iter(self._blocks)
        first = next(blocks, b"")
        if first.startswith(codecs.BOM_UTF8):
            first = first.removeprefix(codecs.BOM_UTF8)
            self._offset = len(codecs.BOM_UTF8)
        yield first
        yield from blocks

    def _whole_lines(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        kept = b""
        skipping = False
        for block in blocks:
            if skipping:
                rest = _from_line_end(block)
                self._offset += len(block) - len(rest)
                skipping = not rest
                kept = rest
                continue
            data = kept + block
            cut = _after_last_line_end(data)
            kept = data[cut:]
            if cut:
                yield data[:cut]
            if len(kept) > self._limit:
                self.bad[self._count + 1] = self._too_long(self._count + 1)
                end = kept[-1:] if kept.endswith(b"\r") else b""
                self._offset += len(kept) - len(end)
                kept, skipping = end, not end
        if kept or skipping:
            yield kept or b"\n"

    def _decoded(self, data: bytes) -> Iterable[str]:
        first, offset = self._count + 1, self._offset
        self._count += _line_ends(data) + (not data.endswith((b"\n", b"\r")))
        empty = _empty_lines(data)
        self._empty += empty
        self._text += self._count + 1 - first - empty
        if self._empty > self._most_empty + _BESIDE_TEXT * self._text:
            raise self._endless(self._count)
        self._offset += len(data)
        if b"\0" in data or len(data) > self._limit:
            return self._examined(data, first, offset)
        try:
            return StringIO(data.decode(self._encoding), newline="")
        except UnicodeDecodeError:
            return self._examined(data, first, offset)

    def _examined(self, data: bytes, first: int, offset: int) -> list[str]:
        lines = []
        for number, raw in enumerate(data.splitlines(keepends=True), first):
            try:
                line = raw.decode(self._encoding)
                if "\0" in line:
                    self.bad[number] = Fault(number, "there is a NUL character.", remedy="Is this a text file?")
            except UnicodeDecodeError as error:
                line = raw.decode(self._encoding, "replace")
                self.bad[number] = self._undecodable(number, offset + error.start)
            if len(raw) > self._limit:
                self.bad[number] = self._too_long(number)
            lines.append(line)
            offset += len(raw)
        return lines

    def _endless(self, line: int) -> InvalidInput:
        return InvalidInput(
            f"The file has more than {self._most_empty:,} empty lines, and few others.",
            f"They are still going on at line {line:,}. Take them out, if there are rows below.",
        )

    def _undecodable(self, number: int, offset: int) -> Fault:
        problem = f"byte {offset:,} of the file is not {self._encoding}."
        return Fault(number, problem, remedy="Say which encoding it is, for example cp1252.")

    def _too_long(self, number: int) -> Fault:
        return Fault(number, f"the line is longer than {self._limit:,} bytes.", remedy="Is a line end missing?")


def _after_last_line_end(data: bytes) -> int:
    """Where the last whole line ends; a CR at the very end does not count, since LF may be the next byte."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1


def _from_line_end(data: bytes) -> bytes:
    ends = [at for at in (data.find(b"\n"), data.find(b"\r")) if at >= 0]
    return data[min(ends) :] if ends else b""


def _line_ends(data: bytes) -> int:
    ends = data.count(b"\n")
    if b"\r" in data:
        ends += data.count(b"\r") - data.count(b"\r\n")
    return ends


def _empty_lines(data: bytes) -> int:
    """How many lines are made of nothing; of ordinary rows it costs a thirtieth of reading them."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    bare = b"\n" + data.translate(None, _NOTHING)
    return sum(len(run) - 1 for run in _EMPTY.findall(bare)) if b"\n\n" in bare else 0
