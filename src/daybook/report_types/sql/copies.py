"""Copies of the last good version of each SQL file."""

import tempfile
from collections.abc import Container
from pathlib import Path

import structlog

log = structlog.get_logger()


class Copies:
    """Texts by the names of their files, in a folder that is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, file: str) -> str | None:
        """The file's last good text; None where there never was one."""
        try:
            return (self._folder / file).read_bytes().decode()
        except FileNotFoundError:
            return None

    def keep(self, file: str, text: str) -> None:
        """Keeps the text as the last good one. Readers in other processes see the whole of it, or of the one before."""
        if self.find(file) == text:
            return
        try:
            self._write(file, text)
        except OSError as error:
            log.warning("a good version of a SQL report type could not be kept", file=file, reason=error.strerror)

    def forget_all_but(self, files: Container[str]) -> None:
        """Removes the copies of files that are not there any more."""
        for path in self._folder.glob("*.sql"):
            if path.name not in files:
                path.unlink(missing_ok=True)

    def _write(self, file: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as copy:
            copy.write(text.encode())
        Path(copy.name).replace(self._folder / file)
