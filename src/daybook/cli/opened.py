"""A file that is being read, with a bar that follows its bytes."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from daybook.cli.screen import Screen
from daybook.kernel.errors import InvalidInput


@contextmanager
def opened(file: Path, screen: Screen, doing: str) -> Iterator[BinaryIO]:
    """The file, open, with a bar on standard error where a person looks. Raises InvalidInput."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InvalidInput(f"The file {file} cannot be read: {error.strerror or error}.") from error
    with stream:
        if screen.json or not screen.err.is_terminal:
            yield stream
            return
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=screen.err, transient=True) as progress:
            task = progress.add_task(f"{doing} {file.name}", total=file.stat().st_size)
            yield cast("BinaryIO", _Followed(stream, lambda size: progress.advance(task, size)))


class _Followed(io.RawIOBase):
    """A stream that tells how many bytes were read of it."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream = stream
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._advance(len(piece))
        return piece
