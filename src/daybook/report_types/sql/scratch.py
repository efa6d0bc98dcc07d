"""Folders of a report's own, for what DuckDB spills; those that a killed process left are removed by the next."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """An empty folder within the root, which is gone after the block."""
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        _remove_abandoned(root)
        folder = Path(tempfile.mkdtemp(dir=root)).resolve()
        own = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(own)


def _remove_abandoned(root: Path) -> None:
    """A process that lives holds the lock of its folder."""
    for folder in root.iterdir():
        try:
            lock = _lock(folder, fcntl.LOCK_NB)
        except (BlockingIOError, FileNotFoundError):
            continue  # in use, or removed by its own process meanwhile
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = _lock(folder)
    try:
        yield
    finally:
        os.close(lock)


def _lock(folder: Path, more: int = 0) -> int:
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | more)
    except BlockingIOError:
        os.close(opened)
        raise
    return opened
