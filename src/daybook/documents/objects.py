"""The object store: named bytes in a folder, in a bucket of S3's kind, or in memory.

An object is written once, under a name that no other attempt has, and is visible whole or not at all. Nothing here
knows what a document is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import obstore
from obstore.store import LocalStore, MemoryStore

from daybook.documents.buckets import open_bucket
from daybook.documents.faults import told
from daybook.documents.folder import Folder
from daybook.documents.names import OBJECTS, checked, is_object
from daybook.kernel.errors import Misconfigured, NotFound, Unavailable

if TYPE_CHECKING:
    from obstore import WritableFile
    from obstore.store import ObjectStore

NO_OPTIONS: Mapping[str, str] = MappingProxyType({})

_PART = 8 * 1024 * 1024  # S3 takes 10,000 parts: objects up to 80 GiB
_PARTS_IN_FLIGHT = 3
_SLICE = 2 * 1024 * 1024
_LISTED = 1000


class ObjectWriter:
    """One object on its way into the store."""

    def __init__(self, url: str, stream: "WritableFile") -> None:
        self._url = url
        self._stream = stream

    def write(self, piece: bytes) -> None:
        """Add the bytes. Raises Unavailable if the store is full or away."""
        with told(self._url, "written"):
            self._stream.write(piece)


class Objects:
    """An object store. Every method raises Unavailable, saying which store and what to do, while it is full or away."""

    def __init__(self, url: str, store: "ObjectStore", folder: Folder | None = None) -> None:
        self.url = url
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, url: str, options: Mapping[str, str] = NO_OPTIONS) -> Self:
        """The store at `file:///folder`, `s3://bucket/prefix` or `memory://`; a store belongs to one Daybook.

        Options are for a bucket (see `buckets.OPTIONS`); what they leave out is taken from AWS_* in the environment.
        Raises Misconfigured for another URL or a wrong option; a store that is away is found by `check`.
        """
        if url.startswith("s3://"):
            return cls(url, open_bucket(url, options))
        if options:
            raise Misconfigured(f"{url} takes no options.", f"Leave out {', '.join(sorted(options))}.")
        if url == "memory://":
            return cls(url, MemoryStore())
        if url.startswith("file://"):
            folder = Folder(url)
            return cls(url, LocalStore(folder.root), folder)
        raise Misconfigured(f"{url} is no document store.", "Write file:///folder, s3://bucket/prefix or memory://.")

    def check(self) -> None:
        """Return if the store answers: a folder that is there and may be written, a bucket that can be listed."""
        if self._folder:
            self._folder.check()
        else:
            with told(self.url, "reached"):
                next(iter(obstore.list(self._store, OBJECTS, chunk_size=1)), None)

    @contextmanager
    def writer(self, name: str) -> Iterator[ObjectWriter]:
        """Write the object: visible, and on the disk, once the block has ended; never, if the block raises."""
        if self._folder:
            self._folder.check()
        with told(self.url, "written"):
            stream = obstore.open_writer(
                self._store, checked(name), buffer_size=_PART, max_concurrency=_PARTS_IN_FLIGHT
            )
        try:
            yield ObjectWriter(self.url, stream)
        except BaseException as error:
            _abandon(stream, error)
            raise
        with told(self.url, "written"):
            stream.close()
            if self._folder:
                self._folder.settle(name)

    def size(self, name: str) -> int:
        """The object's size in bytes. Raises NotFound if there is none, while the store itself stands."""
        with told(self.url, "read"):
            try:
                return obstore.head(self._store, checked(name))["size"]
            except FileNotFoundError:
                raise self._missing(name) from None

    def read(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The object's bytes from start up to end, in slices. NotFound as for `size`; Unavailable if cut short."""
        for first, last in _slices(start, end):
            with told(self.url, "read"):
                try:
                    piece = obstore.get_range(self._store, checked(name), start=first, end=last)
                except FileNotFoundError:
                    raise self._missing(name) from None
            yield self._whole(name, bytes(piece), last - first)

    async def stream(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """`read`, without holding up the event loop."""
        for first, last in _slices(start, end):
            with told(self.url, "read"):
                try:
                    piece = await obstore.get_range_async(self._store, checked(name), start=first, end=last)
                except FileNotFoundError:
                    raise await asyncio.to_thread(self._missing, name) from None
            yield self._whole(name, bytes(piece), last - first)

    def older_than(self, before: datetime) -> Iterator[list[str]]:
        """The names of the objects last written before the instant, in lists that may be empty."""
        with told(self.url, "listed"):
            for metas in obstore.list(self._store, OBJECTS, chunk_size=_LISTED):
                yield [meta["path"] for meta in metas if meta["last_modified"] < before and is_object(meta["path"])]

    def delete(self, names: Sequence[str]) -> None:
        """Delete the objects; one that is gone already is no fault."""
        with told(self.url, "tidied"):
            if self._folder:
                self._delete_files(names)
            elif names:
                obstore.delete(self._store, [checked(name) for name in names])

    def remove_drafts(self, before: datetime) -> int:
        """Delete what killed writers left in a folder before the instant; answers how many.

        A bucket keeps its unfinished uploads out of sight, and ends them by its own lifecycle rule.
        """
        if not self._folder:
            return 0
        with told(self.url, "tidied"):
            return self._folder.remove_drafts(before)

    def _delete_files(self, names: Sequence[str]) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, checked(name))

    def _missing(self, name: str) -> NotFound:
        self.check()
        return NotFound(f"The object {name} is not in the document store {self.url}.")

    def _whole(self, name: str, piece: bytes, size: int) -> bytes:
        if len(piece) != size:
            raise Unavailable(
                f"The object {name} in the document store {self.url} is cut short.", "Restore it from a backup."
            )
        return piece


def _slices(start: int, end: int) -> Iterator[tuple[int, int]]:
    # One request each: a slow reader holds no connection open, and a folder is read several times as fast as by stream.
    return ((first, min(first + _SLICE, end)) for first in range(start, end, _SLICE))


def _abandon(stream: "WritableFile", error: BaseException) -> None:
    try:
        stream.__exit__(type(error), error, error.__traceback__)
    except Exception as fault:  # noqa: BLE001 - the first error is the one to tell; this one goes with it
        error.add_note(f"The unfinished object could not be removed: {fault}")
