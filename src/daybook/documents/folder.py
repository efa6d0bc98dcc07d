"""What a folder needs that a bucket does by itself: to be there, to be on the disk, and to be tidied after a crash."""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from daybook.documents.names import OBJECTS
from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.kernel.private import PRIVATE

_DRAFT = re.compile(r"#\d+$")  # obstore writes to `name#1` and renames it when it is closed


class Folder:
    """The folder of a `file:///...` store; made, for its owner alone, where it is missing."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.root = Path(unquote(parts.path))
        if parts.netloc or self.root == Path(self.root.anchor):
            raise Misconfigured(
                f"{url} names no folder.", "Write file:/// and an absolute path, such as file:///srv/daybook."
            )
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"The folder {self.root} cannot be made: {error.strerror}.") from error

    def check(self) -> None:
        """Raise Unavailable if the folder has gone: obstore would make a new one, perhaps on another disk."""
        if not self.root.is_dir():
            raise Unavailable(
                f"The folder {self.root} of the document store is not there.", "Mount it again, or restore it."
            )
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(
                f"The folder {self.root} of the document store may not be written.", "Check its owner and mode."
            )

    def settle(self, name: str) -> None:
        """Return when the object is its owner's alone and would survive a power cut. Raises OSError."""
        path = self.root / name
        path.chmod(PRIVATE)
        for place in (path, *path.parents[: len(Path(name).parts)]):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def remove_drafts(self, before: datetime) -> int:
        """Delete what killed writers left behind, last written before the instant; answers how many. Raises OSError."""
        removed = 0
        for path in (self.root / OBJECTS).rglob("*#*"):
            with suppress(FileNotFoundError):  # its writer closed it, or another sweep was first
                if _DRAFT.search(path.name) and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    path.unlink()
                    removed += 1
        return removed
