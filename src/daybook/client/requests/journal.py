"""The client's own ledger of what it asked for: in memory, and in a file where one is named.

A report's id is in the file before it is first asked about, and that it is to be asked for before that, so that after a
crash nothing is asked for twice. The file is JSON, a line for each event; what is read wrongly is told with its line.
"""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from daybook.client.requests.requests import Part, Request
from daybook.contract.times import emit_given, parse
from daybook.kernel.errors import Misconfigured
from daybook.shapes import decode

Event = Literal["asking", "asked", "cancelled", "ended"]
MOST_ENDED = 10_000
"""How many ended parts are kept in memory; the file keeps all."""

_BEGINNING = b'{"event":"'


class Line(Struct, frozen=True, omit_defaults=True):
    """One event: of a part by its `key`, or of a report by its id."""

    event: Event
    seller: str
    at: str
    key: str = ""
    request: str = ""
    reportId: str = ""
    reportType: str = ""
    marketplaceIds: tuple[str, ...] = ()
    reportOptions: dict[str, str] = {}
    dataStartTime: str = ""
    dataEndTime: str = ""
    status: str = ""
    seconds: float = 0.0
    requestId: str = ""


class Journal:
    """The ledger. Threads may share it, and processes may share its file for different sellers.

    Raises Misconfigured where the file cannot be read or written, or a line of it is not the journal's.
    """

    def __init__(self, path: Path | None = None, most_ended: int = MOST_ENDED) -> None:
        self._path = path
        self._most_ended = most_ended
        self._lock = threading.Lock()
        self._parts: dict[tuple[str, str], Part] = {}
        self._ended: dict[tuple[str, str], Line] = {}
        self._cancelled: dict[tuple[str, str], Line] = {}
        for line in _lines(path) if path else ():
            self._take_in(line)
        self._forget()

    def asking(self, seller: str, part: Part) -> None:
        """The part is about to be asked for."""
        start, end = (emit_given(at) if at else "" for at in (part.data_start, part.data_end))
        self._write(
            Line(
                "asking",
                seller,
                emit_given(part.asked_at),
                key=part.key,
                request=part.request,
                reportId=part.report_id,
                reportType=part.report_type,
                marketplaceIds=part.marketplace_ids,
                reportOptions=dict(part.options),
                dataStartTime=start,
                dataEndTime=end,
            )
        )

    def asked(self, seller: str, part: Part) -> None:
        """The part has its report."""
        self._write(Line("asked", seller, emit_given(part.asked_at), key=part.key, reportId=part.report_id))

    def cancelled(self, seller: str, report_id: str, at: datetime, request_id: str) -> None:
        """We cancelled the report."""
        self._write(Line("cancelled", seller, emit_given(at), reportId=report_id, requestId=request_id))

    def ended(self, seller: str, part: Part, at: datetime, status: str, seconds: float) -> None:
        """The part's report has ended, that many seconds after it was asked for."""
        line = Line("ended", seller, emit_given(at), key=part.key, status=status, seconds=round(seconds, 3))
        self._write(msgspec.structs.replace(line, reportType=part.report_type))

    def unfinished(self, seller: str) -> list[Request]:
        """The requests of the seller of which a part has not ended, oldest first, each with all of its parts."""
        with self._lock:
            mine = [(key, part) for (whose, key), part in self._parts.items() if whose == seller]
            open_ones = dict.fromkeys(part.request for key, part in mine if (seller, key) not in self._ended)
        return [Request(tuple(part for _, part in mine if part.request == request)) for request in open_ones]

    def parts(self, seller: str) -> list[Part]:
        """All that is remembered to have been asked for, for the seller."""
        with self._lock:
            return [part for (whose, _), part in self._parts.items() if whose == seller]

    def part_of(self, seller: str, report_id: str) -> Part | None:
        """The part whose report it is."""
        return next((part for part in self.parts(seller) if part.report_id == report_id), None)

    def cancellation(self, seller: str, report_id: str) -> Line | None:
        """Our own cancellation of the report."""
        return self._cancelled.get((seller, report_id))

    def durations(self) -> Iterator[tuple[str, float]]:
        """Of every ended part its type and how many seconds it took."""
        with self._lock:
            ended = list(self._ended.values())
        return ((line.reportType, line.seconds) for line in ended if line.seconds > 0)

    def _write(self, line: Line) -> None:
        with self._lock:
            if self._path is not None:
                _append(self._path, line)
            self._take_in(line)
            self._forget()

    def _take_in(self, line: Line) -> None:
        here = (line.seller, line.key)
        if line.event == "asking":
            self._parts[here] = _part(line)
        elif line.event == "asked" and here in self._parts:
            self._parts[here] = replace(self._parts[here], report_id=line.reportId, asked_at=parse(line.at))
        elif line.event == "cancelled":
            self._cancelled[line.seller, line.reportId] = line
        elif line.event == "ended":
            self._ended[here] = line

    def _forget(self) -> None:
        while len(self._ended) > self._most_ended:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            part = self._parts.pop(oldest, None)
            self._cancelled.pop((oldest[0], part.report_id if part else ""), None)


def _part(line: Line) -> Part:
    return Part(
        report_type=line.reportType,
        marketplace_ids=line.marketplaceIds,
        asked_at=parse(line.at),
        options=line.reportOptions,
        data_start=parse(line.dataStartTime) if line.dataStartTime else None,
        data_end=parse(line.dataEndTime) if line.dataEndTime else None,
        key=line.key,
        request=line.request,
        report_id=line.reportId,
    )


def _append(path: Path, line: Line) -> None:
    """Writes a line and sees it to the disk. One that a crash has cut before is closed first."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            cut = file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
            file.write((b"\n" if cut else b"") + msgspec.json.encode(line) + b"\n")
            os.fsync(file.fileno())
    except OSError as error:
        raise Misconfigured(f"The journal {path} cannot be written: {error.strerror or error}.") from error


def _lines(path: Path) -> Iterator[Line]:
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise Misconfigured(f"The journal {path} cannot be read: {error.strerror or error}.") from error
    for number, text in enumerate(content.split(b"\n"), 1):
        try:
            yield from [decode(text, Line)] if text else []
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if not _cut(text, error):
                raise Misconfigured(
                    f"Line {number} of the journal {path} is not one of a journal.", str(error)
                ) from error


def _cut(text: bytes, error: Exception) -> bool:
    """Whether a crash ended the line early: it never was written whole, so what it tells had not begun."""
    begins = text.startswith(_BEGINNING) or _BEGINNING.startswith(text)
    return begins and not isinstance(error, msgspec.ValidationError)
