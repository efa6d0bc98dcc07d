"""A file as blocks of bytes: opened, unpacked from gzip, and UTF-16 or UTF-32 made UTF-8."""

import codecs
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.limits import Limits

BLOCK = 262_144

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_blocks(source: Path | BinaryIO, limits: Limits) -> Iterator[bytes]:
    """The bytes of a file or a stream, plain or gzip (told by its first bytes, whatever its name).

    Raises InvalidInput for a file that cannot be read, is damaged, or swells beyond the limits.
    """
    blocks = _from_path(source) if isinstance(source, Path) else _from_stream(source)
    first = next(blocks, b"")
    if first.startswith(_ZIP):
        raise InvalidInput("The file is a ZIP archive or a spreadsheet (.xlsx).", "Save the sheet as CSV UTF-8 first.")
    blocks = chain([first], blocks)
    return _unpacked(blocks, limits) if first.startswith(_GZIP) else blocks


def _from_path(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            yield from _from_stream(stream)
    except OSError as error:
        raise InvalidInput(f"The file {path} cannot be read: {error.strerror or error}.") from error


def _from_stream(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def _unpacked(blocks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    gzip = _Gzip()
    packed = unpacked = 0
    try:
        for block in blocks:
            packed += len(block)
            for out in gzip.inflated(block):
                unpacked += len(out)
                if unpacked > max(limits.gzip_free, packed * limits.gzip_ratio):
                    raise _bomb(packed, unpacked, limits)
                yield out
        yield gzip.end()
    except zlib.error as error:
        raise InvalidInput("The gzip file is damaged.", f"After {unpacked:,} unpacked bytes: {error}.") from error
    except EOFError as error:
        raise InvalidInput("The gzip file ends too early.", f"It was cut after {packed:,} bytes.") from error


class _Gzip:
    """Unpacks gzip a piece at a time. Several gzip files in a row are one, and zeros may pad the end."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def inflated(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if self._member.eof:
                packed = packed.lstrip(b"\0")
                if not packed:
                    return
                self._member = zlib.decompressobj(wbits=31)
            out = self._member.decompress(packed, BLOCK)
            if out:
                yield out
            packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def end(self) -> bytes:
        rest = self._member.flush()
        if not self._member.eof:
            raise EOFError
        return rest


def _bomb(packed: int, unpacked: int, limits: Limits) -> InvalidInput:
    return InvalidInput(
        "The gzip file swells beyond what a catalog does.",
        f"{packed:,} bytes gave {unpacked:,}; the limit is {limits.gzip_ratio} times. Unpack it first if it is right.",
    )


def to_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 or UTF-32 as UTF-8. Raises InvalidInput, with the byte's offset, for what is neither."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = held = 0
    try:
        for block in blocks:
            held = len(decoder.getstate()[0])
            yield decoder.decode(block).encode()
            offset += len(block)
        held = len(decoder.getstate()[0])
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        at = offset - held + getattr(error, "start", 0)
        remedy = "Say which encoding it is."
        raise InvalidInput(f"The file is not {encoding}: byte {at:,} cannot be decoded.", remedy) from error


def encoding_of(first: bytes, asked: str) -> str:
    """The name of the encoding to read with: as asked, but a byte order mark knows better than the default does.

    Raises InvalidInput for a name that is not a text encoding's.
    """
    name = known_encoding(asked)
    if name != "utf-8":
        return name
    return next((wide for mark, wide in _MARKS if first.startswith(mark)), name)


def is_wide(encoding: str) -> bool:
    """Whether its line ends are not the bytes of ASCII, as in UTF-16 and UTF-32."""
    return encoding.startswith(("utf-16", "utf-32"))


def known_encoding(asked: str) -> str:
    """The encoding by its usual name. Raises InvalidInput for a name that is not a text encoding's."""
    try:
        name = codecs.lookup(asked).name.removesuffix("-sig")
        b"\xff".decode(name, "replace")
        b"\\ud800+2AA-".decode(name, "replace").encode()  # escapes of half a surrogate pair, which nobody can keep
    except (LookupError, ValueError) as error:
        remedy = "Known are utf-8, cp1252, cp932 ..."
        raise InvalidInput(f"There is no text encoding {asked[:60]!r}.", remedy) from error
    return name
