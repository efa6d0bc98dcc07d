"""The record: every request that the sandbox saw and what it answered, as lines of JSON that are only ever added.

A line is written before its answer leaves, so that whatever anybody was told stands here. Tests judge by it, and a
sandbox that starts again reads its items out of it.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Raw, Struct, UnsetType

from daybook.contract.listings import Issue
from daybook.kernel.errors import Misconfigured
from daybook.shapes import decode

Sent = Literal["whole", "half", "nothing"]
_TOLD = 200


class Line(Struct, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """One request and its answer.

    `key` is the caller's Idempotency-Key. Of those that are admitted, `call` counts the seller's calls of
    the operation, `ofItem` those for the item. `acted` says whether a change was taken; it is in effect from `due` on,
    and has the issue `late` then. `scenario` names the rule that decided, if one did.
    """

    number: int
    at: datetime
    request_id: str
    operation: str
    method: str
    path: str
    status: int
    sent: Sent = "whole"
    query: str = ""
    seller_id: str = ""
    marketplace_id: str = ""
    sku: str = ""
    mode: str = ""
    key: str = ""
    client_id: str = ""
    user_agent: str = ""
    request: Raw | UnsetType = msgspec.UNSET
    answer: Raw | UnsetType = msgspec.UNSET
    call: int = 0
    of_item: int = 0
    acted: bool = False
    due: datetime | UnsetType = msgspec.UNSET
    late: Issue | UnsetType = msgspec.UNSET
    scenario: str = ""


_encoder = msgspec.json.Encoder()


def as_json(body: bytes) -> Raw:
    """A body as it stands in a line: itself where it is JSON, and otherwise a text."""
    try:
        decode(body, object)
    except msgspec.DecodeError:
        return Raw(_encoder.encode(body.decode("utf-8", errors="replace")))
    return Raw(body.replace(b"\r", b" ").replace(b"\n", b" "))  # between the parts of JSON a line may end; not here


def lines(file: Path | None) -> Iterator[Line]:
    """The lines of a record, if there is one; one that was cut short at the end was never answered, and is passed over.

    Raises Misconfigured for any other that cannot be read.
    """
    if file is None or not file.exists():
        return
    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield decode(line, Line)
            except msgspec.DecodeError as error:
                told = line[:_TOLD].decode(errors="replace").strip()
                raise Misconfigured(f"{file}, line {number} is no line of a record: {error}.", told) from error


class Record:
    """Where lines are added: to a file, or to nothing. With `sync` each is on the disk before its answer leaves."""

    def __init__(self, file: Path | None, *, sync: bool = False) -> None:
        self._sync = sync
        self._descriptor: int | None = None
        if file is not None:
            self._descriptor = _opened(file)

    def add(self, line: Line) -> None:
        """One more line."""
        if self._descriptor is None:
            return
        os.write(self._descriptor, _encoder.encode(line) + b"\n")
        if self._sync:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Gives back the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _opened(file: Path) -> int:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise Misconfigured(f"The record {file} cannot be opened: {error.strerror}.", "Name another --log.") from error
    whole = file.read_bytes().rfind(b"\n") + 1
    os.ftruncate(descriptor, whole)  # a line that was cut short
    return descriptor
