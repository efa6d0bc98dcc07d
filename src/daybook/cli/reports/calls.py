"""What was called for a profile, a line of JSON each, so that whoever asks for help can name the requests.

The path has no query, no body is kept but the beginning of one that refuses, and no secret is in either.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daybook.client.calls.exchanges import Exchange
from daybook.kernel.errors import Misconfigured
from daybook.shapes import decode

MOST = 1024 * 1024
"""Bytes of the file; the one before it is kept, and no more."""


class Calls:
    """Writes calls down once it is known which report they are about. Without a file they are kept in memory alone."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._report_ids: tuple[str, ...] = ()
        self._held: list[Exchange] = []
        self._lines: list[dict[str, object]] = []

    def heard(self, exchange: Exchange) -> None:
        """One more call."""
        self._held.append(exchange)
        if self._report_ids:
            self.write()

    def about(self, report_ids: Sequence[str]) -> None:
        """The calls are about these reports: those before, and those that follow."""
        self._report_ids = tuple(report_ids)
        self.write()

    def write(self) -> None:
        """Writes down what is held. Raises Misconfigured where it cannot be."""
        lines = [_line(one, self._report_ids) for one in self._held]
        self._held = []
        if self._file is None:
            self._lines += lines
        elif lines:
            _append(self._file, lines)

    def of(self, report_id: str) -> list[dict[str, object]]:
        """The calls about a report that are remembered, oldest first."""
        self.write()
        files = (self._file.with_name(f"{self._file.name}.1"), self._file) if self._file else ()
        lines = [*self._lines, *(line for file in files for line in _lines(file))]
        return [one for one in lines if report_id in str(one.get("reportIds")) or report_id in str(one.get("path"))]


def _line(one: Exchange, report_ids: tuple[str, ...]) -> dict[str, object]:
    return {
        "at": one.at.isoformat() if one.at else None,
        "operation": one.operation,
        "method": one.method,
        "path": one.path,
        "status": one.status,
        "requestId": one.request_id,
        "seconds": round(one.seconds, 3),
        "told": one.fault,
        "reportIds": report_ids,
    }


def _append(file: Path, lines: Sequence[dict[str, object]]) -> None:
    try:
        if file.exists() and file.stat().st_size > MOST:
            file.replace(file.with_name(f"{file.name}.1"))
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as stream:
            stream.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    except OSError as error:
        raise Misconfigured(f"The calls cannot be written to {file}: {error.strerror or error}.") from error


def _lines(file: Path) -> Iterator[dict[str, object]]:
    """The lines of a file; one that a crash has cut is passed over."""
    for line in file.read_bytes().splitlines() if file.exists() else ():
        try:
            yield decode(line, dict[str, object])
        except msgspec.DecodeError:
            continue
