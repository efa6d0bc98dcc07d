"""Files that are their owner's alone, whatever the umask."""

import os
from pathlib import Path

PRIVATE = 0o600
"""Read and written by the owner."""


def make_private(path: Path) -> None:
    """Makes the file, empty and of mode 0600, where it is missing; one that is there is left as it is. OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))
