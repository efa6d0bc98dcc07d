"""The Range header of a download (RFC 9110, section 14): one range of bytes, or the whole."""

import re
from dataclasses import dataclass

_HEADER = re.compile(r"\s*bytes=(.*)", re.IGNORECASE)
_SPEC = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")  # no number is longer than a file may be


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from start up to end (exclusive) of a document of that size: answered with 206."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """A well-formed range that lies outside the document: answered with 416."""

    size: int

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header."""
        return f"bytes */{self.size}"


def parse_range(header: str | None, size: int) -> ByteRange | Unsatisfiable | None:
    """What a Range header asks of a document of that many bytes; None means the whole, answered with 200.

    As the RFC allows, a header is ignored if it is malformed, has another unit or several ranges, or if there is
    nothing to cut because the document is empty.
    """
    spec = _single(header) if header and size else None
    if spec is None:
        return None
    first, last = spec
    if not first:
        return _between(max(0, size - int(last)), size, size)
    if last and int(last) < int(first):
        return None
    return _between(int(first), min(int(last) + 1, size) if last else size, size)


def _between(start: int, end: int, size: int) -> ByteRange | Unsatisfiable:
    return ByteRange(start, end, size) if start < end else Unsatisfiable(size)


def _single(header: str) -> tuple[str, str] | None:
    found = _HEADER.fullmatch(header)
    specs = [spec for spec in (spec.strip(" \t") for spec in found[1].split(",")) if spec] if found else []
    match = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    return (match[1], match[2]) if match and (match[1] or match[2]) else None
