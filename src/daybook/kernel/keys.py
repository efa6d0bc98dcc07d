"""One root secret, and a key of its own for each purpose.

The root lies in a file of mode 0600, outside the database and its backups. A key is HMAC-SHA256(root, purpose), so that
a key that leaks (say, of document links) tells nothing about another (say, of page tokens).
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from daybook.kernel.errors import Misconfigured

ROOT_BYTES = 32


class Keys:
    """Keys by purpose, from one root secret of 32 bytes."""

    def __init__(self, root: bytes) -> None:
        if len(root) != ROOT_BYTES:
            raise Misconfigured(f"A root key has {ROOT_BYTES} bytes; this one has {len(root)}.")
        self._root = root

    def of(self, purpose: str) -> bytes:
        """The 32-byte key for a purpose such as `documents` or `pages`."""
        return hmac.digest(self._root, purpose.encode(), hashlib.sha256)


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


def _read(path: Path) -> Keys:
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"The key file {path} can be read by others.", f"Run: chmod 600 {path}")
    try:
        root = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise Misconfigured(f"The key file {path} does not hold {ROOT_BYTES} bytes in hexadecimal.") from error
    return Keys(root)


def _create(path: Path) -> Keys:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(ROOT_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: then its key is the key
        os.link(draft, path)
    draft.unlink()
    return _read(path)
