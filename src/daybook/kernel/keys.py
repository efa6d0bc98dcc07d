"""Root secrets, and from them a key of its own for each purpose.

The roots lie in a file of mode 0600, outside the database and its backups: a line each, the newest first, those before
it kept because what was sealed with them may lie in a backup. A key is HMAC-SHA256(root, purpose), so that a key that
leaks (say, of document links) tells nothing about another (say, of page tokens).
"""

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from daybook.kernel.errors import Misconfigured
from daybook.kernel.ids import Randomness

ROOT_BYTES = 32


class Keys:
    """Keys by purpose, from root secrets of 32 bytes, the newest first."""

    def __init__(self, root: bytes, *older: bytes) -> None:
        for each in (root, *older):
            if len(each) != ROOT_BYTES:
                raise Misconfigured(f"A root key has {ROOT_BYTES} bytes; this one has {len(each)}.")
        self._roots = (root, *older)

    def __len__(self) -> int:
        return len(self._roots)

    def of(self, purpose: str) -> bytes:
        """The 32-byte key for a purpose such as `documents` or `pages`."""
        return _derived(self._roots[0], purpose)

    def every(self, purpose: str) -> tuple[bytes, ...]:
        """The keys for a purpose that there have been, the newest first."""
        return tuple(_derived(root, purpose) for root in self._roots)


def _derived(root: bytes, purpose: str) -> bytes:
    return hmac.digest(root, purpose.encode(), hashlib.sha256)


def read_or_create(path: Path) -> Keys:
    """The keys whose root is in the file; a missing file is made, with mode 0600.

    Raises Misconfigured where the file is unreadable, malformed, or readable by others.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        return _create(path)
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be read: {error.strerror}.") from error


def add_root(path: Path, randomness: Randomness = secrets.token_bytes) -> Keys:
    """The keys with a new root before those in the file, which are kept. Raises Misconfigured, as `read_or_create`."""
    with _rewriting(path):
        _write(path, [randomness(ROOT_BYTES), *_roots(path)])
    return _read(path)


def drop_older_roots(path: Path, keys: Keys) -> int:
    """Drops from the file the roots older than the newest of the keys, with which everything is sealed; how many went.

    One that somebody has put in since stays, and so does that newest. Raises Misconfigured, as `read_or_create`.
    """
    with _rewriting(path):
        roots = _roots(path)
        kept = next((n for n, root in enumerate(roots, 1) if Keys(root).of("") == keys.of("")), len(roots))
        _write(path, roots[:kept])
    return len(roots) - kept


def _read(path: Path) -> Keys:
    return Keys(*_roots(path))


def _roots(path: Path) -> list[bytes]:
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"The key file {path} can be read by others.", f"Run: chmod 600 {path}")
    try:
        roots = [bytes.fromhex(line) for line in path.read_text("ascii").split()]
    except ValueError as error:
        raise _malformed(path) from error
    if not roots:
        raise _malformed(path)
    return roots


def _malformed(path: Path) -> Misconfigured:
    return Misconfigured(f"The key file {path} does not hold {ROOT_BYTES} bytes in hexadecimal on each line.")


def _create(path: Path) -> Keys:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, [secrets.token_bytes(ROOT_BYTES)])
    with contextlib.suppress(FileExistsError):  # another process was first: then its key is the key
        os.link(draft, path)
    draft.unlink()
    _settle(path.parent)
    return _read(path)


@contextlib.contextmanager
def _rewriting(path: Path) -> Iterator[None]:
    """One process at a time; the file itself is another after each."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be written anew: {error.strerror}.") from error


def _write(path: Path, roots: list[bytes]) -> None:
    """On the disk, under its name, before anything is sealed with it; a draft of a process that was killed goes."""
    _draft(path, roots).replace(path)
    _settle(path.parent)
    for left in path.parent.glob(f"{path.name}.*[0-9]"):
        left.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Returns when the names in the folder would survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, roots: list[bytes]) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{root.hex()}\n" for root in roots)
        file.flush()
        os.fsync(file.fileno())
    return draft
