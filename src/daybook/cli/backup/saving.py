"""Writing a backup: every table in one snapshot, then the objects of its documents."""

import fcntl
import gzip
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from daybook.cli.backup import archive
from daybook.cli.backup.archive import Format, Lost, Manifest, ObjectTotal, TableTotal, Tally, Writer
from daybook.cli.screen import Screen
from daybook.kernel.errors import Conflict, InvalidInput, NotFound
from daybook.store.backup import TABLES, Row, Snapshot, is_expired, snapshot
from daybook.store.opening import head

if TYPE_CHECKING:
    from daybook.app import App

PART = 8 * 1024 * 1024
"""Bytes of rows in one member, before they are compressed: what is in memory at a time."""
_DRAFTS = f".daybook.{'[0-9a-f]' * 16}.part"
_LEVEL = 3
_SAID_EVERY = 1000

Say = Callable[[str], None]


def save(app: "App", file: Path, screen: Screen) -> Manifest:
    """Writes the archive; the file is there whole, or not at all. Raises Conflict, InvalidInput, Unavailable."""
    now = app.clock()
    created_at = now.isoformat()
    with _draft(file) as stream, snapshot(app.store) as shot, screen.busy("Saving ...") as say:
        writer = Writer(stream, now.timestamp())
        writer.add(archive.FORMAT, msgspec.json.encode(Format(archive.VERSION, head(), created_at)))
        tables = {table: _save_table(writer, shot, table, say) for table in TABLES}
        objects, lost = _save_objects(writer, app, shot, say)
        manifest = Manifest(head(), created_at, tables, objects, lost)
        writer.add(archive.MANIFEST, msgspec.json.encode(manifest))
        writer.close()
    return manifest


def _save_table(writer: Writer, shot: Snapshot, table: str, say: Say) -> TableTotal:
    tally = Tally()
    for number, part in enumerate(_parts(shot.rows(table), tally), 1):
        writer.add(f"{archive.TABLES}{table}/{number:06}.ndjson.gz", gzip.compress(part, _LEVEL, mtime=0))
        say(f"Saving {table}: {tally.rows:,} rows")
    return tally.total


def _parts(rows: Iterator[Row], tally: Tally) -> Iterator[bytes]:
    part = bytearray()
    for row in rows:
        line = msgspec.json.encode(row) + b"\n"
        tally.add(line)
        part += line
        if len(part) >= PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _save_objects(writer: Writer, app: "App", shot: Snapshot, say: Say) -> tuple[ObjectTotal, list[Lost]]:
    total, lost = ObjectTotal(0, 0), []
    for row in shot.rows("document"):
        condition = _save_object(writer, app, row)
        if condition is None:
            total = ObjectTotal(total.count + 1, total.bytes + row["size"])
        else:
            lost.append(Lost(row["seller_id"], row["document_id"], row["object_name"], condition))
        if total.count % _SAID_EVERY == 0:
            say(f"Saving documents: {total.count:,}")
    return total, lost


def _save_object(writer: Writer, app: "App", row: Row) -> str | None:
    """Adds the object; what is wrong with it, if anything. One that is altered is added before that can be known."""
    name, size = row["object_name"], row["size"]
    try:
        if app.objects.size(name) != size:
            return "altered"
    except NotFound:
        return "expired" if is_expired(row, app.store) else "missing"
    digest = hashlib.sha256()
    writer.add_pieces(archive.OBJECTS + name, size, _hashed(app.objects.read(name, 0, size), digest.update, size))
    if digest.hexdigest() == row["sha256"]:
        return None
    return "expired" if is_expired(row, app.store) else "altered"


def _hashed(pieces: Iterator[bytes], update: Callable[[bytes], None], size: int) -> Iterator[bytes]:
    """The pieces, on their way; an object that goes meanwhile is filled up with zeros, which its SHA-256 tells."""
    left = size
    with suppress(NotFound):
        for piece in pieces:
            update(piece)
            left -= len(piece)
            yield piece
    yield bytes(left)


@contextmanager
def _draft(file: Path) -> Iterator[BinaryIO]:
    """A file beside the one that is wanted, for the owner alone; it takes the name once it is whole and on the disk."""
    if file.exists():
        raise Conflict(f"{file} is there already.", "Name another file; an archive is never written over.")
    _remove_left(file.parent)
    draft = file.with_name(f".daybook.{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    except FileExistsError as error:
        raise Conflict(f"{file} is there already.", "Name another file; an archive is never written over.") from error
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _remove_left(folder: Path) -> None:
    """Removes what backups left there that were killed; one that is still being written is locked."""
    for left in folder.glob(_DRAFTS):
        with suppress(OSError), left.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
