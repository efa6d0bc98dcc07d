"""A backup's archive: one tar file, written and read from its beginning to its end.

format.json                        what it is, and the revision of the schema
tables/NAME/000001.ndjson.gz ...   the rows, a JSON object a line
objects/NAME ...                   the documents' objects, as they are stored
manifest.json                      counts and SHA-256s; an archive without it is half of one
"""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

import msgspec

from daybook.kernel.errors import InvalidInput

FORMAT = "format.json"
MANIFEST = "manifest.json"
TABLES = "tables/"
OBJECTS = "objects/"
VERSION = 1


class Format(msgspec.Struct, rename="camel"):
    """The first thing in an archive."""

    daybook_backup: int
    revision: str
    created_at: str


class TableTotal(msgspec.Struct):
    """How many rows a table has, and the SHA-256 of all its lines, unpacked and joined."""

    rows: int
    sha256: str


class ObjectTotal(msgspec.Struct):
    """How many objects there are, and their bytes."""

    count: int
    bytes: int


class Lost(msgspec.Struct, rename="camel"):
    """A document without its object: `missing`, `altered`, or `expired` while the archive was written."""

    seller_id: str
    document_id: str
    object_name: str
    condition: str


class Manifest(msgspec.Struct, rename="camel"):
    """The last thing in an archive."""

    revision: str
    created_at: str
    tables: dict[str, TableTotal]
    objects: ObjectTotal
    lost: list[Lost]

    @property
    def harmed(self) -> list[Lost]:
        """The documents that should be in the archive, and are not."""
        return [one for one in self.lost if one.condition != "expired"]


class Tally:
    """Counts a table's lines on their way."""

    def __init__(self) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()

    def add(self, line: bytes) -> None:
        """One more line, with its end."""
        self.rows += 1
        self._digest.update(line)

    @property
    def total(self) -> TableTotal:
        """What was counted so far."""
        return TableTotal(self.rows, self._digest.hexdigest())


class Writer:
    """Adds members to an archive, in memory that does not grow with it."""

    def __init__(self, stream: BinaryIO, written_at: float) -> None:
        # Not `w|`: an archive that is given up, on a full disk for instance, would write its end when it is forgotten.
        self._tar = tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  close() ends it
        self._written_at = int(written_at)

    def add(self, name: str, content: bytes) -> None:
        """A member that is at hand."""
        self._add(name, len(content), io.BytesIO(content))

    def add_pieces(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """A member of that many bytes, in pieces."""
        self._add(name, size, io.BufferedReader(_Pieces(pieces)))

    def close(self) -> None:
        """Writes the end of the archive."""
        self._tar.close()

    def _add(self, name: str, size: int, content: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._written_at, 0o600
        self._tar.addfile(member, content)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it remembers each, of which there may be millions


class _Pieces(io.RawIOBase):
    """Pieces as a stream."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def members(stream: BinaryIO) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each member; the content is read before the next is asked for.

    Raises InvalidInput where the archive is damaged or cut.
    """
    with damage_told(), tarfile.open(fileobj=stream, mode="r|") as tar:
        while (member := tar.next()) is not None:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise InvalidInput(f"{member.name} is no file.", "No archive of Daybook's has such a member.")
            yield member.name, member.size, content
            tar.members.clear()  # type: ignore[attr-defined]


@contextmanager
def damage_told() -> Iterator[None]:
    """Turns what a damaged archive does to its readers into an error for people."""
    try:
        yield
    except (tarfile.TarError, EOFError, OSError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput("The archive is damaged, or not one of Daybook's.", f"{error}") from error
