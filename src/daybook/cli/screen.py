"""What a command says: JSON for programs, tables and sentences for people."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

import msgspec
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from daybook.kernel.errors import DaybookError
from daybook.kernel.masking import redacted

_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f]")
_WIDE = 1000
"""Columns where nobody looks: a pipe's reader wants whole lines."""

_WIDEST_NAME = 54
"""Columns that the name of a row may keep on any terminal: as many as the longest report type has."""

_SHORT = 19
"""Columns of a status or a time, which are not broken either where there is room for them."""

_NARROW = 80
_LEAST_LEFT = 12
"""Columns of a terminal, and of them those that each of the other columns is left at least."""

_MARKS = re.compile(r"[^_/&?=,:.-]+[_/&?=,:.-]*|[_/&?=,:.-]+")
"""Pieces of a long word: it is broken behind such a mark, if it has one."""

STYLES = {
    "IN_QUEUE": "dim",
    "IN_PROGRESS": "cyan",
    "DONE": "green",
    "CANCELLED": "yellow",
    "FATAL": "red",
    "WAITING": "yellow",
    "SENDING": "cyan",
    "DELIVERED": "green",
    "FAILED": "red",
    "DROPPED": "dim",
    "READY": "green",
    "LOST": "red",
    "MATCHED": "green",
    "UNMATCHED": "yellow",
    "BAD": "red",
    "ACTIVE": "green",
    "INACTIVE": "yellow",
    "Active": "green",
    "Inactive": "yellow",
}


class Screen:
    """Standard output and standard error of one command. Text of users is never read as markup."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self.out = _console(sys.stdout)
        self.err = _console(sys.stderr)

    def answer(self, content: object, *shown: RenderableType) -> None:
        """What was asked for: `content` as JSON, or what is to be `shown` to people."""
        if self.json:
            self.write_json(content)
        else:
            self.show(*shown)

    def write_json(self, content: object) -> None:
        """One line of JSON on standard output."""
        sys.stdout.write(msgspec.json.encode(content).decode() + "\n")
        sys.stdout.flush()

    def show(self, *shown: RenderableType) -> None:
        """For people, on standard output; nothing where JSON was asked for."""
        if not self.json:
            for part in shown:
                _print(self.out, part)

    def remark(self, text: str, style: str = "dim") -> None:
        """For people, on standard error: what is not part of the answer. Nothing where JSON was asked for."""
        if not self.json:
            _print(self.err, Text(_plain(text), style))

    @contextmanager
    def busy(self, text: str) -> Iterator[Callable[[str], None]]:
        """While a person waits, says at what; answers a function that says it anew."""
        if self.json or not self.err.is_terminal:
            yield lambda _: None
            return
        with self.err.status(_in_a_line(text)) as status:
            yield lambda told: status.update(_in_a_line(told))

    def fault(self, error: DaybookError) -> None:
        """An error, on standard error: what is wrong, and below it where, and what to do."""
        message, details = redacted(error.message), redacted(error.details)
        request_id = str(getattr(error, "request_id", ""))
        if self.json:
            named = {"requestId": request_id} if request_id else {}
            told = {"error": {"code": error.code, "message": message, "details": details, **named}}
            sys.stderr.write(msgspec.json.encode(told).decode() + "\n")
            return
        _print(self.err, Text(_plain(message), "bold red"))
        for line in (details, f"Request id: {request_id}" if request_id else ""):
            if line:
                _print(self.err, Text(_plain(line)))


class _Console(Console):
    """A console on which text stays text: what a server or a file says moves no cursor and sets no title."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for part in super().render(renderable, options):
            yield part if part.control else Segment(_plain(part.text), part.style)


def _plain(text: str) -> str:
    """The text, its control characters written out: in a table before it is measured, too."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _in_a_line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")


def _console(stream: TextIO) -> Console:
    return _Console(file=stream, highlight=False, markup=False, emoji=False, width=None if stream.isatty() else _WIDE)


def _print(console: Console, part: RenderableType) -> None:
    """Text is left to the terminal to wrap, so that it can be copied; in a pipe no line ends with spaces."""
    if console.is_terminal:
        console.print(part, soft_wrap=isinstance(part, str | Text))
        return
    with console.capture() as captured:
        console.print(part, soft_wrap=True)
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")
    console.file.flush()


def listing(heads: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> Table:
    """Rows under heads; columns named in `right` are figures.

    The first column says which thing a row is about: an id stays whole, so that it can be copied; and so do short
    columns, where there is room. The others fold, and names of several words.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    cells = [[_cell(value) for value in row] for row in rows]
    for head, whole in zip(heads, _whole(heads, cells), strict=True):
        justify: JustifyMethod = "right" if head in right else "left"
        table.add_column(_Folded(head), justify=justify, overflow="fold", no_wrap=whole)
    for row in cells:
        table.add_row(*row)
    return table


def _whole(heads: Sequence[str], cells: Sequence[Sequence[RenderableType]]) -> list[bool]:
    """Which columns stay whole: the first, and the short ones if that leaves the others enough."""
    widths = [max([len(head), *(_width(row[at]) for row in cells)]) for at, head in enumerate(heads)]
    several_words = any(" " in _plain_of(row[0]) for row in cells)
    first = widths[0] <= (_SHORT if several_words else _WIDEST_NAME)
    short = [first, *(width <= _SHORT for width in widths[1:])]
    taken = sum(width + 2 if whole else _LEAST_LEFT + 2 for width, whole in zip(widths, short, strict=True))
    return short if taken <= _NARROW + 2 else [first, *(False for _ in heads[1:])]


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """One thing, a line for each thing known of it; what is not known is left out."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, ""):
            table.add_row(name, _cell(value))
    return table


class _Folded:
    """Text for a cell. A word that is longer than the column is broken behind one of its marks, if it has any."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text = Text(text, style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        long = re.compile(rf"\S{{{options.max_width + 1},}}")
        yield Text(long.sub(lambda word: _broken(word[0], options.max_width), self.text.plain), self.text.style)


def _broken(word: str, width: int) -> str:
    lines = [""]
    for piece in _MARKS.findall(word):
        if lines[-1] and len(lines[-1]) + len(piece) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _plain_of(cell: RenderableType) -> str:
    text = cell.text if isinstance(cell, _Folded) else cell
    return text.plain if isinstance(text, Text) else ""


def _width(cell: RenderableType) -> int:
    return cell_len(_plain_of(cell))


def _cell(value: object) -> RenderableType:
    if isinstance(value, Text | Table):
        return value
    if isinstance(value, datetime):
        return Text(when(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Text(f"{value:,}")
    text = "" if value is None else _plain(str(value))
    return _Folded(text, STYLES.get(text, ""))


def when(at: datetime) -> str:
    """An instant, in UTC, to the second."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def when_short(at: datetime) -> str:
    """An instant of the last months, in UTC, where there is little room."""
    return at.strftime("%m-%d %H:%M:%S")


def when_here(at: datetime) -> str:
    """An instant in UTC, and in the zone of this machine where that is another."""
    try:
        here = at.astimezone()
    except OverflowError:  # the first or the last day there is
        return f"{when(at)} UTC"
    return f"{when(at)} UTC" + (f" ({when(here)} {here.tzname()})" if here.utcoffset() else "")


def iso(at: datetime | None) -> str | None:
    """An instant as JSON has it."""
    return None if at is None else at.isoformat()
