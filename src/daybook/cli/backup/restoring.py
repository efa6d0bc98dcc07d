"""Reading a backup: once to see that all of it is right, and once more for the documents' objects.

Both in one transaction, which is committed at the end.
"""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from daybook.cli.backup import archive
from daybook.cli.backup.archive import Format, Manifest, Tally, damage_told, members
from daybook.cli.screen import Screen
from daybook.documents.names import is_object
from daybook.documents.objects import Objects
from daybook.kernel.errors import InvalidInput, NotFound, Unavailable
from daybook.shapes import decode
from daybook.store.backup import TABLES, Refill, Row, refill
from daybook.store.opening import head

if TYPE_CHECKING:
    from daybook.app import App

ROWS_AT_ONCE = 2000
_PIECE = 1024 * 1024


def restore(app: "App", file: Path, screen: Screen) -> Manifest:
    """Fills the empty database and the document store; all or nothing. Raises Conflict, InvalidInput, Unavailable."""
    with _opened(file) as stream, screen.busy("Restoring ...") as say, refill(app.store) as database:
        restoring = _Restoring(database)
        for name, size, content in members(stream):
            restoring.take(name, size, content)
            say(f"Checking {name}")
        manifest = restoring.finish()
        stream.seek(0)
        with _all_or_none(app.objects) as written:
            for name, _, content in members(stream):
                if restoring.is_wanted(name):
                    say(f"Restoring {name}")
                    _write(app.objects, name.removeprefix(archive.OBJECTS), content, written)
        return manifest


def _opened(file: Path) -> BinaryIO:
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}.") from error
    if not stream.seekable():
        stream.close()
        raise InvalidInput(f"{file} is a stream, and an archive is read twice.", "Save it in a file first.")
    return stream


@contextmanager
def _all_or_none(objects: Objects) -> Iterator[list[str]]:
    """Takes down the objects that the block writes, and removes them where it fails.

    One that was there before is left: the store may serve the database that is moved from, until this one is whole.
    """
    written: list[str] = []
    try:
        yield written
    except BaseException:
        with suppress(Unavailable):  # the first error is the one to tell; the sweep removes what is nobody's
            objects.delete(written)
        raise


def _is_there(objects: Objects, name: str) -> bool:
    try:
        objects.size(name)
    except NotFound:
        return False
    return True


def _write(objects: Objects, name: str, content: IO[bytes], written: list[str]) -> None:
    if not _is_there(objects, name):
        written.append(name)
    with objects.writer(name) as writer, damage_told():
        while piece := content.read(_PIECE):
            writer.write(piece)


class _Restoring:
    """What was read so far."""

    def __init__(self, database: Refill) -> None:
        self._database = database
        self._format: Format | None = None
        self._manifest: Manifest | None = None
        self._tallies = {table: Tally() for table in TABLES}
        self._count = self._bytes = 0
        self._altered: set[str] = set()

    def take(self, name: str, size: int, content: IO[bytes]) -> None:
        """One member of the archive."""
        if self._format is None:
            self._format = _checked_format(name, content)
        elif name.startswith(archive.TABLES):
            self._take_rows(name.split("/")[1], content)
        elif name.startswith(archive.OBJECTS):
            self._take_object(name.removeprefix(archive.OBJECTS), size, content)
        elif name == archive.MANIFEST:
            with damage_told():
                self._manifest = decode(content.read(), Manifest)
        else:
            raise _damaged(f"It holds {name}, which no archive has.")

    def _take_rows(self, table: str, content: IO[bytes]) -> None:
        if table not in self._tallies:
            raise _damaged(f"It has rows of {table}, and there is no such table.")
        for rows in _at_once(_rows(content, self._tallies[table])):
            try:
                self._database.put(table, rows)
            except InvalidInput as error:
                raise _damaged(error.sentence) from error

    def _take_object(self, name: str, size: int, content: IO[bytes]) -> None:
        """Looks at the object; one that is altered is known only from the manifest to have been so before."""
        known = self._database.object_of(name) if is_object(name) else None
        if known is None:
            raise _damaged(f"No document has the object {name}.")
        digest = hashlib.sha256()
        with damage_told():
            while piece := content.read(_PIECE):
                digest.update(piece)
        if known != (size, digest.hexdigest()):
            self._altered.add(name)
            return
        self._count += 1
        self._bytes += size

    def finish(self) -> Manifest:
        """Compares what came with the manifest. Raises InvalidInput where it is not the same."""
        manifest = self._manifest
        if manifest is None:
            raise _damaged("It has no manifest, so it was cut short.")
        lost = {one.object_name for one in manifest.lost}
        for table, tally in self._tallies.items():
            if manifest.tables.get(table) != tally.total:
                raise _damaged(f"The rows of {table} are not those that were saved.")
        if (self._count, self._bytes) != (manifest.objects.count, manifest.objects.bytes) or self._altered - lost:
            raise _damaged("The documents' objects are not those that were saved.")
        if self._count + len(lost) != self._tallies["document"].rows:
            raise _damaged("A document has no object.")
        self._database.forget_documents(sorted(lost))
        return manifest

    def is_wanted(self, member: str) -> bool:
        """Whether it is an object that is to be written: one that is what its document's row says."""
        name = member.removeprefix(archive.OBJECTS)
        return name != member and name not in self._altered


def _checked_format(name: str, content: IO[bytes]) -> Format:
    if name != archive.FORMAT:
        raise _damaged(f"It begins with {name}, not with {archive.FORMAT}.")
    with damage_told():
        found = decode(content.read(), Format)
    if (found.daybook_backup, found.revision) != (archive.VERSION, head()):
        raise InvalidInput(
            f"The archive has schema revision {found.revision}; this Daybook needs {head()}.",
            "Restore it with the version of Daybook that wrote it, and migrate then.",
        )
    return found


def _rows(content: IO[bytes], tally: Tally) -> Iterator[Row]:
    with damage_told():
        for line in gzip.GzipFile(fileobj=content):
            tally.add(line)
            yield decode(line, dict)


def _at_once(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _damaged(details: str) -> InvalidInput:
    return InvalidInput("The archive is damaged, or not one of Daybook's.", details)
